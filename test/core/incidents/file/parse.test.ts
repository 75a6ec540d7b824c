// Incident files: what is accepted, what is refused and in which words, and that nothing ever throws.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseIncident } from '../../../../src/core/incidents/file/parse.ts';
import { parseAfter } from '../../../../src/core/incidents/file/reparse.ts';
import { readDateTime } from '../../../../src/core/incidents/times/written-time.ts';
import { affectedBy } from '../../../../src/core/model/incident.ts';
import { printProblem } from '../../../../src/core/model/problem.ts';
import { iso, parseInstant } from '../../../../src/core/model/time.ts';

const HEAD = `title: API Latency Spike
status: resolved
severity: major
started: 2025-11-06T14:30:00Z
resolved: 2025-11-06T15:00:00Z`;
const BODY = `
## Update 15:00 UTC
Issue resolved.

## Update 14:45 UTC
Identified cause.

## Update 14:30 UTC
Investigating.
`;

const file = (head: string, body = BODY) => `---\n${head}\n---\n${body}`;
const parse = (text: string, id = '20251106_api') => parseIncident(`${id}.md`, id, text);
const told = (text: string) => parse(text).problems.map(printProblem);

describe('the mission’s own sample', () => {
  const { value, problems } = parse(file(HEAD));

  test('is read as meant', () => {
    expect(problems).toEqual([]);
    expect(value).toMatchObject({
      id: '20251106_api',
      title: 'API Latency Spike',
      status: 'resolved',
      severity: 'major',
      components: null,
      scheduled: null,
      notify: true,
      postmortem: null,
    });
    expect(value?.updates.map(({ at, status, body }) => [iso(at), status, body])).toEqual([
      ['2025-11-06T14:30:00Z', 'investigating', 'Investigating.'],
      ['2025-11-06T14:45:00Z', 'investigating', 'Identified cause.'],
      ['2025-11-06T15:00:00Z', 'resolved', 'Issue resolved.'],
    ]);
  });

  test.each([
    ['CRLF', (text: string) => text.replaceAll('\n', '\r\n')],
    ['a BOM', (text: string) => `\uFEFF${text}`],
    ['CR alone', (text: string) => text.replaceAll('\n', '\r')],
    ['trailing spaces', (text: string) => text.replaceAll('\n', '  \n')],
    ['no last line break', (text: string) => text.trimEnd()],
    ['quoted timestamps', (text: string) => text.replace(/: (2025-\S+Z)/g, ': "$1"')],
    ['timestamps with a space', (text: string) => text.replace(/(\d)T(\d\d:\d\d:\d\d)Z/g, '$1 $2 UTC')],
    ['`---yaml`', (text: string) => text.replace('---', '---yaml')],
    ['oldest first', (text: string) => file(HEAD, BODY.split('\n\n').reverse().join('\n\n')) && text],
  ])('means the same with %s', (_, change) => {
    expect(parse(change(file(HEAD)))).toEqual({ value, problems: [] });
  });
});

