// The usual slips in YAML: each names the line that is wrong, once, and what to do there.
import { expect, test } from 'vitest';
import * as z from 'zod';
import { readYaml } from '../../../src/core/text/yaml.ts';
import { checkAgainst } from '../../../src/core/text/yaml-check.ts';

const said = (text: string) =>
  readYaml(text, 'x').problems.map(({ line, what, fix }) => `${line}: ${what} — ${fix}`);

const SITE = ['title: X', 'components:', '  - id: website'];
const FITS_NONE = 'which fits no line above it — indent it like';

test.each([
  [
    ['     name: Y', '    check: { type: manual }'],
    4,
    '`name` is indented by 5 spaces,',
    '`id` in the line above: 4 spaces',
  ],
  [
    ['   name: Y', '   check: { type: manual }', '  - id: b'],
    4,
    '`name` is indented by 3 spaces,',
    '`id` in the line above: 4 spaces',
  ],
  [['  name: Y'], 4, '`name` is indented by 2 spaces,', '`id` in the line above: 4 spaces'],
  [[' name: Y'], 4, '`name` is indented by 1 space,', '`components` on line 2: no spaces'],
  [['', '# more', '     name: Y'], 6, '`name` is indented by 5 spaces,', '`id` on line 3: 4 spaces'],
  [
    ['    name: Y', '     check: { type: manual }'],
    5,
    '`check` is indented by 5 spaces,',
    '`name` in the line above: 4 spaces',
  ],
  [
    ['    name: Y', '   check: { type: manual }'],
    5,
    '`check` is indented by 3 spaces,',
    '`name` in the line above: 4 spaces',
  ],
  [
    ['    name: Y', '     check:', '       type: manual'],
    5,
    '`check` is indented by 5 spaces,',
    '`name` in the line above: 4 spaces',
  ],
  [
    ['    check:', '      type: http', '       url: https://a.b'],
    6,
    '`url` is indented by 7 spaces,',
    '`type` in the line above: 6 spaces',
  ],
  [['    name: Y', ' - id: b'], 5, '`-` is indented by 1 space,', '`-` on line 3: 2 spaces'],
  [
    ['    name: Y', '   - id: b', '     name: B'],
    5,
    '`-` is indented by 3 spaces,',
    '`-` on line 3: 2 spaces',
  ],
  [
    ['    name: Y', '    - id: b', '      name: B'],
    5,
    '`-` is indented by 4 spaces,',
    '`-` on line 3: 2 spaces',
  ],
])('in a list of components: %j', (lines, line, what, like) => {
  expect(said([...SITE, ...lines, ''].join('\n'))).toEqual([
    `${line}: this is not YAML: ${what} ${FITS_NONE} ${like}`,
  ]);
});

