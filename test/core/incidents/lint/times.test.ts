// Times of a maintenance that nobody wrote in full: what is made of them, and what the operator is told.
import { describe, expect, test } from 'vitest';
import { asOf } from '../../../../src/core/incidents/as-of.ts';
import { parseIncident } from '../../../../src/core/incidents/file/parse.ts';
import { announcedWhenSeen } from '../../../../src/core/incidents/first-seen.ts';
import { backwards, timeProblems } from '../../../../src/core/incidents/lint/times.ts';
import { coveredBy } from '../../../../src/core/incidents/maintenance.ts';
import { printProblem } from '../../../../src/core/model/problem.ts';
import { DAY, HOUR, iso, MINUTE, parseInstant } from '../../../../src/core/model/time.ts';
import { announcements } from '../../../../src/core/notify/news.ts';

const at = (text: string) => parseInstant(text) as number;

interface Written {
  readonly id?: string;
  readonly front?: string;
  readonly start?: string;
  readonly end?: string;
  readonly body?: string;
}

/** Announced on 10 March for the 13th, 02:00–04:00, unless told otherwise. */
function text({ front = '', start = '13T02:00', end = '13T04:00', body = 'We upgrade.' }: Written): string {
  return `---\ntitle: Upgrade\nstatus: completed\nscheduled_start: 2026-03-${start}:00Z\nscheduled_end: 2026-03-${end}:00Z\n${front}\n---\n${body}\n`;
}

function maintenance(written: Written) {
  const { id = '20260310_upgrade' } = written;
  const { value, problems } = parseIncident(`${id}.md`, id, text(written));
  return { value: value!, problems };
}

describe('an undated section of a maintenance', () => {
  const UTC = (time: string) => `## ${time} UTC\nWords.\n`;
  test.each<[string, string, Written, string[]]>([
    ['is of the day of the work', 'Completed 02:41', {}, ['13T02:41']],
    ['begun early: not tomorrow', 'In progress 23:50', {}, ['12T23:50']],
    ['overrun', 'Completed 09:00', {}, ['13T09:00']],
    ['on the stroke', 'In progress 02:00', {}, ['13T02:00']],
    ['midway between two days: the earlier', 'In progress 15:00', {}, ['12T15:00']],
    ['of a long one', 'Completed 20:00', { end: '13T22:00' }, ['13T20:00']],
    ['of a long one, overrun', 'Completed 23:00', { end: '13T22:00' }, ['13T23:00']],
    ['announced the same day', 'Completed 02:41', { front: 'started: 2026-03-13T01:00:00Z' }, ['13T02:41']],
    ['announced within it', 'Completed 02:41', { front: 'started: 2026-03-13T02:30:00Z' }, ['13T02:41']],
    ['that plans is read from the announcement on', 'Scheduled 02:41', {}, ['10T02:41']],
  ])('%s: %s', (_, heading, written, expected) => {
    const { value, problems } = maintenance({ ...written, body: `We upgrade.\n\n${UTC(heading)}` });
    expect(problems).toEqual([]);
    expect(value.updates.slice(1).map(update => iso(update.at).slice(8, 16))).toEqual(expected);
  });

  test.each<[string, Written, string | null]>([
    ['Update 02:20', {}, '2026-03-13 02:20'],
    ['A little late 04:40', {}, '2026-03-13 04:40'],
    ['Update 01:10', {}, '2026-03-13 01:10'],
    ['Update 09:00', {}, null],
    ['Scheduled 02:20', {}, null],
    ['Update 2026-03-11 02:20', {}, null],
    ['Update 02:20', { front: 'started: 2026-03-13T01:00:00Z' }, null],
    ['Update 23:30', { start: '13T22:00', end: '14T23:00' }, '2026-03-13 23:30'],
  ])('"%s" that may be meant for the day of the work is named: %o', (heading, written, meant) => {
    const { problems } = maintenance({ ...written, body: `We upgrade.\n\n${UTC(heading)}` });
    const found = problems.filter(({ what }) => what.includes('no date'));
    expect(found.map(({ level, fix }) => [level, fix])).toEqual(
      meant ? [['warning', `write the date too, like \`## Update ${meant} UTC\``]] : [],
    );
  });

  test('oldest-first and newest-first read alike, and the window covered is the real one', () => {
    const sections = ['In progress 01:55', 'Update 02:20', 'Completed 02:41'].map(UTC);
    for (const body of [sections, [...sections].reverse()]) {
      const { value } = maintenance({ body: `We upgrade.\n\n${body.join('\n')}` });
      expect(value.updates.slice(1).map(update => iso(update.at).slice(8, 16))).toEqual([
        '13T01:55',
        '13T02:20',
        '13T02:41',
      ]);
      const { start, end } = coveredBy(value);
      expect([iso(start), iso(end)]).toEqual(['2026-03-13T01:55:00Z', '2026-03-13T02:41:00Z']);
    }
  });

  test('of a series, or of work longer than a day, is a guess that is named', () => {
    const body = `We upgrade.\n\n${UTC('Completed 02:41')}`;
    const guess = {
      level: 'warning',
      where: '20260310_upgrade.md',
      line: 10,
      fix: 'write the date too, like `## Completed 2026-03-13 02:41 UTC`',
    };
    const why = (text: string) => [
      { ...guess, what: `this section has a time but no date, and ${text}: its day is a guess` },
    ];
    const { problems, value } = maintenance({ front: 'rrule: FREQ=WEEKLY', body });
    expect(problems[0]).toMatchObject({
      level: 'error',
      line: 10,
      what: expect.stringContaining('the maintenance repeats: its day is a guess'),
    });
    expect(value).toMatchObject({ isPartlyUnreadable: true, updates: [{}] });
    expect(maintenance({ end: '15T04:00', body }).problems).toEqual(
      why('the maintenance is longer than a day'),
    );
    const dated = body.replace('02:41', '2026-03-13 02:41');
    expect(maintenance({ front: 'rrule: FREQ=WEEKLY', body: dated }).problems).toEqual([]);
  });
});

