// How the HTML of emails is judged: html-validate's recommended rules, less what mail programs need.
import { HtmlValidate } from 'html-validate/node';

/** Of emails: colors and sizes stand at each element, and Outlook reads only the attributes of old. */
export const emailValidator = new HtmlValidate({
  root: true,
  extends: ['html-validate:recommended'],
  rules: {
    'no-inline-style': 'off',
    'no-deprecated-attr': 'off',
    'no-conditional-comment': 'off',
    'prefer-tbody': 'off',
  },
});