test.each([
  [
    'title: X\n timezone: UTC\n',
    `2: this is not YAML: \`timezone\` is indented by 1 space, ${FITS_NONE} \`title\` in the line above: no spaces`,
  ],
  [
    ' title: X\ntimezone: UTC\n',
    '1: this is not YAML: `title` is indented by 1 space, and lines below it by fewer — indent it like `timezone` on line 2: no spaces',
  ],
  [
    'a:\n  b: |\n    k: v\n      w: x\n  c: d\n   e: f\n',
    `6: this is not YAML: \`e\` is indented by 3 spaces, ${FITS_NONE} \`c\` in the line above: 2 spaces`,
  ],
  [
    'a:\n- b: c\n  d: e\n- f: g\nh: {\n  i: j\n  }\n k: l\n',
    `8: this is not YAML: \`k\` is indented by 1 space, ${FITS_NONE} \`h\` on line 5: no spaces`,
  ],
  [
    'components: []\n  - id: x\n',
    '2: this is not YAML: a list entry stands where none can be — put it below its key: that line ends with a colon',
  ],
  ['a:\n  -id: x\n   name: Y\n', '2: this is not YAML: a space is missing after the `-` — write `- id: …`'],
  ['title:X\ntimezone: UTC\n', '1: this is not YAML: a space is missing after the colon — write `title: …`'],
  [
    'a:\n  - id: x\n    pass:geheim\n    b: c\n',
    '3: this is not YAML: a space is missing after the colon — write `pass: …`',
  ],
  ['a:\n\t- b\n', '2: this is not YAML: a tab is used for indentation — indent with spaces'],
  [
    'title: A: b\n',
    '1: this is not YAML: there is a second colon in one line — put text that contains a colon into "quotes"',
  ],
  [
    'title: X\nnonsense\ntimezone: UTC\n',
    '2: this is not YAML: a line is not `key: value` — write it like `title: …`, or indent it',
  ],
  ['a: 1\nb: "x\nc: d\n', '2: this is not YAML: a `"` is not closed — add `"`'],
  ["a: 1\nb: 'x\nc: d\n", "2: this is not YAML: a `'` is not closed — add `'`"],
  [
    'a:\n  check: { type: manual\n  name: Y\n',
    '2: this is not YAML: the `{` is not closed — add `}`, and indent the lines up to it deeper than this one',
  ],
  [
    'a: {\nb: c\n}\n',
    '1: this is not YAML: the `{` is not closed — add `}`, and indent the lines up to it deeper than this one',
  ],
  [
    'a: [b}\nc: d\n',
    '1: this is not YAML: the `[` is not closed — add `]`, and indent the lines up to it deeper than this one',
  ],
  [
    'brand: { color: #4f46e5 }\n',
    '1: this is not YAML: the `{` is not closed — put the value in quotes: a `#` after a space begins a comment',
  ],
  [
    'a: [#b]\n',
    '1: this is not YAML: a `#` follows a sign without a space — put a value that contains `#` into "quotes", or write a space before the comment',
  ],
  ['a: { b: c } }\n', '1: this is not YAML: a `}` closes nothing — remove it, or write the `{` before it'],
  ['a: [b]]\n', '1: this is not YAML: a `]` closes nothing — remove it, or write the `[` before it'],
  [
    'a: { b: c d: e }\n',
    '1: this is not YAML: a comma is missing between two entries in braces — write `,` between them',
  ],
  [
    'a: | b\n',
    '1: this is not YAML: text stands behind `|` or `>` — put it into "quotes", or on the next lines, indented',
  ],
  [
    'a: 1\nb: *team\n',
    '2: this is not YAML: a value begins with `*`, which YAML reserves — put it into "quotes"',
  ],
  [
    'a: @b\n',
    '1: this is not YAML: a value begins with a character that YAML reserves — put it into "quotes"',
  ],
  [
    'a: "C:\\Users"\n',
    '1: this is not YAML: in "quotes", a `\\` has a meaning of its own — write \'…\' in its place',
  ],
  ['a: b\n---\nc: d\n', '2: this is not YAML: a line `---` or `...` ends the document — remove that line'],
])('%j', (text, problem) => {
  expect(said(text)).toEqual([problem]);
});

const schema = z.strictObject({
  color: z.string().optional(),
  name: z.string().optional(),
  note: z.string().nullable().optional(),
  list: z.array(z.string()).optional(),
  days: z.number().optional(),
});
const IN_QUOTES = 'put the value in quotes: a `#` after a space begins a comment';
const COMMENT = 'what follows ` #` is a comment and is not read';

test.each([
  ['color: #4f46e5\n', [`error 1: \`color\` is empty — ${IN_QUOTES}`]],
  ['list:\n  - a\n  - #b\n', [`error 3: \`list.1\` is empty — ${IN_QUOTES}`]],
  ['note: #1 of all\n', [`warning 1: ${COMMENT} — ${IN_QUOTES}`]],
  ['days: 90\nname: Region #2\n', [`warning 2: ${COMMENT} — ${IN_QUOTES}`]],
  ['name: Region # 2 of them\ndays: 90 #1\nnote: # empty\n', []],
  ['color: "#4f46e5"\nname: a#2\n', []],
  ['color: # none yet\n', ['error 1: `color` is empty — write text']],
])('a value behind ` #`: %j', (text, problems) => {
  const found = checkAgainst(schema, readYaml(text, 'x'), 'x').problems;
  expect(found.map(({ level, line, what, fix }) => `${level} ${line}: ${what} — ${fix}`)).toEqual(problems);
});
