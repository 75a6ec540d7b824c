// Files up to the limit, made to take long or to make many problems: read in no time, and never lost for it.
import { describe, expect, test } from 'vitest';
import { parseIncident } from '../../../../src/core/incidents/file/parse.ts';
import { addUpdate, printIncident, updated } from '../../../../src/core/incidents/file/print.ts';
import { unknownComponents } from '../../../../src/core/incidents/lint/lint.ts';
import { shownTimeProblems, timeProblems } from '../../../../src/core/incidents/lint/times.ts';
import { cutIncident } from '../../../../src/core/incidents/merge/units.ts';
import { limitProblems, orProblem } from '../../../../src/core/model/problem.ts';
import { renderMarkdown } from '../../../../src/core/text/markdown.ts';
import { leastTime } from '../../../own-time.ts';

const FRONT =
  'title: Checkout down\nstatus: investigating\nseverity: critical\nstarted: 2026-03-10T10:00:00Z\n';
const file = (body: string) => `---\n${FRONT}---\n${body}`;
const read = (body: string) => parseIncident('x.md', 'x', file(body));
const fill = (text: string, length: number) => text.repeat(Math.floor(length / text.length));
const two = (n: number) => String(n).padStart(2, '0');
const minutes = (length: number, line: (time: string) => string) =>
  Array.from({ length: Math.floor(length / line('00:00').length) }, (_, n) =>
    line(`${two(Math.floor(n / 60) % 24)}:${two(n % 60)}`),
  ).join('');

const BITS = [
  ...[
    '<!-- ',
    '<!--\n',
    '<!---->',
    '<!-- x -->\n',
    '<!-- <!-- -->\n',
    '\\<!--',
    '<!--\n-->\n',
    '```\n',
    '~~~ `\n',
  ],
  ...[
    '```\n<!--\n```\n-->\n',
    '`\n',
    'a`\n',
    '`a',
    '\0',
    'a\r',
    '\r\n',
    '\n',
    'a\n',
    'a   \n',
    '\t\n',
    '\u2028',
  ],
  ...[
    '## Update 25:99\nx\n',
    '## Update 25:99\n',
    '## Update 31.02.2026 10:00\n',
    '## Update tomorrow\n',
    '# x\n',
  ],
  ...[
    '## a\n',
    '## a 1\n',
    '## Update\n',
    '##Update 10:00\n',
    '### Identifed 10:00\n',
    '## Post-mortem\n',
    '#',
  ],
  ...[
    '## Update 10:00 UTC\n',
    '## Update 10:00 UTC\nseverity: minor\n',
    '## Update 10:00 UTC\nseverty: minor\n',
  ],
  ...[
    `## Update ${'1-'.repeat(140)}\n`,
    `## ${'1:2'.repeat(90)}\n`,
    `##${' '.repeat(290)}x\n`,
    '<<<<<<<\n',
    '- a\n',
  ],
];
const BEHIND = ['- ', '1. ', '> ', ' ', '\t', '- a\n', '> - ', '* `', 'a'];
const shapes: [string, (length: number) => string][] = [
  ...BITS.map((bit): [string, (length: number) => string] => [JSON.stringify(bit), n => fill(bit, n)]),
  ...BEHIND.map((bit): [string, (length: number) => string] => [
    `a comment, then ${JSON.stringify(bit)}`,
    n => `<!-- x -->\n${fill(bit, n)}x`,
  ]),
  ['one comment of many lines', n => `<!--${fill('a\n', n)}-->`],
  ['comments in one', n => `${fill('<!-- \n', n)}-->`],
  ['a long list of components', n => `## Update 10:00 UTC\ncomponents: [${fill('api,', n)}api]\n`],
  ['nested components', n => `## Update 10:00 UTC\ncomponents: ${fill('[', n)}\n`],
  ['fields that go on', n => `## Update 10:00 UTC\nseverity: minor\n${fill('- a\n', n)}`],
  ['wrong times after the end', n => `## Post-mortem\n${fill('## a 25:99\n', n)}`],
  [
    'lists in lists',
    n => Array.from({ length: Math.sqrt(n) }, (_, at) => `${' '.repeat(2 * at)}- a\n`).join(''),
  ],
  ['mistyped words', n => minutes(n, time => `## Identifed ${time} UTC\n`)],
  ['sections', n => minutes(n, time => `## Update ${time} UTC\nx\n`)],
];