describe('what lies in the future', () => {
  const NOW = at('2026-03-10T12:00:00Z');
  const said = (source: string) => {
    const { value } = parseIncident('x.md', 'x', source);
    return timeProblems(value!, source, 'x.md', NOW).map(({ line, what }) => `${line}: ${what}`);
  };
  const incident = (front: string, body: string) =>
    `---\ntitle: Slow\nstatus: investigating\nseverity: minor\n${front}\n---\n${body}\n`;

  test.each([
    [
      'a time before the beginning is tomorrow’s',
      incident('started: 2026-03-10T11:00:00Z', 'Slow.\n\n## Update 09:30 UTC\nOh.'),
      [
        '9: this update is in the future: 2026-03-11T09:30:00Z (it has no date, and this is the next such time)',
      ],
    ],
    [
      'a mistyped date',
      incident('started: 2026-03-10T11:00:00Z', '## Update 2026-04-10 11:30 UTC\nOh.'),
      ['7: this update is in the future: 2026-04-10T11:30:00Z'],
    ],
    [
      'a beginning',
      incident('started: 2026-03-10T13:00:00Z', 'Slow.'),
      ['5: `started` is in the future: 2026-03-10T13:00:00Z, so it counts from when it was first seen'],
    ],
    [
      'an end',
      incident('started: 2026-03-10T11:00:00Z\nresolved: 2026-03-10T14:00:00Z', 'Slow.').replace(
        'investigating',
        'resolved',
      ),
      ['6: `resolved` is in the future: 2026-03-10T14:00:00Z, and until then it is open'],
    ],
    [
      'a clock some minutes ahead',
      incident('started: 2026-03-10T12:04:00Z', 'Slow.'),
      ['5: `started` is in the future: 2026-03-10T12:04:00Z, so it counts from when it was first seen'],
    ],
    ['a machine’s', incident('started: 2026-03-10T12:04:00Z\nopened_by: probe:api', 'Slow.'), []],
    ['the past', incident('started: 2026-03-10T11:00:00Z', 'Slow.\n\n## Update 11:30 UTC\nOh.'), []],
    ['a maintenance announced ahead of time', text({ front: 'started: 2026-03-12T00:00:00Z' }), []],
    [
      'what is planned with a date',
      text({ body: 'Words.\n\n## In progress 2026-03-13 02:00 UTC\nWe begin.' }).replace(
        'completed',
        'scheduled',
      ),
      [],
    ],
    [
      'what is planned for the window without a date',
      text({
        start: '12T22:00',
        body: 'Words.\n\n## In progress 22:00 UTC\na\n\n## Verifying 01:30 UTC\nb\n\n## Completed 04:00 UTC\nc',
      }).replace('completed', 'scheduled'),
      [],
    ],
    [
      'what is planned past the window without a date',
      text({ body: 'Words.\n\n## Completed 05:00 UTC\na' }).replace('completed', 'scheduled'),
      [
        '10: this update is in the future: 2026-03-13T05:00:00Z (it has no date, and this is the next such time)',
      ],
    ],
    [
      'a plan that will not be',
      text({ body: 'Words.\n\n## In progress 2026-03-13 02:00 UTC\nWe begin.' }),
      [
        '10: this step is dated after the completion (2026-03-13T02:00:00Z), so it has not happened: it is not shown',
      ],
    ],
    [
      'a step long past, dated after the completion',
      text({
        start: '09T02:00',
        end: '09T04:00',
        body: '## Completed 2026-03-09 02:30 UTC\nDone.\n\n## Verifying 2026-03-09 03:00 UTC\nWe check.',
      }),
      [
        '11: this step is dated after the completion (2026-03-09T03:00:00Z), so it has not happened: it is not shown',
      ],
    ],
    [
      'a postscript to a maintenance',
      text({
        start: '09T02:00',
        end: '09T04:00',
        body: '## Completed 2026-03-09 02:30 UTC\nDone.\n\n## Update 2026-03-09 03:00 UTC\nThanks.',
      }),
      [],
    ],
    [
      'what is planned without one',
      text({ body: 'Words.\n\n## Completed 02:41 UTC\nDone.' }),
      [
        '10: this update is in the future: 2026-03-13T02:41:00Z (it has no date, and this is the next such time)',
      ],
    ],
  ])('%s', (_, source, expected) => {
    expect(said(source)).toEqual(expected);
    expect(said(`\uFEFF${source.replaceAll('\n', '\r\n')}`)).toEqual(expected);
  });
});

