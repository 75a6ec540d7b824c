// Timelines: every heading form, and the moments undated headings stand for.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readMoments } from '../../../../src/core/incidents/file/moments.ts';
import { parseIncident } from '../../../../src/core/incidents/file/parse.ts';
import { addUpdate } from '../../../../src/core/incidents/file/print.ts';
import { cutSections } from '../../../../src/core/incidents/file/timeline.ts';
import { iso, parseInstant } from '../../../../src/core/model/time.ts';
import { ownTime } from '../../../own-time.ts';

const at = (text: string) => parseInstant(text) as number;

/** The moments of headings, oldest first, as ISO. */
function moments(started: string, ...headings: string[]): string[] {
  const { sections } = cutSections(headings.map(heading => `## ${heading}\ntext`).join('\n\n'));
  return readMoments(sections, { started: at(started) }).map(moment => iso(moment.at));
}

describe('a heading', () => {
  const DAY = '2025-11-06';
  test.each([
    ['Update 15:00 UTC', null, null, `${DAY}T15:00:00Z`],
    ['Update 15:00', null, null, `${DAY}T15:00:00Z`],
    ['update 15:00 utc', null, null, `${DAY}T15:00:00Z`],
    ['15:00 UTC', null, null, `${DAY}T15:00:00Z`],
    ['Update 9:05 UTC', null, null, '2025-11-07T09:05:00Z'],
    ['Update 15:00:30 UTC', null, null, `${DAY}T15:00:30Z`],
    ['Update 15:00Z', null, null, `${DAY}T15:00:00Z`],
    ['Update 15:00 GMT', null, null, `${DAY}T15:00:00Z`],
    ['Update 16:00 +01:00', null, null, `${DAY}T15:00:00Z`],
    ['Update 10:00 -0500', null, null, `${DAY}T15:00:00Z`],
    ['Update 2025-11-06 15:00 UTC', null, null, `${DAY}T15:00:00Z`],
    ['Update 2025-11-06, 15:00 UTC', null, null, `${DAY}T15:00:00Z`],
    ['Update 2025-11-06T15:00:00Z', null, null, `${DAY}T15:00:00Z`],
    ['2025-11-06T15:00:00.123Z', null, null, `${DAY}T15:00:00Z`],
    ['Update 2025-11-07T00:30+09:30', null, null, `${DAY}T15:00:00Z`],
    ['Update (15:00 UTC)', null, null, `${DAY}T15:00:00Z`],
    ['Update: 15:00 UTC', null, null, `${DAY}T15:00:00Z`],
    ['Update — 15:00 UTC', null, null, `${DAY}T15:00:00Z`],
    ['Update [15:00 UTC]', null, null, `${DAY}T15:00:00Z`],
    ['Update 15:00 UTC ##', null, null, `${DAY}T15:00:00Z`],
    ['Investigating 15:00 UTC', 'investigating', null, `${DAY}T15:00:00Z`],
    ['IDENTIFIED 15:00 UTC', 'identified', null, `${DAY}T15:00:00Z`],
    ['Monitoring 15:00 UTC', 'monitoring', null, `${DAY}T15:00:00Z`],
    ['Resolved 15:00 UTC', 'resolved', null, `${DAY}T15:00:00Z`],
    ['In progress 15:00 UTC', 'in_progress', null, `${DAY}T15:00:00Z`],
    ['In-progress 15:00 UTC', 'in_progress', null, `${DAY}T15:00:00Z`],
    ['Completed 15:00 UTC', 'completed', null, `${DAY}T15:00:00Z`],
    ['Rolled back 15:00 UTC', null, 'Rolled back', `${DAY}T15:00:00Z`],
    ['Phase 2 rollback 15:00 UTC', null, 'Phase 2 rollback', `${DAY}T15:00:00Z`],
  ])('“%s”', (heading, status, label, moment) => {
    const { sections, unreadable } = cutSections(`## ${heading}\nwords`);
    expect(unreadable).toEqual([]);
    expect(sections).toMatchObject([{ status, label, body: 'words', fields: null }]);
    expect(moments('2025-11-06T14:30:00Z', heading)).toEqual([moment]);
  });

  test.each([
    'Update 25:00 UTC',
    'Update 12:60 UTC',
    'Update 2025-02-31 12:00 UTC',
    'Update 12:00 CET',
    'Update 12:00 +25:00',
    'Update 12:00 UTC, later',
  ])('“%s” cannot be read and is named with its line', heading => {
    const cut = cutSections(`before\n## ${heading}\nafter`);
    expect(cut.sections).toEqual([]);
    expect(cut.wrong).toMatchObject([{ line: 2 }]);
    expect(cut.preface).toContain(heading);
  });

  test.each(['Impact', 'What we changed', '3 lessons'])('“%s” is prose', heading => {
    const cut = cutSections(`## Update 15:00 UTC\nwords\n\n## ${heading}\nmore`);
    expect(cut.unreadable).toEqual([]);
    expect(cut.sections).toHaveLength(1);
    expect(cut.sections[0]?.body).toBe(`words\n\n## ${heading}\nmore`);
  });

  test.each(['Post-mortem', 'Postmortem', 'post mortem', 'POST-MORTEM ##'])('“%s” begins one', heading => {
    const cut = cutSections(`## Update 15:00 UTC\nwords\n## ${heading}\nwhy\n## Root cause\nbecause`);
    expect(cut.postmortem).toBe('why\n## Root cause\nbecause');
    expect(cut.postmortemLine).toBe(3);
  });

  test('in a code fence, indented, or of another level is text', () => {
    const body =
      '```\n## Update 15:00 UTC\n```\n    ## Update 15:01 UTC\n### Update 15:02 UTC\n##Update 15:03';
    expect(cutSections(body)).toMatchObject({ sections: [], unreadable: [], preface: body.trim() });
    expect(cutSections('~~~~\n```\n## Update 15:00 UTC\n~~~~\n## Update 15:01').sections).toHaveLength(1);
    expect(cutSections('```\n## Update 15:00 UTC').openFence).toBe('```');
  });
});

