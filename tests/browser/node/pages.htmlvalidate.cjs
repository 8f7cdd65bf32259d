// What pages are held to; each rule that is off says why.
module.exports = {
  root: true,
  extends: ['html-validate:recommended', 'html-validate:document'],
  rules: {
    'doctype-style': ['error', {style: 'lowercase'}], // as all our files write it
    'long-title': 'off', // a title says what the page is, and whose; search engines cut where they please
    'no-trailing-whitespace': 'off', // templates leave some at the ends of lines, and gzip takes it
    'require-sri': 'off', // all that a page loads is of its own origin, by its policy
  },
};