describe('a completion that only the newest update tells', () => {
  const [BEGUN, DONE] = ['## In progress 09:02 UTC\nWe begin.\n', '## Completed 09:37 UTC\nDone.\n'];
  const upkeep = (body: string, status = 'scheduled', more = '') =>
    `---\ntitle: A\nstatus: ${status}\ncomponents: []\nscheduled_start: 2026-03-10T09:00:00Z\nscheduled_end: 2026-03-10T13:00:00Z\n${more}---\n${body}`;
  const said = (source: string, now: string) => {
    const { value, problems } = parseIncident('a.md', 'a', source);
    return [...problems, ...timeProblems(value!, source, 'a.md', at(now))].map(printProblem);
  };

  test.each(['Cancelled', 'Canceled', 'Called off', 'Finished', 'Abgesagt'])(
    '“%s” beside `status: scheduled` is named',
    word => {
      const source = upkeep(
        `## Scheduled 2026-03-10 08:00 UTC\nWe upgrade.\n\n## ${word} 2026-03-10 08:30 UTC\nNot today.\n`,
      );
      expect(said(source, '2026-03-10T08:40:00Z')).toEqual([
        expect.stringContaining(`the newest heading says "${word}", but the front matter says scheduled`),
      ]);
      expect(said(source.replace('status: scheduled', 'status: completed'), '2026-03-10T08:40:00Z')).toEqual(
        [],
      );
      // In a series no key says it of one occurrence: the section names its day.
      const series = source.replace('status: scheduled', 'status: scheduled\nrrule: FREQ=DAILY');
      expect(said(series, '2026-03-12T08:40:00Z')).toEqual([
        expect.stringContaining('below it `occurrence: 2026-12-06`'),
      ]);
      const goesOn = `${source}\n## In progress 2026-03-10 08:50 UTC\nWe begin after all.\n`;
      expect(said(goesOn, '2026-03-10T08:55:00Z')).toEqual([]);
    },
  );

  test.each(['scheduled', 'in_progress', 'verifying'])('is named with its line while it is %s', status => {
    const expected = `the newest status in a heading is completed, the front matter says ${status} — set \`status: completed\` or, if the work goes on, write a section \`## In progress\``;
    const during = '2026-03-10T10:00:00Z';
    expect(said(upkeep(`${BEGUN}\n${DONE}`, status), during)).toEqual([`a.md:11: ${expected}`]);
    expect(said(upkeep(`${DONE}\n${BEGUN}`, status), during)).toEqual([`a.md:8: ${expected}`]);
    const thanks = `${DONE}\n## Update 09:50 UTC\nThanks.\n`;
    expect(said(upkeep(thanks, status), during)).toEqual([`a.md:8: ${expected}`]);
  });

  test('not while it lies ahead, nor once the maintenance is over', () => {
    const plan = `${BEGUN}\n${DONE}`.replaceAll(/(?=09:\d)/g, '2026-03-10 ');
    for (const now of ['10T08:00', '10T09:10', '10T13:00', '11T08:00'])
      expect([now, said(upkeep(plan), `2026-03-${now}:00Z`)]).toEqual([now, []]);
    expect(said(upkeep(plan), '2026-03-10T09:40:00Z')).toHaveLength(1);
  });

  test('not of one that is completed, goes on again, or is one of a series', () => {
    const during = '2026-03-10T10:00:00Z';
    expect(said(upkeep(BEGUN), during)).toEqual([]);
    expect(said(upkeep(DONE, 'completed'), during)).toEqual([]);
    expect(said(upkeep(`${DONE}\n## Verifying 09:50 UTC\nOnce more.\n`), during)).toEqual([]);
    const dated = DONE.replace('09:37', '2026-03-10 09:37');
    expect(said(upkeep(dated, 'scheduled', 'rrule: FREQ=WEEKLY\n'), during)).toEqual([]);
  });
});