describe('the words of a section that cannot be read', () => {
  const bodies = (...parts: string[]) => {
    const { sections, preface, postmortem, wrong } = cutSections(parts.join('\n\n'));
    expect(wrong).toHaveLength(1);
    return { preface, postmortem, said: sections.map(({ body }) => body) };
  };
  const [A, B, C] = [
    '## Investigating 18:00 UTC\na',
    '## Identified 18:30 UTC\nb',
    '## Resolved 18:50 UTC\nc',
  ];
  const LATE = '## Update 19:00 CET\nlate';
  const AFTER = '## Post-mortem\nwhy\n\n## Root cause\nDNS';

  test('stay with the section above it, the end too when the newest are last', () => {
    expect(bodies(A, B, C, LATE).said).toEqual(['a', 'b', `c\n\n${LATE}`]);
    expect(bodies(A, B, LATE, C).said).toEqual(['a', `b\n\n${LATE}`, 'c']);
    expect(bodies(C, LATE, B, A).said).toEqual(['c', 'b', 'a']);
    expect(bodies(C, B, LATE, A).said).toEqual(['c', `b\n\n${LATE}`, 'a']);
    expect(bodies('words', C, LATE)).toMatchObject({ preface: `words\n\n${LATE}`, said: ['c'] });
  });

  test('stay in the post-mortem, and tear nothing out of it', () => {
    expect(bodies(A, B, C, AFTER, LATE)).toMatchObject({
      said: ['a', 'b', 'c'],
      postmortem: `why\n\n## Root cause\nDNS\n\n${LATE}`,
    });
    expect(bodies(A, C, `## Post-mortem\nwhy\n\n${LATE}\n\n## 18:10 CET - failover\nDNS`)).toMatchObject({
      said: ['a', 'c'],
      postmortem: `why\n\n${LATE}\n\n## 18:10 CET - failover\nDNS`,
    });
  });
});

