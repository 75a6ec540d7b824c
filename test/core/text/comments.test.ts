// HTML comments: invisible everywhere, but for what is code, and for those nobody closed.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseIncident } from '../../../src/core/incidents/file/parse.ts';
import { addUpdate, printIncident } from '../../../src/core/incidents/file/print.ts';
import { readComments, withoutComments } from '../../../src/core/text/comments.ts';
import { markdownAsWords, renderMarkdown } from '../../../src/core/text/markdown.ts';
import { ownTime } from '../../own-time.ts';

const file = (body: string) => `---
title: Slow exports
status: investigating
severity: minor
started: 2026-11-28T22:40:00Z
components: [api]
---
${body}`;

const parse = (body: string) => parseIncident('i.md', 'i', file(body));
const read = (body: string) => parse(body).value!;
const words = (body: string) => read(body).updates.map(update => [update.status, update.body]);

test.each([
  ['a line of its own', 'a\n<!-- x -->\nb', 'a\n\nb'],
  ['inside a paragraph', 'a <!-- x --> b', 'a  b'],
  ['several on a line', '<!--1-->a<!--2-->b<!--3-->', 'ab'],
  ['over lines, within a paragraph', 'a <!-- x\ny\nz --> b', 'a\n b'],
  ['over lines, and over empty ones', 'a\n\n<!-- x\n\n## Resolved\n-->\n\nb', 'a\n\n\n\nb'],
  ['between backticks of other lines', 'don`t\n<!-- x -->\nit`s', 'don`t\n\nit`s'],
  ['the same, over lines', 'Use `a\n<!-- x\ny -->\nb`', 'Use `a\n\nb`'],
  ['below a heading with a backtick', '# H don`t\nok <!-- x -->\nit`s', '# H don`t\nok\nit`s'],
  ['below an underlined heading with one', 'Title `\n===\na <!-- x -->\nit`s', 'Title `\n===\na\nit`s'],
  ['below a line with one', 'a`\n***\n<!-- x --> b`', 'a`\n***\n b`'],
  ['in a table', '| a` | b |\n|--|--|\n| <!-- x --> | it`s |', '| a` | b |\n|--|--|\n|  | it`s |'],
  ['at the end of a line: no line break', 'a  <!-- x -->\nb', 'a\nb'],
  ['the shortest', 'a<!-->b', 'ab'],
  ['the next shortest', 'a<!--->b', 'ab'],
  ['ended with a bang', 'a<!-- x --!>b', 'ab'],
  ['with dashes', 'a<!-- x -- y ---->b', 'ab'],
  ['in a list', '- a\n  <!-- x -->\n- b', '- a\n\n- b'],
  ['deep in a list', '- a\n\n    <!-- x -->\n\n- b', '- a\n\n\n\n- b'],
  ['in a quote', '> a <!-- x -->\n> b', '> a\n> b'],
  ['behind an escaped backslash', 'a \\\\<!-- x --> b', 'a \\\\ b'],
  ['with a fence in it', '<!--\n```\n-->\nb', '\nb'],
  ['with backticks in it', 'a <!-- ` --> b ` c', 'a  b ` c'],
])('a comment %s is left out', (_, text, left) => {
  expect(withoutComments(text)).toBe(left);
});

test('an arrow in a later text closes no comment that somebody forgot to close in another section', () => {
  const body = (more: string) =>
    `## Investigating 22:40 UTC\nSlow, see db. <!-- ask Kim${more}\n\n## Identified 23:04 UTC\nFailover eu-->us is running.\n`;
  expect(words(body(' -->'))).toEqual([
    ['investigating', 'Slow, see db.'],
    ['identified', 'Failover eu-->us is running.'],
  ]);
  expect(words(body(''))).toEqual([
    ['investigating', expect.stringContaining('<!-- ask Kim')],
    ['identified', expect.stringContaining('eu-->us is running.')],
  ]);
  expect(parse(body('')).problems).toMatchObject([{ level: 'error', line: 9 }]);
  expect(withoutComments('a <!-- x\n\n## Resolved 23:12 UTC\nb\n-->c')).toBe('a\nc');
});