test('what says open after the end in the front matter is named with its line', () => {
  const source =
    '---\ntitle: A\nstatus: resolved\nseverity: major\nstarted: 2026-03-10T09:00:00Z\nresolved: 2026-03-10T10:00:00Z\n---\n## Resolved 10:00 UTC\nOver.\n\n## Investigating 10:30 UTC\nIt is back.\n\n## Update 10:40 UTC\nStill.\n';
  const named = (text: string, now = '2026-03-10T11:00:00Z') => {
    const { value, problems } = parseIncident('a.md', 'a', text);
    return [...problems, ...timeProblems(value!, text, 'a.md', at(now))].map(printProblem);
  };
  expect(named(source)).toEqual([
    'a.md:11: the newest update says investigating, but the front matter says resolved — set `status: investigating` and remove `resolved:`, or reword the heading: until then, new updates after the end are not sent',
  ]);
  expect(named(source.replace('## Investigating', '## Update'))).toEqual([]);
});

describe('words about work that goes on after the planned end', () => {
  const said = (body: string, now = '2026-03-10T13:15:00Z', status = 'in_progress', more = '') => {
    const source = `---\ntitle: A\nstatus: ${status}\ncomponents: []\nscheduled_start: 2026-03-10T09:00:00Z\nscheduled_end: 2026-03-10T13:00:00Z\n${more}---\n## In progress 2026-03-10 09:00 UTC\nWe begin.\n\n${body}`;
    const { value, problems } = parseIncident('a.md', 'a', source);
    const view = asOf(value!, at(now), () => at(now));
    return [...problems, ...timeProblems(value!, source, 'a.md', at(now), view)].map(printProblem);
  };
  const ON = '## Update 2026-03-10 13:10 UTC\nWe are still working.\n';
  const NAMED =
    'this update is dated after `scheduled_end`, when the maintenance is over — move `scheduled_end`';

  test.each([
    ['an update', ON],
    ['a status', '## Verifying 2026-03-10 13:10 UTC\nWe look at it.\n'],
    ['not done', '## Update 2026-03-10 13:10 UTC\nIt is not done yet.\n'],
  ])('%s is named', (_name, body) => {
    expect(said(body)).toEqual([`a.md:11: ${NAMED}`]);
    expect(said(body, undefined, 'scheduled')).toEqual([`a.md:11: ${NAMED}`]);
  });

  test('the newest of several is named, once', () => {
    expect(said(`${ON}\n${ON.replace('13:10', '13:12')}`)).toEqual([`a.md:14: ${NAMED}`]);
  });

  test.each([
    ['a completion', said('## Completed 2026-03-10 13:10 UTC\nThanks.\n')],
    [
      'thanks after it',
      said('## Completed 2026-03-10 13:05 UTC\nOver.\n\n## Update 2026-03-10 13:10 UTC\nThanks.\n'),
    ],
    ['words that say it is done', said('## Update 2026-03-10 13:10 UTC\nAll is done.\n')],
    ['words at the end', said(ON.replace('13:10', '13:00'))],
    ['one that is completed', said(ON, undefined, 'completed', 'resolved: 2026-03-10T13:12:00Z\n')],
    ['old work', said(ON, '2026-03-12T13:15:00Z')],
    ['a series', said(ON, undefined, 'scheduled', 'rrule: FREQ=WEEKLY\n')],
  ])('not of %s', (_name, found) => {
    expect(found).toEqual([]);
  });
});