/** All that is done with a file's text when it is read, ms of this process; the best of some. */
function took(text: string): number {
  const read = () => {
    const { value } = parseIncident('x.md', 'x', text);
    if (!value) return;
    timeProblems(value, text, 'x.md', 0);
    unknownComponents('x.md', text, value, [{ id: 'api', name: 'API' }]);
    for (const { body } of value.updates.slice(0, 5)) renderMarkdown(body);
  };
  return leastTime(read, 4, 60);
}

describe('the time a file takes grows with its length and no faster', () => {
  test.each(shapes)('%s', (_name, make) => {
    const [short, whole, long] = [64_000, 256_000, 990_000].map(length => took(file(make(length)))) as [
      number,
      number,
      number,
    ];
    // What a busy machine keeps: 300 KB of headings took two seconds, and 900 KB seventeen.
    expect(Math.max(whole, long)).toBeLessThan(400);
    // Four times the text, and what a clock of such times may be wrong by.
    expect(whole).toBeLessThan(6 * short + 60);
    expect(long).toBeLessThan(6 * whole + 60);
  });
});

describe('a file that is not read whole', () => {
  test.each(shapes)('stays on the page with a few problems: %s', (_name, make) => {
    const { value, problems } = read(make(990_000));
    expect(problems.length).toBeLessThan(22);
    if (problems.length > 0) expect(JSON.stringify(problems).length).toBeLessThan(20_000);
    if (value) expect(value).toMatchObject({ status: 'investigating', severity: 'critical', resolved: null });
    // Fields that are none have always kept a file from being read.
    else expect(problems).toContainEqual(expect.objectContaining({ level: 'error' }));
  });

  const prose = '## Update 10:00 UTC\nstill down\n\n'.replace('still', 'still '.repeat(100));
  test('says from which line on', () => {
    const body = `## Update 11:00 UTC\nnewest\n\n${fill('word '.repeat(20).concat('\n'), 300_000)}\n${prose}`;
    const { value, problems } = read(body);
    expect(value?.updates).toHaveLength(1);
    expect(value?.isPartlyUnreadable).toBe(true);
    expect(problems).toEqual([
      {
        level: 'error',
        where: 'x.md',
        line: file(body).slice(0, 256_000).split('\n').length + 1,
        what: 'only its first 256 KB, or 20000 lines, are read',
        fix: 'shorten it: until then, new updates in it are not sent',
      },
    ]);
  });

  test('never shows the inside of a comment that ends further down', () => {
    const { value } = read(`## Update 11:00 UTC\nseen\n\n<!-- for us: ${fill('secret\n', 300_000)}-->\n`);
    expect(value?.updates.map(({ body }) => body)).toEqual(['seen']);
  });

  test('is edited by machine only where that is read, and merged by nobody', () => {
    const long = fill('a word or two\n', 250_000);
    const newest = file(`## Update 11:00 UTC\nb\n\n${long}${long}## Update 10:00 UTC\na\n`);
    const at = Date.UTC(2026, 2, 10, 12);
    const text = updated(newest, { status: 'resolved', at, message: 'over' });
    expect(text).toContain(long + long);
    expect(parseIncident('x.md', 'x', text ?? '').value?.status).toBe('resolved');
    const oldest = file(`## Update 10:00 UTC\na\n\n## Update 10:05 UTC\nb\n${long}${long}`);
    expect(updated(oldest, { status: 'monitoring', at, message: 'c' })).toBeNull();
    expect(addUpdate(oldest, { status: 'monitoring', at, message: 'c' })).toContain(long + long);
    expect(cutIncident(oldest)).toBeNull();
    expect(cutIncident(file(long))).not.toBeNull();
  });

  test('is not made by a message of many headings', () => {
    const message = minutes(20_000, time => `## Update ${time} UTC\n`);
    const text = printIncident({
      title: 'X',
      status: 'investigating',
      severity: 'minor',
      started: Date.UTC(2026, 2, 10, 10),
      components: null,
      openedBy: null,
      message,
    });
    const { value, problems } = parseIncident('x.md', 'x', text);
    expect(problems.filter(({ level }) => level === 'error')).toEqual([]);
    expect(value?.updates).toHaveLength(1);
  });
});