describe('a file is refused, with its line and what to do', () => {
  const without = (key: string) =>
    HEAD.split('\n')
      .filter(line => !line.startsWith(key))
      .join('\n');
  test.each([
    ['an empty file', '', ':1: the file is empty'],
    ['no front matter', '# hello', ':1: there is no front matter'],
    ['front matter never closed', `---\n${HEAD}\n`, ':1: the front matter is never closed'],
    ['a rule inside the front matter', `---\n${HEAD}\n---x\n---\n`, ':7: the front matter is never closed'],
    ['JSON front matter', '---json\n{"title":"x"}\n---\n', ':1: front matter in "json" is not accepted'],
    ['an empty front matter', '---\n---\n', 'are expected here'],
    ['a list', '---\n- a\n---\n', 'are expected here'],
    ['a duplicate key', file(`${HEAD}\ntitle: again`), ':7: the key `title` is there twice: on line 2 too'],
    [
      'a component with an unknown status',
      file(`${HEAD}\ncomponents: [{ id: api, status: bad }]`),
      ':7: `components` is a list — write ids, like `[api, database]`, or ids with a status',
    ],
    ['a tab', file(`${HEAD}\ncomponents:\n\t- api`), ':8: this is not YAML'],
    ['no title', file(without('title')), '`title` is missing'],
    ['an empty title', file(HEAD.replace('API Latency Spike', '"  "')), ':2: `title`: is empty'],
    ['no status', file(without('status')), '`status` is missing'],
    [
      'an unknown status',
      file(HEAD.replace('resolved', 'resolvd')),
      ':3: `status` is "resolvd" — did you mean resolved?',
    ],
    [
      'an unknown severity',
      file(HEAD.replace('major', 'mayor')),
      ':4: `severity` is "mayor" — did you mean major?',
    ],
    ['no severity', file(without('severity')), '`severity` is missing'],
    ['no start', file(without('started')), '`started` is missing'],
    ['resolved without an end', file(without('resolved')), ':3: `resolved` is missing'],
    ['an end while open', file(HEAD.replace('status: resolved', 'status: monitoring')), ':6: it has an end'],
    [
      '31 February',
      file(HEAD.replace('2025-11-06T14', '2025-02-31T14')),
      ':5: `started`: "2025-02-31T14:30:00Z" is not a date',
    ],
    ['31 February, unquoted date', file(HEAD.replace('2025-11-06T14:30:00Z', '2025-02-31')), ':5: `started`'],
    [
      'a maintenance’s status',
      file(HEAD.replace('status: resolved', 'status: in_progress')),
      ':3: `status` "in_progress" is not a status of an incident',
    ],
    [
      'an incident that is called off',
      file(HEAD.replace('status: resolved', 'status: cancelled')),
      ':3: `status` is "cancelled" — write investigating',
    ],
    [
      'a maintenance without its end',
      file('title: x\nstatus: scheduled\nscheduled_start: 2025-11-06T14:30:00Z'),
      ':4: `scheduled_end` is missing',
    ],
    [
      'a maintenance that ends first',
      file('title: x\nstatus: scheduled\nscheduled_start: 2025-11-06\nscheduled_end: 2025-11-05'),
      ':5: it ends before it begins',
    ],
    ['a rule without a maintenance', file(`${HEAD}\nrrule: FREQ=DAILY`), ':7: only a maintenance repeats'],
    [
      'a rule that is none',
      file(`${HEAD}\nrrule: every sunday`),
      ':7: `rrule`: this is not a recurrence rule',
    ],
    ['a wrong component status', file(`${HEAD}\ncomponents: { api: broken }`), ':7: `components'],
    [
      'a wrong severity of an update',
      file(HEAD, '\n## Update 14:45 UTC\nseverity: mild\n'),
      ':10: `severity` is "mild"',
    ],
    [
      'a wrong promise',
      file(HEAD, '\n## Update 14:45 UTC\nnext_update: soon\n'),
      ':10: `next_update`: "soon" is not a time',
    ],
    ['a wrong silence', file(HEAD, '\n## Update 14:45 UTC\nnotify: nobody\n'), ':10: `notify`'],
  ])('%s', (_, text, words) => {
    const { value, problems } = parse(text);
    expect(value).toBeNull();
    expect(problems.map(printProblem).join('\n')).toContain(words);
    expect(problems.every(problem => problem.fix.length > 5)).toBe(true);
  });

  test('code in the front matter is refused and never run', () => {
    for (const language of ['js', 'javascript', 'coffee', 'JavaScript', 'js ']) {
      const code = `---${language}\n{ title: (globalThis.ran = true, "x") }\n---\n`;
      expect(parse(code).value).toBeNull();
      expect(parse(`---${language}\nmodule.exports = (globalThis.ran = true)\n---`).value).toBeNull();
    }
    expect(globalThis).not.toHaveProperty('ran');
  });

  test('aliases that grow without bound are refused', () => {
    const bomb = Array.from(
      { length: 30 },
      (_, i) => `k${i}: &a${i} [${Array(9).fill(i ? `*a${i - 1}` : 'x')}]`,
    );
    expect(parse(file(`${HEAD}\n${bomb.join('\n')}`)).value).toBeNull();
  });
});