test.each([
  ['a fence', '```html\n<!-- x -->\n```'],
  ['a fence of tildes', '~~~\n<!-- x -->\n~~~'],
  ['a longer fence', '````\n```\n<!-- x -->\n````'],
  ['a fence in a list', '- a\n\n  ```\n  <!-- x -->\n  ```'],
  ['a fence right in a list item', '- ```\n  <!-- x -->\n  ```'],
  ['a fence in a quote', '> ```\n> <!-- x -->\n> ```'],
  ['a fence nobody closed', '```\n<!-- x -->'],
  ['a code span', 'a `<!-- x -->` b'],
  ['a longer code span', 'a ``<!-- ` -->`` b'],
  ['a code span over two lines', 'a `<!--\nx -->` b'],
  ['indented code', 'a\n\n    <!-- x -->'],
  ['indented code after a tab', 'a\n\n\t<!-- x -->'],
  ['indented code in a list', '- a\n\n      <!-- x -->'],
  ['indented code behind a list', '- a\n\nb\n\n    <!-- x -->'],
  ['an escaped sign', 'a \\<!-- x --> b'],
])('in %s a comment is code, and shown', (_, text) => {
  expect(withoutComments(text)).toBe(text);
  expect(markdownAsWords(text)).toContain('<!--');
});

test('backticks that no run ends begin no code', () => {
  expect(withoutComments('a ` <!-- x -->\n\nb `')).toBe('a `\n\nb `');
});

test('a comment that nothing closes is text, and all beneath is read', () => {
  const body = '## Update 23:00 UTC\nold\n\n<!-- a note\n\n## Monitoring 22:50 UTC\n**Better.**\n';
  const { value, problems } = parse(body);
  expect(value!.updates.map(({ status, body: text }) => [status, text])).toEqual([
    ['monitoring', '**Better.**'],
    ['monitoring', 'old\n\n<!-- a note'],
  ]);
  expect(problems).toEqual([
    expect.objectContaining({ level: 'error', line: 11, what: expect.stringContaining('never closed') }),
  ]);
  expect(renderMarkdown('a <!-- b\n\n**c**')).toBe('<p>a &lt;!-- b</p>\n<p><strong>c</strong></p>');
});

test('a heading in a comment is no update, whatever stands around it', () => {
  const said = '## Investigating 22:40 UTC\nSlow.\n';
  const open = [['investigating', 'Slow.']];
  for (const eol of ['\n', '\r\n']) {
    for (const body of [
      `${said}\n<!-- for later:\n## Resolved 23:12 UTC\nExports are fast again.\n-->\n`,
      `<!-- for later:\n## Resolved 23:12 UTC\n-->\n${said}`,
      `<!--\n## Resolved 23:12 UTC\n--> \n${said}<!-- ## Resolved 23:12 UTC -->\n`,
      `${said}<!-- a --> <!--\n## Resolved 23:12 UTC\n\n\n## Post-mortem\n-->`,
    ]) {
      expect(words(body.replaceAll('\n', eol))).toEqual(open);
      expect(read(body.replaceAll('\n', eol)).postmortem).toBeNull();
    }
  }
  expect(
    words(`${said}<!-- from here\n## Resolved 23:12 UTC\n## Monitoring 23:15 UTC\nto here --> and on`),
  ).toEqual([['investigating', 'Slow.\n\n and on']]);
});

test('comments within a post-mortem, a preface, a heading and above fields are left out', () => {
  const { updates, postmortem } = read(
    '<!-- none -->\n## Update 22:50 UTC <!-- really -->\n<!-- soon -->\nseverity: major\nb\n## Post-mortem\nA <!-- secret\n## x\n-->disk.\n',
  );
  expect(updates).toHaveLength(1);
  expect(updates[0]).toMatchObject({ status: 'investigating', body: 'b', change: { severity: 'major' } });
  expect(postmortem).toBe('A\ndisk.');
});

test('an update keeps its key with or without comments, and one without words is an update still', () => {
  const plain = read('Slow.\n## Monitoring 22:50 UTC\nb\n');
  const noted = read(
    '<!-- a -->Slow.<!--\n## Update 22:45 UTC\n-->\n## Monitoring 22:50 UTC\n<!-- c -->\nb\n',
  );
  expect(noted.updates).toEqual(plain.updates);
  expect(words('## Monitoring 22:50 UTC\n<!-- no words -->\n')).toEqual([['monitoring', '']]);
});

