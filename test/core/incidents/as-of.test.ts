// As of: what lies ahead of now in a file, and what is shown, counted and told of it.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { asOf, changesAt, isAhead } from '../../../src/core/incidents/as-of.ts';
import { openAfterEnd } from '../../../src/core/incidents/ending.ts';
import { parseIncident } from '../../../src/core/incidents/file/parse.ts';
import { affectedBy, isOpen, reachedBy, refOf } from '../../../src/core/model/incident.ts';
import { HOUR, iso, isoMillis, MINUTE, type Millis, parseInstant } from '../../../src/core/model/time.ts';
import { announcements } from '../../../src/core/notify/news.ts';

const NOW = parseInstant('2026-11-28T12:00:00Z') as Millis;

function read(status: string, started: string, resolved: string | null, body: string, more = '') {
  const end = resolved === null ? '' : `resolved: 2026-11-28T${resolved}:00Z\n`;
  const text = `---\ntitle: T\nstatus: ${status}\nseverity: major\nstarted: 2026-11-28T${started}:00Z\n${end}${more}---\n${body}`;
  return parseIncident('i.md', 'i', text).value!;
}

const told = (...args: Parameters<typeof read>) => {
  const now = asOf(read(...args), NOW, () => NOW);
  return {
    status: now.status,
    started: iso(now.started).slice(11, 16),
    resolved: now.resolved && iso(now.resolved).slice(11, 16),
    updates: now.updates.map(({ at, status, body }) => `${iso(at).slice(11, 16)} ${status} ${body}`.trim()),
  };
};

describe('an end that lies ahead has not come', () => {
  test.each([
    ['in front matter alone', '## Update 11:00 UTC\na', ['11:00 investigating a']],
    ['with its section', '## Resolved 13:00 UTC\nz\n## Identified 11:00 UTC\na', ['11:00 identified a']],
    [
      'with a plain section at its time',
      '## Update 13:00 UTC\nz\n## Identified 11:00 UTC\na',
      ['11:00 identified a'],
    ],
    [
      'with a section in the past',
      '## Resolved 11:30 UTC\nz\n## Monitoring 11:00 UTC\na',
      ['11:00 monitoring a'],
    ],
    [
      'with words behind it',
      '## Identified 11:00 UTC\na\n## Resolved 13:00 UTC\nz\n## Update 13:10 UTC\ny',
      ['11:00 identified a'],
    ],
    [
      'after an end that was none',
      '## Investigating 11:40 UTC\nc\n## Resolved 11:30 UTC\nb\n## Monitoring 11:00 UTC\na',
      ['11:00 monitoring a', '11:30 resolved b', '11:40 investigating c'],
    ],
    ['of which alone is told', '## Resolved 13:00 UTC\nz', ['11:00 investigating']],
  ])('%s', (_, body, updates) => {
    const { status, ...rest } = told('resolved', '11:00', '13:00', body);
    expect(rest).toEqual({ started: '11:00', resolved: null, updates });
    expect(status).toBe(updates.at(-1)!.split(' ')[1]);
    // When it comes, the file is taken at its word.
    const incident = read('resolved', '11:00', '13:00', body);
    expect(changesAt(incident, NOW)).toBe(NOW + HOUR);
    const later = asOf(incident, NOW + 2 * HOUR, () => NOW);
    expect(later).toBe(incident);
    expect(isOpen(later)).toBe(false);
  });

  test('a section that tells an end ahead of its time, in an incident that is open', () => {
    expect(
      told('monitoring', '11:00', null, '## Resolved 13:00 UTC\nz\n## Monitoring 11:00 UTC\na').updates,
    ).toEqual(['11:00 monitoring a']);
  });

  test('an end that has come, whose words are dated ahead, is told now', () => {
    expect(
      told('resolved', '11:00', '11:30', '## Resolved 2026-11-28 13:00 UTC\nz\n## Identified 11:00 UTC\na'),
    ).toEqual({
      status: 'resolved',
      started: '11:00',
      resolved: '11:30',
      updates: ['11:00 identified a', '12:00 resolved z'],
    });
  });
});

test('what begins ahead counts from when it was first seen', () => {
  const incident = read(
    'investigating',
    '15:00',
    null,
    '## Investigating 15:00 UTC\na\n## Identified 15:10 UTC\nb',
  );
  const seen = new Map(
    incident.updates.map((update, index) => [
      refOf({ incidentId: 'i', key: update.key }),
      NOW - (10 - index) * MINUTE,
    ]),
  );
  const now = asOf(incident, NOW, ref => seen.get(ref) ?? NOW);
  expect(isoMillis(now.started)).toBe('2026-11-28T11:50:00.000Z');
  expect(now.updates.map(({ at, key }) => [isoMillis(at), key])).toEqual([
    ['2026-11-28T11:50:00.000Z', '2026-11-28T15:00:00Z#0'],
    ['2026-11-28T11:51:00.000Z', '2026-11-28T15:10:00Z#0'],
  ]);
  // A clock set back since: never later than now.
  expect(asOf(incident, NOW - HOUR, ref => seen.get(ref) ?? NOW).started).toBe(NOW - HOUR);
});