describe('a file is accepted with a warning', () => {
  test('for an unknown key, naming the nearest', () => {
    const text = file(`${HEAD}\nseverty: minor`);
    expect(told(text)).toEqual(['20251106_api.md:7: unknown key `severty` — did you mean `severity`?']);
    expect(parse(text).value?.severity).toBe('major');
  });

  test('for words with a time in them', () => {
    expect(told(file(HEAD, '\nwords\n\n## What happened at 3:15 and why\n'))[0]).toMatch(
      /^20251106_api\.md:11: the time in "## What happened at 3:15 and why" cannot be read/,
    );
  });
});

describe('words under a heading that cannot be read', () => {
  const WORDS = '## Investigating 3:00 AM CET\nNobody can log in.';
  const END = '## Resolved 2025-11-06 15:00 UTC\nBack.';
  const OVER =
    'title: T\nstatus: resolved\nseverity: minor\nstarted: 2025-11-06T14:30:00Z\nresolved: 2025-11-06T15:00:00Z';
  const at = (body: string) =>
    parse(file(OVER, `\n${body}\n`)).value?.updates.map(one => [
      iso(one.at).slice(11, 16),
      one.status,
      one.body,
    ]);
  const first = (text: string) => ['14:30', 'investigating', text];
  const end = ['15:00', 'resolved', 'Back.'];

  test.each([
    ['above the end', `${WORDS}\n\n${END}`, [first(WORDS), end]],
    ['below the end', `${END}\n\n${WORDS}`, [first(WORDS), end]],
    [
      'above an update',
      `${WORDS}\n\n## Update 14:40\nWe look.\n\n${END}`,
      [first(WORDS), ['14:40', 'investigating', 'We look.'], end],
    ],
    [
      'newest first, in between',
      `${END}\n\n## Monitoring 1450 UTC\nWe watch.\n\n## Investigating 14:30\nWe look.`,
      [first('We look.\n\n## Monitoring 1450 UTC\nWe watch.'), end],
    ],
    ['below text and above the end', `We look.\n\n${WORDS}\n\n${END}`, [first(`We look.\n\n${WORDS}`), end]],
  ])('%s are never the end', (_name, body, expected) => {
    expect(at(body)).toEqual(expected);
  });

  test('oldest first, last, are a word after the end', () => {
    expect(at(`## Investigating 14:30\nWe look.\n\n${END}\n\n## Update noon\nThanks.`)).toEqual([
      first('We look.'),
      ['15:00', 'resolved', 'Back.\n\n## Update noon\nThanks.'],
    ]);
  });
});

