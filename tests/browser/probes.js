// What one page is asked, from inside. Each function gives a list of sentences: what is wrong.
(() => {
  const told = one => one.outerHTML.replace(/\s+/g, ' ').slice(0, 120);
  const style = (one, pseudo) => getComputedStyle(one, pseudo);
  const shown = one => one.checkVisibility({checkOpacity: true, checkVisibilityCSS: true});

  // hidden from eyes alone, by clipping it to a dot: .vh, and a skip link that is not in use
  const forEars = one => {
    const hidden = one.closest('.vh, .skip, .leave');
    return hidden !== null && hidden !== document.activeElement;
  };

  // A run of text where it stands: its element, and the boxes of its lines.
  const texts = () => {
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    const found = [];
    for (let node = walker.nextNode(); node; node = walker.nextNode()) {
      const one = node.parentElement;
      if (!node.data.trim() || one.closest('script, style, noscript, template, option, svg') || !shown(one) || forEars(one)) continue;
      const range = document.createRange();
      range.selectNodeContents(node);
      const boxes = [...range.getClientRects()].filter(box => box.width > 1 && box.height > 1);
      if (boxes.length) found.push({one, boxes, words: node.data.trim().slice(0, 40)});
    }
    return found;
  };

  const probes = {
    // Nothing is wider than the window, so that nobody scrolls sideways.
    wider() {
      const width = document.documentElement.clientWidth;
      if (document.documentElement.scrollWidth <= width) return [];
      const out = [...document.querySelectorAll('body *')].filter(one => one.getBoundingClientRect().right > width + 1 && shown(one) && !forEars(one));
      return [`scrolls sideways: ${document.documentElement.scrollWidth} in ${width}`, ...out.slice(0, 6).map(told)];
    },

    // No text is cut off by a box around it, or written over another.
    text() {
      const wrong = [];
      const all = texts();
      for (const {one, boxes, words} of all) {
        for (let box = one; box && box !== document.body; box = box.parentElement) {
          const {overflowX, overflowY, display} = style(box);
          if (display === 'inline' || (overflowX === 'visible' && overflowY === 'visible')) continue;
          const edge = box.getBoundingClientRect();
          const cutsX = ['hidden', 'clip'].includes(overflowX), cutsY = ['hidden', 'clip'].includes(overflowY);
          for (const line of boxes) {
            if ((cutsX && (line.left < edge.left - 1 || line.right > edge.right + 1)) || (cutsY && (line.top < edge.top - line.height / 4 || line.bottom > edge.bottom + line.height / 4))) {
              wrong.push(`cut off: “${words}” by ${told(box)}`);
              break;
            }
          }
        }
      }
      for (let a = 0; a < all.length; a++) {
        for (let b = a + 1; b < all.length; b++) {
          if (all[a].one.closest('summary, .skip') || style(all[b].one).position === 'absolute') continue;
          for (const first of all[a].boxes) {
            for (const second of all[b].boxes) {
              const wide = Math.min(first.right, second.right) - Math.max(first.left, second.left);
              const high = Math.min(first.bottom, second.bottom) - Math.max(first.top, second.top);
              if (wide > 2 && high > Math.min(first.height, second.height) * 0.4) wrong.push(`“${all[a].words}” lies over “${all[b].words}”`);
            }
          }
        }
      }
      return [...new Set(wrong)].slice(0, 8);
    },

    // Whoever asks for less motion gets none.
    motion() {
      const seconds = list => Math.max(...list.split(',').map(one => parseFloat(one) * (one.trim().endsWith('ms') ? 0.001 : 1)));
      const wrong = [];
      for (const one of document.querySelectorAll('*')) {
        for (const pseudo of [null, '::before', '::after']) {
          const {transitionDuration, animationDuration, animationName, scrollBehavior} = style(one, pseudo);
          const moves = seconds(transitionDuration) > 0.01 || (animationName !== 'none' && seconds(animationDuration) > 0.01);
          if (moves || (!pseudo && scrollBehavior === 'smooth')) wrong.push(`moves${pseudo ?? ''}: ${told(one)}`);
        }
      }
      return wrong.slice(0, 5);
    },

    // A form that came back: the title says so, the reader stands at the summary, each message is bound to its field.
    errors() {
      const wrong = [];
      if (!document.title.startsWith('Error: ')) wrong.push(`title: ${document.title}`);
      const summary = document.querySelector('.errors[role=alert]');
      if (!summary) return [...wrong, 'no summary of errors'];
      if (document.activeElement !== summary) wrong.push(`the focus is on ${told(document.activeElement)}`);
      const links = [...summary.querySelectorAll('a')];
      if (!links.length && !summary.querySelector('li')) wrong.push('the summary names nothing');
      for (const link of links) {
        const field = document.getElementById(link.getAttribute('href').slice(1));
        if (!field) { wrong.push(`leads nowhere: ${told(link)}`); continue; }
        const marked = field.matches('fieldset, [role=group], [role=radiogroup]') ? field.querySelector('[aria-invalid=true]') ?? field : field;
        if (marked.getAttribute('aria-invalid') !== 'true') wrong.push(`not marked as wrong: ${told(field)}`);
        const said = [field, marked].flatMap(one => (one.getAttribute('aria-describedby') ?? '').split(' ')).map(id => document.getElementById(id)?.textContent ?? '').join(' ');
        if (!said.includes(link.textContent.trim())) wrong.push(`its message is not bound to it: ${told(field)}`);
      }
      return wrong;
    },

    // Nothing of ours runs: a page is the same with scripts and without.
    scripts() {
      const wrong = [...document.querySelectorAll('script:not([type="application/ld+json"])')].map(told);
      for (const one of document.querySelectorAll('*')) {
        for (const name of one.getAttributeNames()) if (name.startsWith('on') || one.getAttribute(name).trim().toLowerCase().startsWith('javascript:')) wrong.push(told(one));
      }
      return wrong;
    },
  };

  // Twice the text, and nothing else: what a page sets in rem follows its root; a mail, whose sizes are in pixels, follows letter by letter.
  let undo = [];
  const enlarge = () => {
    const root = document.documentElement;
    const before = new Map(texts().map(({one}) => [one, parseFloat(style(one).fontSize)]));
    undo = [[root, root.getAttribute('style')]];
    root.style.fontSize = '200%';
    const still = [...before].filter(([one, size]) => parseFloat(style(one).fontSize) < size * 1.4);
    const sizes = still.map(([one, size]) => [one, size, style(one).lineHeight]);
    for (const [one, size, line] of sizes) {
      undo.push([one, one.getAttribute('style')]);
      one.style.setProperty('font-size', `${size * 2}px`, 'important');
      if (line.endsWith('px')) one.style.setProperty('line-height', `${parseFloat(line) * 2}px`, 'important');
    }
    return still.map(([one]) => `keeps its size: ${told(one)}`);
  };
  const reduce = () => {
    for (const [one, was] of undo) was ? (one.style.cssText = was) : one.removeAttribute('style');
    undo = [];
  };

  // What a keyboard must reach, in the order of the page; a group of radio buttons is one stop.
  const stops = () => {
    const groups = new Set();
    return [...document.querySelectorAll('a[href], button, input:not([type=hidden]), select, textarea, summary, [tabindex]')].filter(one => {
      if (one.disabled || one.tabIndex < 0 || !shown(one) || one.closest('[inert]')) return false;
      if (one.type !== 'radio') return true;
      const key = `${one.form?.action} ${one.name}`;
      const group = [...document.querySelectorAll(`input[type=radio][name="${CSS.escape(one.name)}"]`)];
      const first = group.find(other => other.checked) ?? group[0];
      return one === first && !groups.has(key) && groups.add(key);
    });
  };

  let met = [];
  const seen = one => ['outlineStyle', 'outlineWidth', 'outlineColor', 'boxShadow', 'borderColor', 'backgroundColor', 'textDecorationLine'].map(name => style(one)[name]).join('|');
  const looks = new Map();
  const onFocus = ({target}) => {
    if (target.localName === 'iframe') return; // what is in there has stops of its own
    const wrong = [];
    const {outlineStyle, outlineWidth, boxShadow} = style(target);
    const ring = outlineStyle === 'auto' || (outlineStyle !== 'none' && parseFloat(outlineWidth) >= 2) || boxShadow !== 'none';
    if (!ring || looks.get(target) === seen(target)) wrong.push(`its focus is not to be seen: ${told(target)}`);
    const box = target.getBoundingClientRect();
    if (box.width < 1 || box.right < 0 || box.left > innerWidth || box.bottom < 0 || box.top > innerHeight) wrong.push(`out of the window when it has the focus: ${told(target)}`);
    else {
      const at = document.elementFromPoint(Math.min(Math.max(box.left + box.width / 2, 1), innerWidth - 2), Math.min(Math.max(box.top + box.height / 2, 1), innerHeight - 2));
      const lines = [...target.getClientRects()];
      if (lines.length === 1 && at && !target.contains(at) && !at.contains(target) && ![...(target.labels ?? [])].some(label => label.contains(at))) wrong.push(`covered by ${told(at)} when it has the focus: ${told(target)}`);
    }
    met.push({target, wrong});
  };
  const keyboard = {
    // How often to press Tab; the first press comes from the page's very beginning.
    begin() {
      met = [];
      document.activeElement?.blur();
      looks.clear();
      const all = stops();
      for (const one of all) looks.set(one, seen(one));
      const start = document.createElement('span');
      start.tabIndex = -1;
      document.body.prepend(start);
      start.focus();
      start.remove();
      document.addEventListener('focusin', onFocus);
      return all.length + 1 + document.querySelectorAll('iframe').length * 20;
    },
    end() {
      document.removeEventListener('focusin', onFocus);
      const wanted = stops();
      const wrong = met.flatMap(one => one.wrong);
      const order = met.map(one => one.target).slice(0, wanted.length);
      wanted.forEach((one, at) => {
        if (order[at] === one) return;
        wrong.push(order.includes(one) ? `met out of its turn: ${told(one)}` : `Tab never comes to it: ${told(one)}`);
      });
      const {activeElement} = document;
      if (wanted.length > 1 && met.length > wanted.length && !document.querySelector('iframe') && met.at(-1).target !== wanted[0] && activeElement !== document.body) wrong.push(`Tab does not leave ${told(activeElement)}`);
      if (document.querySelector('main') && wanted.length && (!wanted[0].matches('a[href="#main"], a[href^="#"].skip'))) wrong.push(`the first stop leads to no content: ${told(wanted[0])}`);
      document.activeElement?.blur();
      return [...new Set(wrong)].slice(0, 8);
    },
  };

  const shape = () => [...document.querySelectorAll('body, body *')].map(one => one.localName + (one.classList.length ? `.${[...one.classList].join('.')}` : ''));

  window.__probes = {...probes, enlarge, reduce, keyboard, shape};
})();