describe('undated headings', () => {
  test.each([
    ['oldest first', '2025-12-03T23:40:00Z', ['23:55', '00:35'], ['03T23:55', '04T00:35']],
    [
      'newest first',
      '2025-12-03T23:40:00Z',
      ['00:35', '23:55', '23:40'],
      ['03T23:40', '03T23:55', '04T00:35'],
    ],
    [
      'the mission’s own sample',
      '2025-11-06T14:30:00Z',
      ['15:00', '14:45', '14:30'],
      ['06T14:30', '06T14:45', '06T15:00'],
    ],
    [
      'two midnights, oldest first',
      '2025-12-01T22:00:00Z',
      ['23:00', '01:00', '22:00', '03:00'],
      ['01T23:00', '02T01:00', '02T22:00', '03T03:00'],
    ],
    [
      'two midnights, newest first',
      '2025-12-01T22:00:00Z',
      ['03:00', '22:00', '01:00', '23:00'],
      ['01T23:00', '02T01:00', '02T22:00', '03T03:00'],
    ],
    ['the minute it began', '2025-11-06T12:34:56Z', ['12:34'], ['06T12:34']],
    [
      'dated and undated mixed',
      '2025-11-06T12:00:00Z',
      ['2025-11-08 09:00', '10:00'],
      ['07T10:00', '08T09:00'],
    ],
    ['midnight itself', '2025-11-06T23:30:00Z', ['00:00'], ['07T00:00']],
    ['the end of a month', '2025-01-31T23:30:00Z', ['00:10', '23:45'], ['31T23:45', '01T00:10']],
  ])('%s', (_, started, times, expected) => {
    const read = moments(started, ...times.map(time => `Update ${time} UTC`));
    expect(read.map(moment => moment.slice(8, 16))).toEqual(expected);
  });

  test('the minute of the beginning is the beginning to the second', () => {
    expect(moments('2025-11-06T12:34:56Z', 'Update 12:34 UTC')).toEqual(['2025-11-06T12:34:56Z']);
  });

  test('read back as meant in either order, as long as none waits a day for the next', () => {
    const gaps = fc.array(fc.integer({ min: 1, max: 11 * 60 }), { minLength: 1, maxLength: 8 });
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 50_000 }), gaps, fc.boolean(), (offset, steps, newestFirst) => {
        const started = at('2025-01-01T00:00:00Z') + offset * 60_000;
        let now = started;
        const meant = steps.map(step => {
          now += step * 60_000;
          return now;
        });
        const headings = meant.map(moment => `Update ${iso(moment).slice(11, 16)} UTC`);
        if (newestFirst) headings.reverse();
        // Two readings may end at the same moment only when the file is ambiguous by itself.
        const read = moments(iso(started), ...headings).map(at);
        expect(Math.max(...read)).toBeLessThanOrEqual(meant.at(-1)!);
        expect(read).toEqual([...read].sort((a, b) => a - b));
      }),
    );
  });
});