describe('a maintenance with an end of another year', () => {
  const slip = (front: string, body = 'We upgrade.') => {
    const { value, problems } = maintenance({ front, body });
    return [
      value.resolved === null ? null : iso(value.resolved),
      ...problems.map(({ what, fix }) => `${what} — ${fix}`),
    ];
  };

  test.each<[string, string, string]>([
    ['the year before', 'resolved: 2025-03-13T03:30:00Z', 'did you mean 2026-03-13T03:30:00Z?'],
    [
      'years ago, in another zone',
      'resolved: 2023-03-13T04:30:00+01:00',
      'did you mean 2026-03-13T03:30:00Z?',
    ],
    [
      'before it was announced',
      'started: 2026-03-10T09:00:00Z\nresolved: 2026-02-13T03:30:00Z',
      'correct its date, or `started`',
    ],
  ])('%s: it does not count, and is named', (_, front, fix) => {
    const [resolved, problem, ...more] = slip(front);
    expect([resolved, more]).toEqual([null, []]);
    expect(problem).toMatch(
      /^`resolved` is 202\S+, before the maintenance was announced, so it does not count/,
    );
    expect(problem?.endsWith(`— ${fix}`)).toBe(true);
  });

  test.each([
    ['called off before the window', 'resolved: 2026-03-10T10:00:00Z', '2026-03-10T10:00:00Z'],
    ['called off days before its `started`', 'resolved: 2026-03-09T10:00:00Z', '2026-03-09T10:00:00Z'],
    ['late', 'resolved: 2026-03-13T09:00:00Z', '2026-03-13T09:00:00Z'],
  ])('%s: it counts', (_, front, resolved) => {
    expect(slip(front)).toEqual([resolved]);
  });

  test('its sections stay on the days of the work, and one of another year is named', () => {
    const { value } = maintenance({
      front: 'resolved: 2025-03-13T03:30:00Z',
      body: '## In progress 02:00 UTC\nx\n\n## Completed 03:30 UTC\ny',
    });
    expect(value.updates.map(({ at }) => iso(at))).toEqual(['2026-03-13T02:00:00Z', '2026-03-13T03:30:00Z']);
    expect(slip('', '## Completed 2025-03-13 03:30 UTC\ny')).toEqual([
      null,
      'this update is dated 2025-03-13T03:30:00Z, a year before the work — did you mean 2026-03-13 03:30 UTC?',
    ]);
  });
});

describe('a maintenance that nobody dated', () => {
  const own = { id: '20260313_upgrade', start: '13T22:00', end: '13T23:00' };

  test('is announced when first seen, if that is before the day in its name; its key stays', () => {
    const { value } = maintenance(own);
    expect(value.updates[0]!.presumed).toBe(true);
    const seen = announcedWhenSeen(value, at('2026-03-01T20:00:00Z'));
    expect([iso(seen.started), iso(seen.updates[0]!.at), seen.updates[0]?.key]).toEqual([
      '2026-03-01T20:00:00Z',
      '2026-03-01T20:00:00Z',
      '2026-03-13T00:00:00Z#-preface',
    ]);
    // Seen on the day itself, or in another year's import: the day in its name.
    expect(announcedWhenSeen(value, at('2026-03-13T00:00:00Z'))).toBe(value);
    expect(announcedWhenSeen(value, at('2027-03-13T00:00:00Z'))).toBe(value);
  });

  test('is never announced after what was written about it', () => {
    const { value } = maintenance({ ...own, body: 'We upgrade.\n\n## Update 2026-03-05 10:00 UTC\nMoved.' });
    expect(value.updates.map(({ at, body }) => `${iso(at)} ${body}`)).toEqual([
      '2026-03-05T10:00:00Z We upgrade.',
      '2026-03-05T10:00:00Z Moved.',
    ]);
    expect(announcedWhenSeen(value, at('2026-03-07'))).toBe(value);
    expect(iso(announcedWhenSeen(value, at('2026-03-01')).started)).toBe('2026-03-01T00:00:00Z');
    const words = maintenance({ ...own, body: '## Scheduled 2026-03-05 10:00 UTC\nSoon.' }).value;
    expect([words.updates[0]!.presumed, iso(words.started)]).toEqual([undefined, '2026-03-05T10:00:00Z']);
  });

  test('one with `started` is taken at its word', () => {
    const { value } = maintenance({ ...own, front: 'started: 2026-03-12T00:00:00Z' });
    expect(value.updates[0]!.presumed).toBeUndefined();
    expect(announcedWhenSeen(value, at('2026-03-01'))).toBe(value);
  });

  test('its notices come, a day and an hour ahead', () => {
    const value = announcedWhenSeen(
      { ...maintenance(own).value, status: 'scheduled' },
      at('2026-03-01T20:00:00Z'),
    );
    const seen = new Set<string>();
    const said: string[] = [];
    for (let now = at('2026-03-01T20:00:00Z'); now < value.scheduled!.start; now += MINUTE * 30) {
      for (const { key, quiet, update } of announcements([value], seen, now, false, [DAY, HOUR])) {
        seen.add(`${value.id} ${key}`);
        if (!quiet) said.push(`${iso(now)} ${update.body}`);
      }
    }
    expect(said).toEqual([
      '2026-03-01T20:00:00Z We upgrade.',
      '2026-03-12T22:00:00Z This maintenance begins in 1 day.',
      '2026-03-13T21:00:00Z This maintenance begins in 1 hour.',
    ]);
  });
});

