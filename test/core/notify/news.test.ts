// What is news, who it is owed to, and when a failed email is tried again.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { refOf } from '../../../src/core/model/incident.ts';
import { type Choice, DETAILS, EVERYTHING, KINDS, wants } from '../../../src/core/model/subscriber.ts';
import { DAY, HOUR, MINUTE, SECOND } from '../../../src/core/model/time.ts';
import { asAnnounced, findUpdate } from '../../../src/core/notify/announced.ts';
import { concernAfter, concernOf, owedTo } from '../../../src/core/notify/concern.ts';
import { filedKey } from '../../../src/core/notify/filed-words.ts';
import { announcements } from '../../../src/core/notify/news.ts';
import { component, incident, NOW, update } from '../../makers.ts';

const FIRST = update(NOW - HOUR, 'investigating', 'a');
const SECOND_UPDATE = update(NOW - MINUTE, 'monitoring', 'b');
const LAST = update(NOW, 'resolved', 'c');
const API = incident('api', {
  components: [{ id: 'api', status: null }],
  updates: [FIRST, SECOND_UPDATE, LAST],
});

test.each([
  ['before the round that files it', -700],
  ['while the round that files it runs', 700],
])('a machine’s recovery, %s, is told to nobody until it has held', (_, after) => {
  const recovered = NOW + after;
  const over = incident('api', {
    ...{ openedBy: 'generic:API', started: NOW, resolved: NOW, status: 'resolved', recovered },
    updates: [FIRST, LAST],
  });
  const keys = [FIRST.key, filedKey(FIRST.body), filedKey(LAST.body)];
  const seen = new Set(keys.map(key => refOf({ incidentId: 'api', key })));
  const told = { begun: NOW - HOUR, own: NOW - HOUR, last: NOW - HOUR };
  const toldAt = (now: number) =>
    announcements([over], seen, now, false, [], () => told).flatMap(({ key, quiet }) => (quiet ? [] : [key]));
  expect(toldAt(NOW)).toEqual([]);
  expect(toldAt(recovered + MINUTE)).toEqual(['end#0']);
});

describe('news', () => {
  const news = (over: object, seen: string[] = [], firstRound = false) =>
    announcements([{ ...API, ...over }], new Set(seen), NOW, firstRound).map(({ key, quiet }) => [
      key,
      quiet,
    ]);

  test('a second end that was told without words is no news when its update is first seen', () => {
    const [over, back] = [update(NOW - HOUR, 'resolved', 'c'), update(NOW - MINUTE, 'investigating', 'd')];
    const closing = { ...update(NOW, 'resolved', ''), key: 'closed#0' };
    const updates = [update(NOW - 2 * HOUR, 'investigating', 'a'), over, back, closing];
    const ends = ['end#0', `as end ${over.key}`, 'reopened#0', 'end#1', 'wordless#1'];
    const seen = [...updates.slice(0, 3).map(({ key }) => key), ...ends];
    const refs = seen.map(key => refOf({ incidentId: 'api', key }));
    expect(news({ updates, status: 'resolved', resolved: NOW }, refs)).toEqual([['closed#0', true]]);
  });

  test.each([
    [
      'each update, oldest first',
      {},
      [],
      [
        [FIRST.key, false],
        [SECOND_UPDATE.key, false],
        [LAST.key, false],
      ],
    ],
    ['nothing seen before', {}, [FIRST, SECOND_UPDATE, LAST], []],
    ['not what lies in the future', { updates: [update(NOW + 1, 'investigating', '')] }, [], []],
    ['now is not the future', { updates: [LAST] }, [], [[LAST.key, false]]],
    ['none of what may still grow', { gathering: { filed: null } }, [], []],
    [
      'what its file says, of what may still grow',
      { gathering: { filed: incident('api', { updates: [FIRST] }) } },
      [],
      [[FIRST.key, false]],
    ],
    ['quiet when the update says so', { updates: [{ ...LAST, quiet: true }] }, [], [[LAST.key, true]]],
    ['quiet when the file says so', { notify: false, updates: [LAST] }, [], [[LAST.key, true]]],
    [
      'quiet beyond a day',
      { updates: [update(NOW - DAY - 1, 'resolved', '')] },
      [],
      [[expect.any(String), true]],
    ],
    [
      'what was written later about a time before the beginning that was told',
      { updates: [FIRST, SECOND_UPDATE] },
      [SECOND_UPDATE],
      [[FIRST.key, false]],
    ],
    [
      'loud before a beginning that a clock ahead wrote',
      { updates: [FIRST, SECOND_UPDATE], startedAhead: NOW + HOUR },
      [SECOND_UPDATE],
      [[FIRST.key, false]],
    ],
    [
      'loud until a day',
      { updates: [update(NOW - DAY, 'resolved', 'x')] },
      [],
      [[expect.any(String), false]],
    ],
  ])('%s', (_name, over, seen, expected) => {
    expect(
      news(
        over,
        seen.map(({ key }) => refOf({ incidentId: 'api', key })),
      ),
    ).toEqual(expected);
  });

  test('on the first round of a database everything is noted and nothing shouted', () => {
    expect(news({}, [], true).every(([, quiet]) => quiet)).toBe(true);
    expect(news({}, [], true)).toHaveLength(3);
  });

  test('the same key in another incident is another update', () => {
    const other = { ...API, id: 'api 2' };
    expect(
      announcements([API, other], new Set([refOf({ incidentId: 'api', key: FIRST.key })]), NOW, false),
    ).toHaveLength(5);
    expect(findUpdate([API, other], refOf({ incidentId: 'api 2', key: LAST.key }))?.incident.id).toBe(
      'api 2',
    );
    expect(findUpdate([API], refOf({ incidentId: 'api', key: 'gone' }))).toBeNull();
  });

  test('told once, nothing is news again (any order, any repetition)', () => {
    fc.assert(
      fc.property(fc.array(fc.subarray([API, { ...API, id: 'b' }, { ...API, id: 'c' }])), rounds => {
        const seen = new Set<string>();
        const told: string[] = [];
        for (const round of rounds) {
          for (const one of announcements(round, seen, NOW, false)) {
            told.push(refOf(one));
            seen.add(refOf(one));
          }
        }
        expect(new Set(told).size).toBe(told.length);
        expect(told).toHaveLength(3 * new Set(rounds.flat().map(({ id }) => id)).size);
      }),
    );
  });
});