describe('a dated section beside undated ones', () => {
  const CLI = '2026-11-29 02:48:40';
  test.each([
    ['alone', [CLI, '02:18'], ['29T02:18', '29T02:48']],
    [
      'on top, two appended by hand',
      [CLI, '02:18', '02:48:44', '02:48:49'],
      ['29T02:18', '29T02:48', '29T02:48', '29T02:48'],
    ],
    [
      'two on top',
      ['2026-11-29 03:00:00', CLI, '02:18', '02:50'],
      ['29T02:18', '29T02:48', '29T02:50', '29T03:00'],
    ],
    [
      'on top, written by hand to the minute',
      ['2026-11-29 02:48', '02:18', '02:50'],
      ['29T02:18', '29T02:48', '29T02:50'],
    ],
    [
      'at the bottom, two on top',
      ['02:52', '02:50', '02:18', CLI],
      ['29T02:18', '29T02:48', '29T02:50', '29T02:52'],
    ],
    [
      'between, hours later as well',
      ['02:18', '02:20', CLI, '02:50', '09:00'],
      ['29T02:18', '29T02:20', '29T02:48', '29T02:50', '29T09:00'],
    ],
    [
      'on top, the next day on top of it',
      ['2026-11-30 09:00:00', CLI, '02:18', '02:50'],
      ['29T02:18', '29T02:48', '29T02:50', '30T09:00'],
    ],
  ])('%s', (_, times, expected) => {
    const read = moments('2026-11-29T02:18:40Z', ...times.map(time => `Update ${time} UTC`));
    expect(read.map(moment => moment.slice(8, 16))).toEqual(expected);
  });

  test.each([
    [
      'midnight crossed',
      '2026-11-28T23:50:00Z',
      ['2026-11-29 00:10:00', '23:50', '00:30'],
      ['28T23:50', '29T00:10', '29T00:30'],
    ],
    [
      'the first minute is the beginning',
      '2026-11-29T02:18:30Z',
      [CLI, '02:18', '02:50'],
      ['29T02:18', '29T02:48', '29T02:50'],
    ],
    [
      'the night after it, where that day began later',
      '2026-11-28T20:00:00Z',
      ['2026-11-28 20:00:05', '08:00', '09:00'],
      ['28T20:00', '29T08:00', '29T09:00'],
    ],
    [
      'three days, the order confirmed by another date',
      '2026-11-20T06:26:00Z',
      ['2026-11-20 15:00:00', '12:32', '2026-11-23 01:22:00'],
      ['20T15:00', '21T12:32', '23T01:22'],
    ],
    [
      'three days, between undated ones',
      '2026-11-20T02:30:00Z',
      ['08:14', '2026-11-21 11:06:00', '15:34', '09:07'],
      ['20T09:07', '20T15:34', '21T11:06', '22T08:14'],
    ],
  ])('%s', (_, started, times, expected) => {
    const read = moments(started, ...times.map(time => `Update ${time} UTC`));
    expect(read.map(moment => moment.slice(8, 16))).toEqual(expected);
  });

  test.each(['Update', 'Identified', 'Monitoring'])(
    'below the beginning of a machine’s file: %s is the newest of its minute',
    label => {
      const text = `---\ntitle: x\nseverity: minor\nstatus: investigating\nstarted: 2026-11-29T02:48:05Z\nopened_by: probe:api\n---

## Identified 2026-11-29 02:48:31 UTC
By a program.

## Investigating 2026-11-29 02:48:05 UTC
It began.

## ${label} 2026-11-29 02:48 UTC
By a person.
`;
      const { status, updates } = parseIncident('', '', text).value!;
      expect(updates.map(({ body }) => body)).toEqual(['It began.', 'By a program.', 'By a person.']);
      expect(status).toBe(label === 'Update' ? 'identified' : label.toLowerCase());
    },
  );

  test('moves nobody to another day, whichever side people and programs write on', () => {
    const step = fc.record({ after: fc.integer({ min: 1, max: 110 }), byProgram: fc.boolean() });
    const steps = fc.array(step, { minLength: 1, maxLength: 8 });
    const begins = fc.integer({ min: 0, max: 3000 });
    fc.assert(
      fc.property(begins, steps, fc.boolean(), (offset, all, onTop) => {
        const started = at('2026-11-28T00:00:00Z') + offset * 60_000;
        const head = `---\ntitle: x\nseverity: minor\nstatus: investigating\nstarted: ${iso(started)}\n---\n\n`;
        const heading = (time: number) =>
          `## Update ${iso(time).slice(11, 16)} UTC\nsaid at ${iso(time)}\n\n`;
        let body = heading(started);
        let [now, text] = [started, head + body];
        for (const { after, byProgram } of all) {
          now += after * 60_000;
          if (byProgram)
            text = addUpdate(text, { status: 'identified', at: now, message: `said at ${iso(now)}` });
          else {
            body = text.slice(text.indexOf('## '));
            const front = text.slice(0, text.indexOf('## '));
            text = onTop ? `${front}${heading(now)}${body}` : `${front}${body.trimEnd()}\n\n${heading(now)}`;
          }
          // At no step of the way.
          const { updates } = parseIncident('', '', text).value!;
          expect(updates.map(update => `said at ${iso(update.at)}`)).toEqual(
            updates.map(({ body: said }) => said),
          );
          expect(updates.map(update => update.at)).toEqual(
            updates.map(update => update.at).sort((a, b) => a - b),
          );
        }
      }),
    );
  });
});

