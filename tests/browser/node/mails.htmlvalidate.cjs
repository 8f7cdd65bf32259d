// What mails are held to; each rule that is off says why.
const pages = require('./pages.htmlvalidate.cjs');

module.exports = {
  ...pages,
  rules: {
    ...pages.rules,
    'no-inline-style': 'off', // mail programs strip style sheets, not attributes
    'no-conditional-comment': 'off', // Outlook lays out by them
    'no-deprecated-attr': 'off', // Outlook takes widths and alignment from attributes alone
    'prefer-tbody': 'off', // the tables lay out; a body of their own says nothing more
    'prefer-native-element': 'off', // mail programs strip <article>; its role stays
  },
};