test('the machine keeps every byte of a comment, and writes no comment it cannot read back', () => {
  const before = file(
    '<!-- ours\n## Update 22:41 UTC\n-->\n## Investigating 22:40 UTC\nSlow. <!-- why -->\n',
  );
  const at = Date.parse('2026-11-28T23:00:00Z');
  const after = addUpdate(before, { status: 'resolved', at, message: 'see <!-- here' });
  for (const line of before.split('\n').slice(7)) expect(after).toContain(line);
  const { value, problems } = parseIncident('i.md', 'i', after);
  expect(problems).toEqual([]);
  expect(value!.updates.map(({ body }) => body)).toEqual(['Slow.', 'see \\<!-- here']);
  const printed = printIncident({
    title: 'T',
    status: 'investigating',
    severity: 'minor',
    started: at,
    components: null,
    openedBy: null,
    message: '<!-- x -->\nseverity: none of a field',
  });
  expect(parseIncident('i.md', 'i', printed).value!.updates[0]).toMatchObject({
    body: 'severity: none of a field',
  });
});

test('a comment within a comment is named: the first end ends both', () => {
  const { problems } = parse('## Update 22:50 UTC\n<!-- a\n<!-- b -->\nc -->\n');
  expect(problems).toEqual([expect.objectContaining({ level: 'warning', line: 10 })]);
});

test('a comment closed badly hides no update: a later comment has its own end', () => {
  for (const slip of ['<!-- oops ->', '<!-- oops –>', '<!-- oops', '<!-- oops -- >', '<!-- a <!-- b ->']) {
    for (const heading of [
      'Monitoring 22:50 UTC',
      'Monitoring 2026-11-28 22:50',
      '22:50 UTC Monitoring',
      'Monitoring 10:50 pm',
    ]) {
      const body = `## Update 22:45 UTC\nold\n\n${slip}\n\n## ${heading}\nBetter.\n<!-- a note -->\n\n<!-- one more -->\n`;
      const { value, problems } = parse(body);
      expect(value!.updates.map(({ status }) => status)).toEqual(['investigating', 'monitoring']);
      expect(value!.updates[1]!.body).toBe('Better.');
      const closing = problems.filter(({ level }) => level === 'error');
      const count = slip.split('<!--').length - 1;
      expect(closing).toHaveLength(count);
      expect(closing[0]).toMatchObject({ line: 11, what: expect.stringContaining('never closed') });
    }
  }
});

test.each([
  ['a comment within', '<!-- later:\n## Resolved 23:12 UTC\n<!-- note -->\nWords.\n-->'],
  ['two within', '<!-- later:\n## Resolved 23:12 UTC\n<!-- a -->\n<!-- b -->\n-->'],
  ['a comment before the heading', '<!-- later: <!-- a note\n## Resolved 23:12 UTC\n-->'],
  ['the heading of prose between', '<!-- later:\n## Notes\n<!-- note -->'],
])('a comment with %s is one, as before', (_, comment) => {
  const { value, problems } = parse(`## Update 22:50 UTC\na\n${comment}\n`);
  expect(value!.updates).toHaveLength(1);
  expect(problems.map(({ level }) => level)).toEqual(['warning']);
});

test('no text of signs takes long, and none is lost but what a comment holds', () => {
  const sign = fc.constantFrom(
    '<!--',
    '-->',
    '--!>',
    '`',
    '``',
    '```',
    '\n',
    '\n\n',
    '- ',
    '> ',
    '    ',
    'x',
    '\\',
    '## ',
    '~~~',
  );
  fc.assert(
    fc.property(fc.array(sign, { maxLength: 60 }), signs => {
      const text = signs.join('');
      const { lines, unclosed } = readComments(text);
      expect(lines).toHaveLength(text.split('\n').length);
      expect(lines.map(line => line.text).join('\n').length).toBeLessThanOrEqual(text.length);
      if (!text.includes('<!--')) expect(lines.map(line => line.text).join('\n')).toBe(text);
      for (const { line, column } of unclosed) {
        expect(text.split('\n')[line - 1]!.slice(column - 1, column + 3)).toBe('<!--');
      }
    }),
    { numRuns: 500 },
  );
  for (const part of [
    '<!--',
    '<!-- -->',
    '`',
    '<!--\n',
    '- ',
    '` `` ',
    '```\n',
    '> ',
    '\\`',
    '- <!--\n',
    '<!--\n## Update 1:00\n',
    '<!--\n## Update 1:00\n<!-- -->',
  ]) {
    const text = part.repeat(Math.floor(300_000 / part.length));
    const took = ownTime(() => [readComments(text), readComments(`${text}-->`)]);
    expect(took).toBeLessThan(1500);
  }
  const runs = Array.from({ length: 700 }, (_, n) => '`'.repeat(n + 1)).join(' ');
  expect(ownTime(() => readComments(`${runs} <!-- x -->`))).toBeLessThan(1500);
});
