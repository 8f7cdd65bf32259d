// The claim form on other pages than ours: docs/claim-widget.md. `courtesy build` puts what the shop says in place of TOLD, and leaves comments out.
// No dependency, no eval, no HTML from strings, no inline style: it runs under a page's strictest policy that lets it in at all.
(() => {
"use strict";
// site, value, minimum, days, wording, version, lang; act, onAct: colours for light and for dark. The face is the page's
const told = "TOLD";
const script = document.currentScript;
const page = told.site + "/voucher/";
const LABEL = `Claim your ${told.value} voucher`;

const make = (tag, its, ...kids) => {
  const one = document.createElement(tag);
  for (const name in its) name in one ? one[name] = its[name] : one.setAttribute(name, its[name]);
  one.append(...kids);
  return one;
};

const link = (url, words) => make("a", {href: url}, words);

// dark where the page that it stands on says that it can be dark
const can = window.CSS && CSS.supports("color", "light-dark(#000,#fff)");
const either = pair => can ? `light-dark(${pair})` : pair[0];
const style = () => `
  :host{all:initial;display:block;color-scheme:inherit;font-family:var(--courtesy-font,inherit);container-type:inline-size;
  --act:var(--courtesy-act,${either(told.act)});--on:var(--courtesy-on-act,${either(told.onAct)});
  --ink:var(--courtesy-ink,${either(["#17252a", "#e8eeec"])});--soft:var(--courtesy-ink-soft,${either(["#4d5d63", "#a5b4b3"])});
  --top:var(--courtesy-surface,${either(["#fff", "#162327"])});--line:var(--courtesy-line,${either(["#7d8b8f", "#6f8285"])});
  --err:${either(["#a8201a", "#ffa59b"])};--r:var(--courtesy-radius,3px)}
  *{box-sizing:border-box;margin:0}
  .box{font-size:max(1rem,16px);line-height:1.5;color:var(--ink);background:var(--top);border:1px solid var(--line);border-top:4px solid var(--act);border-radius:var(--r);padding:clamp(1.25em,5cqi,2em);max-width:32em;overflow-wrap:break-word}
  form:not([hidden]){display:grid;gap:1.25em}
  h2{font-size:1.44em;line-height:1.2}
  h2+p,.err+input{margin-top:.25em}
  label{font-weight:600}
  input{display:block;width:100%;min-height:3em;padding:0 .75em;font:inherit;color:inherit;background:var(--top);border:1px solid var(--line);border-radius:var(--r)}
  [aria-invalid]{border:2px solid var(--err)}
  .err{color:var(--err);font-weight:600}
  .err:empty{display:none}
  .tick{display:grid;grid-template-columns:1.5em 1fr;column-gap:.75em}
  .tick label{font-weight:400;padding:.625em 0;cursor:pointer}
  .tick input{width:1.5em;height:1.5em;min-height:0;margin-top:.625em;accent-color:var(--act)}
  .tick .err{grid-column:1/3}
  .away{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%)}
  button{font:inherit;font-weight:600;min-height:3.25em;padding:.5em 1.5em;color:var(--on);background:var(--act);border:1px solid var(--act);border-radius:var(--r);cursor:pointer}
  button:hover{text-decoration:underline}
  a{color:var(--act)}
  .fine{color:var(--soft);font-size:.875em}
  form:not([hidden])+:not(:empty){margin-top:1em}
  :focus-visible:not(div){outline:3px solid #ffbf3c;outline-offset:2px;box-shadow:0 0 0 2px #17252a}`;

const widget = () => {
  const host = make("div", {lang: told.lang, "data-courtesy": ""});
  const root = host.attachShadow({mode: "open"});
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(style());
  root.adoptedStyleSheets = [sheet];

  const inputs = {}, errors = {};
  const input = (name, its) => {
    errors[name] = make("p", {id: name + "-error", className: "err"});
    return inputs[name] = make("input", {id: name, "aria-describedby": name + "-error", ...its});
  };
  const field = (name, label, its) => {
    const typed = input(name, {required: true, ...its});
    return make("div", {}, make("label", {htmlFor: name}, label), errors[name], typed);
  };
  const tick = input("newsletter", {type: "checkbox"});
  const trap = input("website", {tabIndex: -1, autocomplete: "off"});
  const button = make("button", {type: "submit"}, "Send me the voucher");
  const says = make("div", {role: "status", "aria-live": "polite", tabIndex: -1});
  const form = make("form", {noValidate: true, "aria-labelledby": "title"},
    make("h2", {id: "title"}, LABEL),
    make("p", {}, `Off a first order of ${told.minimum} or more, for ${told.days} days, in return for your name and where to write.`),
    field("name", "Your name", {autocomplete: "name"}),
    field("email", "E-mail address", {type: "email", autocomplete: "email", spellcheck: false, autocapitalize: "none"}),
    make("div", {className: "tick"}, tick, make("label", {htmlFor: "newsletter"}, told.wording), errors.newsletter),
    make("div", {className: "away", "aria-hidden": true}, make("label", {htmlFor: "website"}, "Leave this empty"), trap),
    button,
    make("p", {className: "fine"}, "We keep your details only to honour the voucher. ", link(told.site + "/privacy/", "How we look after them")));
  root.append(make("div", {className: "box"}, form, says));

  const mark = (name, words) => {
    errors[name].textContent = words;
    inputs[name].ariaInvalid = words ? "true" : null;
  };
  const wrong = found => {
    const at = (found.errors || []).filter(one => inputs[one.field] && inputs[one.field] != trap);
    at.forEach(one => mark(one.field, one.message));
    says.replaceChildren(make("p", {className: "err"}, "There is a problem. " + (at.length ? "Please look at what is marked." : found.message)));
    if (at.length) inputs[at[0].field].focus();
    else says.append(link(page, "Claim it on our own page"));
  };
  const done = found => {
    form.hidden = true;
    says.replaceChildren(make("h2", {}, "One step more"), make("p", {}, found.message, " Open the link in it and press the button, and your code appears."));
    says.focus();
  };
  let busy = false;
  form.addEventListener("submit", async event => {
    event.preventDefault();
    if (busy) return;
    busy = true;
    Object.keys(inputs).forEach(name => mark(name, ""));
    says.textContent = "One moment …";
    try {
      const answer = await fetch(told.site + "/api/claims", {
        method: "POST", credentials: "omit", headers: {"content-type": "application/json"},
        body: JSON.stringify({name: inputs.name.value, email: inputs.email.value, newsletter: tick.checked ? told.version : "", website: trap.value}),
      });
      const found = await answer.json();
      answer.ok ? done(found) : wrong(found);
    } catch {
      wrong({message: "It could not be sent from here. "});
    }
    busy = false;
  });
  return host;
};

const start = () => {
  let spot, made;
  const at = script.dataset.at;
  try {
    spot = at && document.querySelector(at);
    if (spot && spot.querySelector("[data-courtesy]")) return;
    made = at && !spot ? link(page, LABEL) : widget();
  } catch {
    made = link(page, LABEL);
  }
  if (spot) spot.append(made);
  else if (script.closest("body")) script.after(made);
};
if (document.readyState == "loading" && script.dataset.at) document.addEventListener("DOMContentLoaded", start);
else start();
})();