test('a title longer than the API takes is cut off, with a warning', () => {
  const title = (words: string) => parseIncident('x.md', 'x', file('').replace('Checkout down', words));
  expect(title('a'.repeat(200)).problems).toEqual([]);
  expect(title('a'.repeat(201))).toMatchObject({
    value: { title: `${'a'.repeat(199)}…` },
    problems: [
      { level: 'warning', line: 2, what: '`title` is longer than 200 characters, and is cut off there' },
    ],
  });
  expect(title(`${'a'.repeat(198)}😀b`).value?.title).toBe(`${'a'.repeat(198)}…`);
});

test('of many problems of a file the first are told, errors before warnings, and how many more there are', () => {
  const warnings = Array.from({ length: 30 }, (_, n) => ({
    level: 'warning' as const,
    where: 'x.md',
    what: `w${n}`,
    fix: '',
  }));
  const told = limitProblems([...warnings, { level: 'error', where: 'x.md', what: 'e', fix: '' }]);
  expect(told).toHaveLength(21);
  expect(told[0]?.what).toBe('e');
  expect(told[20]).toMatchObject({ level: 'warning', what: 'and 11 more problems in this file' });
  expect(limitProblems(warnings.slice(0, 20))).toHaveLength(20);
});

test('what is thrown over one file is the problem of that file', () => {
  const deep = (): number => deep() + 1;
  const found = orProblem<unknown>(deep, problem => problem, 'x.md');
  expect(found).toMatchObject({
    level: 'error',
    where: 'x.md',
    what: 'it cannot be understood (RangeError: Maximum call stack size exceeded)',
  });
});

test('what a long file says of the future is found once, and said anew each time', () => {
  const source = file(minutes(100_000, time => `## Update ${time} UTC\nx\n`));
  const value = parseIncident('x.md', 'x', source).value!;
  const now = value.updates[100]!.at;
  const told = (at: number) => shownTimeProblems(value, source, value, at);
  const all = timeProblems(value, source, 'incidents/x.md', now, value);
  const [first] = all;
  // Cutting it apart takes some milliseconds.
  expect(leastTime(() => expect(told(now)).toEqual(all.slice(0, 5)), 20, 0)).toBeLessThan(1);
  expect(told(now + 60_000)[0]).toMatchObject({
    line: first!.line! + 2,
    what: expect.not.stringMatching(first!.what),
  });
  expect(told(value.updates.at(-1)!.at)).toEqual([]);
  // Another text is another file.
  const moved = shownTimeProblems(value, source.replace('---\n##', '---\n\n##'), value, now);
  expect(moved[0]).toMatchObject({ line: first!.line! + 1 });
});

const repeating = (end: string, rrule: string) =>
  `---\ntitle: Backup\nstatus: scheduled\nscheduled_start: 2020-02-29T00:00:00Z\nscheduled_end: ${end}\nrrule: ${rrule}\n---\nWe back up.\n`;

test.each([
  ['2999-02-28T01:00:00Z', 'FREQ=DAILY;INTERVAL=1;COUNT=999999999'],
  ['2020-12-31T00:00:00Z', 'FREQ=WEEKLY;BYDAY=MO,TH'],
  ['2021-12-31T00:00:00Z', 'FREQ=MONTHLY'],
  ['2020-03-10T00:00:01Z', 'FREQ=DAILY'],
])('a maintenance that repeats and ends at %s (%s) is a slip, named', (end, rrule) => {
  const { value, problems } = parseIncident('x.md', 'x', repeating(end, rrule));
  expect(value).toBeNull();
  expect(problems).toMatchObject([{ level: 'error', line: 5, fix: expect.stringContaining('UNTIL=') }]);
});

test.each([
  ['2020-02-29T01:00:00Z', 'FREQ=DAILY;COUNT=999999999'],
  ['2020-03-01T06:00:00Z', 'FREQ=WEEKLY;BYDAY=SA,SU'],
  ['2020-03-10T00:00:00Z', 'FREQ=DAILY'],
  ['2020-12-31T00:00:00Z', 'FREQ=DAILY;COUNT=3'],
  ['2020-12-31T00:00:00Z', 'FREQ=DAILY;UNTIL=20200305T000000Z'],
])('one that ends at %s (%s) is taken', (end, rrule) => {
  expect(parseIncident('x.md', 'x', repeating(end, rrule)).value).not.toBeNull();
});