describe('updates', () => {
  const statuses = (head: string, body: string) =>
    parse(file(head, body)).value?.updates.map(({ at, status }) => `${iso(at).slice(11, 16)} ${status}`);

  test('the text before the first section is the first update', () => {
    expect(statuses(HEAD, '\nIt is slow.\n\n## Identified 14:40\nA query.\n')).toEqual([
      '14:30 investigating',
      '14:40 identified',
      '15:00 resolved',
    ]);
  });

  test('a body without any section still has one update, and its end', () => {
    expect(statuses(HEAD, '')).toEqual(['14:30 investigating', '15:00 resolved']);
  });

  test('“Update” inherits the status before it', () => {
    expect(statuses(HEAD, '\n## Identified 14:40\n\n## Update 14:50\n\n## Resolved 15:00\n')).toEqual([
      '14:40 identified',
      '14:50 identified',
      '15:00 resolved',
    ]);
  });

  test('a file that crosses midnight twice keeps its days', () => {
    const head = HEAD.replace('T14:30', 'T22:00').replace('06T15:00', '08T03:00');
    const body = '\n## Update 03:00\n\n## Update 22:30\n\n## Update 01:00\n\n## Update 23:00\n';
    const { value } = parse(file(head, body));
    expect(value?.updates.map(({ at }) => iso(at).slice(8, 16))).toEqual([
      '06T23:00',
      '07T01:00',
      '07T22:30',
      '08T03:00',
    ]);
    expect(value?.updates.at(-1)?.status).toBe('resolved');
  });

  test('keys are the written time and its ordinal, and fixing a typo keeps them', () => {
    const keys = (body: string) => parse(file(HEAD, body)).value?.updates.map(({ key }) => key);
    const body = '\n## Update 14:45 UTC\nnewer\n\n## Update 14:45 UTC\nolder\n';
    expect(keys(body)).toEqual([
      '2025-11-06T14:45:00Z#0',
      '2025-11-06T14:45:00Z#1',
      // The end that only the front matter tells.
      'closed#0',
    ]);
    expect(keys(body.replace('older', 'corrected'))).toEqual(keys(body));
  });

  test('may change severity and components, and promise the next', () => {
    const body = `
## Identified 14:45 UTC
severity: minor
components: { api: degraded_performance, db: operational }
next_update: 15:15 UTC

It is only slow now.`;
    const update = parse(file(HEAD, body)).value?.updates[0];
    expect(update).toMatchObject({
      body: 'It is only slow now.',
      change: {
        severity: 'minor',
        components: [
          { id: 'api', status: 'degraded_performance' },
          { id: 'db', status: 'operational' },
        ],
      },
      promised: parseInstant('2025-11-06T15:15:00Z'),
    });
    const promised = (text: string) =>
      iso(
        parse(file(HEAD, `\n## Update 14:45 UTC\nnext_update: ${text}\n`)).value?.updates[0]?.promised ?? 0,
      );
    expect(promised('30m')).toBe('2025-11-06T15:15:00Z');
    expect(promised('00:10')).toBe('2025-11-07T00:10:00Z');
    expect(promised('16:15 +01:00')).toBe('2025-11-06T15:15:00Z');
    expect(promised('2025-11-06 18:00')).toBe('2025-11-06T18:00:00Z');
  });

  test('may keep themselves from the mail', () => {
    const quiet = (text: string) =>
      parse(file(HEAD, `\n## Update 14:45 UTC\n${text}\n`)).value?.updates[0]?.quiet;
    expect(quiet('notify: false\n\nA footnote.')).toBe(true);
    expect(quiet('notify: true\n\nNews.')).toBeUndefined();
    expect(quiet('News.\nnotify: false')).toBeUndefined();
  });
});

describe('components', () => {
  const known = [
    { id: 'api', name: 'API' },
    { id: 'db', name: 'Database' },
    { id: 'wb', name: 'Workflow Builder' },
  ];
  const affected = (title: string, line = '', body = '') => {
    const { value } = parse(file(`${HEAD.replace('API Latency Spike', title)}\n${line}`, body));
    return affectedBy(value!, known).map(({ id, status }) => (status ? `${id}=${status}` : id));
  };
  test.each([
    ['API Latency Spike', '', ['api']],
    ['workflow  builder and database down', '', ['db', 'wb']],
    ['Capital of rapid growth', '', ['api', 'db', 'wb']],
    ['anything', 'components: []', []],
    ['anything', 'components: [db, gone]', ['db']],
    ['anything', 'components: db', ['db']],
    ['anything', 'components: [{ id: db, status: major_outage }, api]', ['db=major_outage', 'api']],
    ['anything', 'components: { db: major_outage }', ['db=major_outage']],
    ['API', 'components:', ['api']],
  ])('%s / %s', (title, line, expected) => {
    expect(affected(title, line)).toEqual(expected);
  });

  test('those an update adds are affected too', () => {
    expect(affected('API', '', '\n## Update 14:50\ncomponents: [wb]\n')).toEqual(['api', 'wb']);
  });
});