const minutes = fc.integer({ min: -600, max: 600 });

test('as of any moment nothing lies ahead, all that is told is told once, and the end when it comes', () => {
  const clock = (at: Millis) => iso(at).replace('T', ' ').replace('Z', ' UTC');
  fc.assert(
    fc.property(
      minutes,
      fc.nat({ max: 600 }),
      fc.array(fc.tuple(minutes, fc.constantFrom('Update', 'Identified', 'Monitoring', 'Resolved')), {
        maxLength: 4,
      }),
      fc.boolean(),
      (start, length, sections, isOver) => {
        const started = NOW + start * MINUTE;
        const end = started + length * MINUTE;
        const front = isOver ? `resolved\nresolved: ${iso(end)}` : 'identified';
        const body = sections
          .map(([at, label], n) => `## ${label} ${clock(NOW + at * MINUTE)}\nwords ${n}\n`)
          .join('');
        const text = `---\ntitle: T\nstatus: ${front}\nseverity: major\nstarted: ${iso(started)}\ncomponents: []\n---\n${body}`;
        const incident = parseIncident('i.md', 'i', text).value!;
        const seen = new Map<string, Millis>();
        const ended: Millis[] = [];
        for (let now = NOW; now <= NOW + 22 * HOUR; now += 20 * MINUTE) {
          const view = asOf(incident, now, ref => seen.get(ref) ?? now);
          expect(isAhead(view, now)).toBe(false);
          expect(view.updates.length).toBeGreaterThan(0);
          expect([...view.updates].sort((a, b) => a.at - b.at)).toEqual(view.updates);
          if (isOver) expect(isOpen(view)).toBe(end > now);
          for (const one of announcements([view], new Set(seen.keys()), now, false)) {
            seen.set(refOf(one), now);
            if (isOver && one.update.status === 'resolved' && view.status === 'resolved') ended.push(now);
          }
        }
        // What contradicts the end waits for its correction.
        const last = asOf(incident, NOW + 22 * HOUR, ref => seen.get(ref) ?? NOW);
        const waiting = new Set(openAfterEnd(last).map(({ key }) => key));
        // So does what is dated before the beginning.
        for (const { key, stray } of incident.updates)
          expect(stray || seen.has(refOf({ incidentId: 'i', key })) || waiting.has(key)).toBe(true);
        // One that was followed by other words was no end, and may be told before.
        if (isOver && end > NOW) expect(ended[0] ?? end).toBeGreaterThanOrEqual(end);
      },
    ),
    { numRuns: 60 },
  );
});

describe('whom it concerns', () => {
  const components = ['api', 'db', 'jobs'].map(id => ({ id, name: id.toUpperCase() }));
  const ids = (status: string, more: string, title = 'T', list = components) => {
    const text = `---\ntitle: ${title}\nstatus: ${status}\nseverity: major\nstarted: 2026-11-28T10:00:00Z\n${more}---\nx\n`;
    const incident = parseIncident('i.md', 'i', text).value!;
    expect(affectedBy(incident, list).map(({ id }) => id)).toEqual(
      reachedBy(incident, list).map(({ id }) => id),
    );
    return reachedBy(incident, list).map(({ id, status: of }) => (of ? `${id} ${of}` : id));
  };
  const work = 'scheduled_start: 2026-11-28T20:00:00Z\nscheduled_end: 2026-11-28T21:00:00Z\n';
  const all = ['api', 'db', 'jobs'];

  test.each([
    ['an incident that names nobody', 'investigating', '', all],
    ['a maintenance that names nobody', 'scheduled', work, []],
    ['a maintenance with an empty key', 'scheduled', `${work}components:\n`, []],
    ['a maintenance of none', 'scheduled', `${work}components: []\n`, []],
    ['a maintenance of all', 'scheduled', `${work}components: all\n`, all],
    ['a maintenance of All, in a list', 'scheduled', `${work}components: [All]\n`, all],
    ['a series of all', 'scheduled', `${work}rrule: FREQ=DAILY\ncomponents: "all"\n`, all],
    ['a series that names nobody', 'scheduled', `${work}rrule: FREQ=DAILY\n`, []],
    ['an incident of all', 'investigating', 'components: all\n', all],
    [
      'one worse than the others',
      'investigating',
      'components: { all: degraded_performance, db: major_outage }\n',
      ['db major_outage', 'api degraded_performance', 'jobs degraded_performance'],
    ],
  ])('%s', (_, status, more, expected) => {
    expect(ids(status, more)).toEqual(expected);
  });

  test('a maintenance whose title names one, and a component that is called all', () => {
    expect(ids('scheduled', work, 'DB work')).toEqual(['db']);
    const odd = [...components, { id: 'all', name: 'Everything' }];
    expect(ids('scheduled', `${work}components: all\n`, 'T', odd)).toEqual(['all']);
  });
});