describe('an incident that ends before it begins', () => {
  const NOW_ = at('2026-03-10T12:00:00Z');
  const of = (started: string, resolved: string, body = 'Words.', id = '20260310_api', by = '') => {
    const front = `title: T\nstatus: resolved\nseverity: major\nstarted: ${started}\nresolved: ${resolved}\n${by}`;
    const source = `---\n${front}---\n${body}\n`;
    const { value } = parseIncident(`${id}.md`, id, source);
    const problem = backwards(value!, source, `${id}.md`, NOW_);
    return problem && `${problem.level} ${problem.line} ${/`\w+`/.exec(problem.fix)?.[0]}`;
  };
  test.each<[string, string, string, string | undefined, string | undefined, string | null]>([
    [
      'begun ahead',
      '2026-03-10T15:00:00Z',
      '2026-03-10T11:50:00Z',
      undefined,
      undefined,
      'warning 5 `started`',
    ],
    [
      'in a year',
      '2027-03-10T11:00:00Z',
      '2026-03-10T11:50:00Z',
      undefined,
      undefined,
      'warning 5 `started`',
    ],
    [
      'both have been, and nothing tells which is wrong',
      '2026-03-10T11:00:00Z',
      '2026-03-10T10:00:00Z',
      undefined,
      undefined,
      'error 6 undefined',
    ],
    [
      'an end told in a section before it',
      '2026-03-10T11:00:00Z',
      '2026-03-10T10:00:00Z',
      '## Resolved 2026-03-10 10:00 UTC\nx',
      undefined,
      'error 5 `started`',
    ],
    [
      'the same, filed on the day before',
      '2026-03-10T01:00:00Z',
      '2026-03-09T23:00:00Z',
      '## Resolved 2026-03-09 23:00 UTC\nx',
      '20260310_api',
      'error 5 `started`',
    ],
    [
      'an end of the wrong year, twice',
      '2026-03-10T11:00:00Z',
      '2025-03-10T12:00:00Z',
      '## Resolved 2025-03-10 12:00 UTC\nx',
      '20260310_api',
      'error 6 `resolved`',
    ],
    [
      'the wrong day of the end',
      '2026-03-10T11:00:00Z',
      '2026-03-09T11:30:00Z',
      undefined,
      undefined,
      'error 6 `resolved`',
    ],
    [
      'the wrong day of the start',
      '2026-03-09T11:00:00Z',
      '2026-03-08T11:30:00Z',
      undefined,
      '20260308_api',
      'error 5 `started`',
    ],
    [
      'told of before it began',
      '2026-03-10T11:00:00Z',
      '2026-03-10T10:00:00Z',
      '## Identified 2026-03-10 09:30 UTC\nx',
      undefined,
      'error 5 `started`',
    ],
    ['in order', '2026-03-10T10:00:00Z', '2026-03-10T11:00:00Z', undefined, undefined, null],
  ])('%s', (_, started, resolved, body, id, expected) => {
    expect(of(started, resolved, body, id)).toBe(expected);
    // What a machine wrote says so in a section, too.
    const isSaid = body?.startsWith('## Resolved') === true;
    expect(of(started, resolved, body, id, 'opened_by: probe:api\n')).toBe(isSaid ? null : expected);
  });
});