const OPEN = 'severity: minor\nstarted: 2025-11-06T14:30:00Z';
const OVER = `${OPEN}\nresolved: 2025-11-06T15:30:00Z`;
const PLAN = 'scheduled_start: 2025-11-06T14:30:00Z\nscheduled_end: 2025-11-06T15:30:00Z';
test.each<readonly [string, string, string]>([
  ['In Progress', PLAN, 'in_progress'],
  ['in-progress', PLAN, 'in_progress'],
  ['"in progress "', PLAN, 'in_progress'],
  ['Verifying', PLAN, 'verifying'],
  ['cancelled', PLAN, 'completed'],
  ['Canceled', PLAN, 'completed'],
  ['postponed', PLAN, 'completed'],
  ['Monitoring', OPEN, 'monitoring'],
  ...[
    'open',
    'Opened',
    'NEW',
    'ongoing',
    'On-going',
    'active',
    'Underway',
    'under way',
    'unresolved',
    'Acknowledged',
  ].map(word => [word, OPEN, 'investigating'] as const),
  ['Watching', OPEN, 'monitoring'],
  ...['Closed', 'fixed', 'Solved', 'done', 'finished', 'ended', 'over', 'Recovered', 'postmortem'].map(
    word => [word, OVER, 'resolved'] as const,
  ),
  ['Planned', PLAN, 'scheduled'],
  ['upcoming', PLAN, 'scheduled'],
  ...['ongoing', 'Active', 'Started', 'underway'].map(word => [word, PLAN, 'in_progress'] as const),
  ...['closed', 'Done', 'finished', 'Resolved', 'ended', 'over'].map(
    word => [word, PLAN, 'completed'] as const,
  ),
])('the status %s is read as meant', (status, keys, meant) => {
  const { value, problems } = parse(file(`title: X\nstatus: ${status}\n${keys}`, ''));
  expect([value?.status, problems]).toEqual([meant, []]);
});

test.each<readonly [string, string]>([
  ...['critical', 'Critical', 'CRITICAL', '"critical "', 'Highest', 'P1', 'sev-1', 'fatal'].map(
    word => [word, 'critical'] as const,
  ),
  ...['High', 'P2', 'SEV2'].map(word => [word, 'major'] as const),
  ...['low', 'Medium', 'Moderate', 'warning', 'P3', 'Sev3'].map(word => [word, 'minor'] as const),
])('the severity %s is read as meant', (severity, meant) => {
  const head = `title: X\nstatus: monitoring\nstarted: 2025-11-06T14:30:00Z\nseverity: ${severity}`;
  const { value, problems } = parse(file(head, `\n## Update 14:50 UTC\nseverity: ${severity}\n\nWorse.\n`));
  expect([value?.severity, value?.updates.at(-1)?.change?.severity, problems]).toEqual([meant, meant, []]);
});

test('a maintenance’s announcement is the day of its name, or its start', () => {
  const head =
    'title: x\nstatus: scheduled\nscheduled_start: 2025-11-23T02:00:00Z\nscheduled_end: 2025-11-23T03:00:00Z';
  expect(iso(parse(file(head, ''), '20251118_x').value!.started)).toBe('2025-11-18T00:00:00Z');
  expect(iso(parse(file(head, ''), 'x').value!.started)).toBe('2025-11-23T02:00:00Z');
});

test('a mistake in the YAML is one problem, not one for each line after it', () => {
  const { problems } = parse(`---\n&a *a\n${HEAD}\n---\n`);
  expect(problems.map(({ line, what }) => [line, what])).toEqual([
    [2, 'this is not YAML: a value begins with a character that YAML reserves'],
  ]);
});