describe('owed to', () => {
  const components = [component('api'), component('db')];
  const choice = (over: Partial<Choice>): Choice => ({ ...EVERYTHING, ...over });
  const upkeep = incident('up', {
    scheduled: { start: NOW, end: NOW + HOUR },
    components: [],
    updates: [
      update(NOW - 2 * SECOND, 'scheduled', ''),
      update(NOW - SECOND, 'in_progress', ''),
      update(NOW, 'completed', ''),
    ],
  });

  test.each([
    [EVERYTHING, [true, true, true], [true, true, true]],
    [choice({ components: ['api', 'gone'] }), [true, true, true], [true, true, true]],
    [choice({ components: ['db'] }), [false, false, false], [true, true, true]],
    [choice({ components: [] }), [false, false, false], [true, true, true]],
    [choice({ kinds: 'incidents' }), [true, true, true], [false, false, false]],
    [choice({ kinds: 'maintenance' }), [false, false, false], [true, true, true]],
    [choice({ detail: 'ends' }), [true, false, true], [true, false, true]],
    [choice({ detail: 'ends', components: ['db'] }), [false, false, false], [true, false, true]],
  ])('%j', (chosen, ofApi, ofUpkeep) => {
    const told = (of: typeof API) => of.updates.map(one => wants(chosen, concernOf(of, one, components)));
    expect([told(API), told(upkeep)]).toEqual([ofApi, ofUpkeep]);
  });

  test('choosing more never loses an email', () => {
    const some = fc.record({
      components: fc.option(fc.subarray(['api', 'db'])),
      kinds: fc.constantFrom(...KINDS),
      detail: fc.constantFrom(...DETAILS),
    });
    fc.assert(
      fc.property(some, fc.constantFrom(...API.updates), fc.subarray(['api', 'db']), (chosen, one, ids) => {
        const of = { ...API, components: ids.map(id => ({ id, status: null })) };
        const concern = concernOf(of, one, components);
        const wider = { ...chosen, components: null, kinds: 'all', detail: 'all' } as const;
        expect(owedTo([{ id: 'x', choice: wider }], concern)).toEqual(['x']);
        if (wants(chosen, concern)) expect(wants({ ...chosen, components: null }, concern)).toBe(true);
      }),
    );
  });
});

describe('the update as it reads now', () => {
  const now = { incident: API, update: SECOND_UPDATE };

  test('is the current one when nothing is known of its announcement', () => {
    expect(asAnnounced(now, null)).toBe(now);
  });

  test('is the current one when nothing was put before its beginning', () => {
    expect(asAnnounced(now, { incident: { ...API, updates: [FIRST] }, update: FIRST })).toBe(now);
  });

  test.each([
    [
      'words above the first section',
      { ...update(NOW - HOUR, 'investigating', 'x'), key: 'p', preface: true as const },
    ],
    ['a section before the beginning', update(NOW - 2 * HOUR, 'investigating', 'x')],
  ])('is without %s', (_, put) => {
    const current = {
      incident: { ...API, updates: [put, FIRST, SECOND_UPDATE, LAST] },
      update: SECOND_UPDATE,
    };
    const read = asAnnounced(current, { incident: API, update: SECOND_UPDATE });
    expect(read.incident.updates).toEqual([FIRST, SECOND_UPDATE, LAST]);
    expect(read.update).toBe(SECOND_UPDATE);
    // What was there at the announcement stays, and so does the announced update itself.
    expect(asAnnounced(current, { incident: current.incident, update: SECOND_UPDATE })).toBe(current);
    const itself = { ...current, update: put };
    expect(asAnnounced(itself, { incident: API, update: put })).toBe(itself);
  });
});

test('a former component of an automatic incident is told of the end; of an operator’s only what it names now', () => {
  const change = { components: [{ id: 'db', status: null }] };
  const changed = { ...SECOND_UPDATE, change } as typeof SECOND_UPDATE;
  const machine = { ...API, openedBy: 'probe:api', updates: [FIRST, changed, LAST] } as typeof API;
  expect(concernOf(machine, LAST, []).affected).toEqual(['api', 'db']);
  expect(concernOf({ ...machine, openedBy: null }, LAST, []).affected).toEqual([]);
});

test('an end goes to those who were told, although the list was emptied since; to everybody only if it began without one', () => {
  const concern = (affected: readonly string[], isEnd = false) => ({
    kind: 'incidents' as const,
    edge: true,
    affected,
    current: affected,
    untold: [],
    isEnd,
    isOnlyBeginning: false,
  });
  const end = { ...LAST, announces: 'end' as const };
  const after = (before: readonly (readonly string[])[]) =>
    concernAfter(
      concern([], true),
      end,
      before.map(ids => concern(ids)),
      [],
    ).affected;
  expect(after([['api'], []])).toEqual(['api']);
  expect(after([[], ['api']])).toEqual([]);
  expect(concernAfter(concern([]), LAST, [concern(['api'])], []).affected).toEqual(['api']);
});