describe('a section of a wrong day', () => {
  const head = (more = '') =>
    `---\ntitle: x\nstatus: investigating\nseverity: minor\nstarted: 2026-11-29T07:00:00Z\n${more}---\n\n`;
  const said = (headings: readonly string[], more?: string) =>
    parseIncident('', '', head(more) + headings.map(one => `## ${one}\n${one}\n`).join('\n'))
      .value!.updates.filter(({ body }) => !/\d{4}/.test(body))
      .map(({ at, body }) => [iso(at).slice(0, 16), body]);

  test.each([
    '2025-11-29 08:12',
    '03.11.2026 08:12',
    '2026-11-28 06:59',
    '2026-10-29T08:12:00Z',
    '2027-11-29 08:12',
    '2036-11-29 08:12',
  ])('moves no undated one to another: %s', date => {
    const undated = ['Investigating 07:00 UTC', 'Identified 07:40 UTC', 'Monitoring 09:10 UTC'];
    const expected = undated.map(one => [`2026-11-29T${one.slice(-9, -4)}`, one]);
    for (let place = 0; place <= 3; place++) {
      const all = undated.toSpliced(place, 0, `Update ${date}`);
      expect([place, said(all)]).toEqual([place, expected]);
      expect([place, said(all.toReversed())]).toEqual([place, expected]);
    }
    expect(said(['Investigating 07:00 UTC', `Update ${date}`])).toEqual(expected.slice(0, 1));
  });

  test('a day before it began, an undated one belongs to where it is nearer', () => {
    expect(said(['Update 10:00 UTC', 'Update 2026-11-28 08:12'])).toEqual([
      ['2026-11-29T10:00', 'Update 10:00 UTC'],
    ]);
    expect(said(['Update 2026-11-29 06:50', 'Update 06:55 UTC'])).toEqual([
      ['2026-11-29T06:55', 'Update 06:55 UTC'],
    ]);
  });

  test('what goes on for long is no mistake, nor what a machine wrote while its clock was ahead', () => {
    const [first, second] = ['Update 2027-03-01 09:00', 'Update 2027-08-01 09:00'];
    expect(said(['Update 07:30 UTC', first, 'Update 09:30 UTC', second, 'Update 09:10 UTC'])).toEqual([
      ['2026-11-29T07:30', 'Update 07:30 UTC'],
      ['2027-03-01T09:30', 'Update 09:30 UTC'],
      ['2027-08-01T09:10', 'Update 09:10 UTC'],
    ]);
    expect(
      said(['Identified 2026-11-20 08:00:00 UTC', 'Update 09:00 UTC'], 'opened_by: probe:api\n'),
    ).toEqual([['2026-11-20T09:00', 'Update 09:00 UTC']]);
  });

  test('a maintenance may be announced long before', () => {
    const work = `---\ntitle: x\nstatus: scheduled\nstarted: 2026-11-29T07:00:00Z\nscheduled_start: 2027-11-20T22:00:00Z\nscheduled_end: 2027-11-21T04:00:00Z\n---\n\n`;
    const read = (date: string) =>
      parseIncident(
        '',
        '',
        `${work}## Scheduled 07:00 UTC\nSoon.\n\n## In progress ${date} UTC\nDated.\n\n## Update 23:10 UTC\nGoing on.\n`,
      )
        .value!.updates.filter(({ body }) => body === 'Going on.')
        .map(({ at }) => iso(at).slice(0, 16));
    expect(read('2027-11-20 22:05')).toEqual(['2027-11-20T23:10']);
    expect(read('2025-11-20 22:05')).toEqual(['2026-11-29T23:10']);
  });
});

describe('field lines under a heading', () => {
  test('belong to the update, the text does not hold them', () => {
    const body =
      '## Identified 14:45 UTC\nseverity: minor\ncomponents:\n  - api\n- db\nnext_update: 15:15\n\nText: here.';
    expect(cutSections(body).sections[0]).toMatchObject({
      fields: 'severity: minor\ncomponents:\n  - api\n- db\nnext_update: 15:15',
      body: 'Text: here.',
    });
  });

  test.each(['\nseverity: minor', 'Note\nseverity: minor', 'Severity: minor', 'status: resolved'])(
    '%j holds none',
    text => {
      expect(cutSections(`## Update 14:45 UTC\n${text}`).sections[0]?.fields).toBeNull();
    },
  );
});

test('any text is cut without a throw, in time, and every line stands somewhere', () => {
  const pieces = fc.constantFrom(
    '## ',
    'Update ',
    '15:00',
    ' UTC',
    '\n',
    '```',
    'Post-mortem',
    ' ',
    '#',
    '2025-11-06',
    '~~~',
    'severity: x',
    '\r',
    '—',
  );
  const text = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.array(pieces, { maxLength: 60 }).map(all => all.join('')),
  );
  fc.assert(
    fc.property(text, body => {
      const cut = cutSections(body);
      const moments = readMoments(cut.sections, { started: at('2025-11-06T14:30:00Z') });
      expect(moments).toHaveLength(cut.sections.length);
      expect(moments.every(moment => Number.isFinite(moment.at))).toBe(true);
    }),
  );
  const hostile = [
    `## ${' '.repeat(900_000)}x`,
    `## ${'1:'.repeat(400_000)}`,
    '## Update 15:00 UTC\n'.repeat(40_000),
  ];
  expect(ownTime(() => hostile.map(text => cutSections(text)))).toBeLessThan(2000);
});