test('no text throws: it is an incident, or problems that say where', () => {
  const line = fc.oneof(
    fc.constantFrom(
      '---',
      `---\n${HEAD}\n---`,
      HEAD,
      '## Update 15:00 UTC',
      'components:',
      '- api',
      '{}',
      '"',
      '&a *a',
      '!!js/function x',
      '```',
      'severity: minor',
      '\uFEFF',
      '\r',
    ),
    fc.string({ unit: 'binary' }),
  );
  fc.assert(
    fc.property(fc.array(line, { maxLength: 12 }), lines => {
      const text = lines.join('\n');
      const { value, problems } = parse(text);
      // A fence hides what stands below it, and nothing else.
      const errors = problems.filter(({ level, what }) => level === 'error' && !what.includes('code fence'));
      expect(value === null).toBe(errors.length > 0);
      for (const problem of problems) {
        expect(problem.line).toBeGreaterThan(0);
        expect(problem.line).toBeLessThanOrEqual(text.split(/\r\n?|\n/).length + 1);
      }
    }),
    { numRuns: 500 },
  );
});

describe('a later version of a file', () => {
  const HEAD = '---\ntitle: A\nstatus: investigating\nseverity: minor\nstarted: 2026-03-10T12:00:00Z\n---\n';
  const FIRST = '## Update 12:00 UTC\nFirst.\n';
  const SECOND = '## Identified 12:00 UTC\nSecond.\n';
  const read = (body: string, before: string | null) => {
    const old = before === null ? null : parseIncident('a.md', 'a', HEAD + before).value;
    return parseAfter(old, 'a.md', 'a', HEAD + body).value?.updates.map(({ key, body: words }) => [
      key,
      words,
    ]);
  };
  const ORDERED = [
    ['2026-03-10T12:00:00Z#0', 'First.'],
    ['2026-03-10T12:00:00Z#1', 'Second.'],
  ];

  test('keeps its updates’ keys, whether the second of one minute stands above or below', () => {
    expect(read(FIRST + SECOND, FIRST)).toEqual(ORDERED);
    expect(read(SECOND + FIRST, FIRST)).toEqual(ORDERED);
    // Without a version before, as the mission's own sample is written: the newest first.
    expect(read(SECOND + FIRST, null)).toEqual(ORDERED);
  });

  test('a typo mended, or words taken away, change nothing about that', () => {
    expect(read(SECOND + FIRST.replace('First', '1st'), FIRST)?.[0]).toEqual([
      '2026-03-10T12:00:00Z#0',
      '1st.',
    ]);
    expect(read(FIRST, FIRST + SECOND)).toEqual([ORDERED[0]]);
  });

  test('where times tell the order, they win', () => {
    const later = '## Update 12:05 UTC\nThird.\n';
    expect(read(later + SECOND + FIRST, FIRST)?.map(([, words]) => words)).toEqual([
      'First.',
      'Second.',
      'Third.',
    ]);
    expect(read(FIRST + SECOND + later, FIRST)?.map(([, words]) => words)).toEqual([
      'First.',
      'Second.',
      'Third.',
    ]);
  });
});

test('a time in the front matter, also with a digit changed, is read as any other, or refused in the same words', () => {
  const digits = fc.array(fc.nat({ max: 9 }), { minLength: 14, maxLength: 14 });
  const usual = fc.constantFrom('2025-11-06T14:30:00Z', '2024-02-29T23:59:59Z', '1970-01-01T00:00Z');
  const changed = fc.tuple(usual, fc.nat({ max: 19 }), fc.nat({ max: 9 })).map(([text, at, digit]) => {
    return /\d/.test(text[at] ?? '') ? `${text.slice(0, at)}${digit}${text.slice(at + 1)}` : text;
  });
  const any = digits.map(all => all.join('').replace(/(....)(..)(..)(..)(..)(..)/, '$1-$2-$3T$4:$5:$6Z'));
  fc.assert(
    fc.property(fc.oneof(usual, changed, any), text => {
      const { value, problems } = parse(
        file(`title: A\nstatus: resolved\nseverity: minor\nstarted: ${text}\nresolved: ${text}`, ''),
      );
      const at = readDateTime(text);
      if (typeof at === 'number') expect([value?.started, value?.resolved]).toEqual([at, at]);
      else expect([value, problems.map(({ line }) => line)]).toEqual([null, [5, 6]]);
    }),
    { numRuns: 1000 },
  );
});
