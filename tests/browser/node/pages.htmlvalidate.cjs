// What pages are held to; each rule that is off says why.
module.exports = {
  root: true,
  extends: ['html-validate:recommended', 'html-validate:document'],
  rules: {
    'doctype-style': ['error', {style: 'lowercase'}], // as all our files write it
    'heading-level': ['error', {minInitialRank: 'h2'}], // the summary of errors stands before the page's own heading
    'aria-label-misuse': ['error', {allowAnyNamable: true}], // a list may have a name
    'long-title': 'off', // a title says what the page is, and whose; search engines cut where they please
    'no-trailing-whitespace': 'off', // templates leave some at the ends of lines, and gzip takes it
    'require-sri': 'off', // all that a page loads is of its own origin, by its policy
  },
};
