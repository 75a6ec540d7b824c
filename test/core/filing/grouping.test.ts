// Grouped incidents, pure: whatever the members do and whenever it is known, each one's downtime is its own.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { changeFile, nextStep } from '../../../src/core/filing/changed-file.ts';
import { printOutage } from '../../../src/core/filing/filing.ts';
import { phraseOf, printGrouped } from '../../../src/core/filing/grouped-file.ts';
import { batchesOf, isGroupComplete } from '../../../src/core/filing/grouping.ts';
import { memberStates } from '../../../src/core/filing/members.ts';
import { parseIncident } from '../../../src/core/incidents/file/parse.ts';
import { addUpdate } from '../../../src/core/incidents/file/print.ts';
import { stretchesOf } from '../../../src/core/incidents/impact.ts';
import type { Incident } from '../../../src/core/model/incident.ts';
import { isoMillis, MINUTE, SECOND } from '../../../src/core/model/time.ts';
import type { StoredTransition } from '../../../src/core/model/transition.ts';
import { unionLength } from '../../../src/core/page/uptime.ts';
import { component, site } from '../../makers.ts';

const T0 = Date.UTC(2026, 2, 10, 12);
const IDS = ['a', 'b', 'c', 'd'];
const SITE = site({ components: IDS.map(id => component(id, { name: `Service ${id.toUpperCase()}` })) });
const AS_IS = <T>(transition: T): T => transition;

let seq = 0;
function told(
  id: string,
  kind: 'down' | 'up',
  at: number,
  recordedAt = at,
  source = `probe:${id}`,
  components: readonly string[] = [id],
): StoredTransition {
  const name = `Service ${id.toUpperCase()}`;
  return {
    seq: ++seq,
    key: `${source}${kind}${at}${seq}`,
    source,
    kind,
    at,
    recordedAt,
    title: `${name} Down`,
    slug: `${id}-down`,
    severity: 'critical',
    components,
    message: `${name} is ${kind}, since ${isoMillis(at)}.`,
    facts: { kind: 'down', component: name, seen: 'HTTP 503', checks: 3 },
    filedAt: null,
    incidentId: null,
  };
}

const parse = (text: string) => {
  const { value, problems } = parseIncident('x.md', 'x', text);
  expect(problems).toEqual([]);
  return value as Incident;
};

/** What a component was down, seconds from T0, as the file says. */
function spansIn(text: string, id: string, end: number) {
  return stretchesOf(parse(text), SITE.components)
    .filter(({ affected }) => affected.some(one => one.id === id))
    .map(stretch => ({ start: stretch.start, end: stretch.end ?? end }));
}

interface Life {
  readonly first: number;
  readonly turns: readonly { readonly after: number; readonly late: number }[];
}

/** A member's life: moments in seconds at which it turned, beginning with down; how late each was known. */
const life = fc.record({
  first: fc.integer({ min: 0, max: 50 }),
  turns: fc.array(
    fc.record({ after: fc.integer({ min: 1, max: 300 }), late: fc.integer({ min: 0, max: 90 }) }),
    {
      maxLength: 6,
    },
  ),
});

/** Sources, some of which report the same components. */
const REPORTS: Readonly<Record<string, readonly string[]>> = {
  'probe:a': ['a'],
  'probe:b': ['b'],
  'probe:c': ['c'],
  'probe:d': ['d'],
  'robot:a': ['a'],
  'kuma:both': ['a', 'b'],
};

const lives = fc
  .shuffledSubarray(Object.keys(REPORTS), { minLength: 2, maxLength: 4 })
  .chain(sources => fc.tuple(...sources.map(source => fc.tuple(fc.constant(source), life))));

type Story = [[string, Life][], number[]];

/** What fell between an end and a reopening was known last: the reopening repeated that. */
const KNOWN_LATE: Story = [
  [
    [
      'probe:a',
      {
        first: 19,
        turns: [
          { after: 144, late: 0 },
          { after: 112, late: 0 },
        ],
      },
    ],
    [
      'probe:b',
      {
        first: 0,
        turns: [
          { after: 9, late: 0 },
          { after: 185, late: 81 },
          { after: 1, late: 0 },
        ],
      },
    ],
  ],
  [3],
];

/** Two monitors of one component: the one that recovered first is heard last. */
const HEARD_LAST: Story = [
  [
    ['robot:a', { first: 0, turns: [{ after: 100, late: 90 }] }],
    ['kuma:both', { first: 0, turns: [{ after: 150, late: 0 }] }],
  ],
  [1],
];

/** The same, but the other failed only after that recovery. */
const FAILED_LATER: Story = [
  [
    ['robot:a', { first: 0, turns: [{ after: 100, late: 90 }] }],
    ['probe:b', { first: 0, turns: [] }],
    [
      'kuma:both',
      {
        first: 0,
        turns: [
          { after: 50, late: 0 },
          { after: 100, late: 0 },
        ],
      },
    ],
  ],
  [1],
];

test('any lives, known in any order and filed in any portions: exact to the second', () => {
  fc.assert(
    fc.property(
      lives,
      fc.array(fc.integer({ min: 1, max: 4 }), { minLength: 1, maxLength: 30 }),
      (lives, portions) => {
        const said = (source: string, kind: 'down' | 'up', at: number, known = at) => {
          const components = REPORTS[source]!;
          return told(components[0]!, kind, T0 + at * SECOND, T0 + known * SECOND, source, components);
        };
        const openings = lives.map(([source, { first }]) => said(source, 'down', first));
        const later = lives.flatMap(([source, { first, turns }]) => {
          let at = first;
          let known = 60;
          return turns.map(({ after, late }, turn) => {
            at += after;
            known = Math.max(known, at + late);
            return said(source, turn % 2 === 0 ? 'up' : 'down', at, known);
          });
        });
        later.sort((a, b) => a.recordedAt - b.recordedAt || a.seq - b.seq);
        let text = printGrouped(openings, AS_IS);
        const filed = [...openings];
        let left = later;
        for (let turn = 0; left.length > 0; turn++) {
          const portion = left.slice(0, portions[turn % portions.length]);
          const members = memberStates(parse(text), filed, SITE);
          const step = nextStep(text, 'x', portion, {
            members,
            site: SITE,
            inWords: AS_IS,
            now: Math.max(...portion.map(one => one.recordedAt)),
          })!;
          text = step.text;
          filed.push(...portion.slice(0, step.count));
          left = left.slice(step.count);
        }
        const end = T0 + 3600 * SECOND;
        const isOpen = lives.some(([, { turns }]) => turns.length % 2 === 0);
        expect(parse(text).status === 'resolved').toBe(!isOpen);
        for (const id of IDS) {
          const spans = lives
            .filter(([source]) => REPORTS[source]!.includes(id))
            .flatMap(one => spansOf(one[1], end));
          const written = spansIn(text, id, end);
          const both = unionLength([...spans, ...written]);
          expect([id, unionLength(written), both]).toEqual([id, unionLength(spans), unionLength(spans)]);
        }
      },
    ),
    { numRuns: 40, examples: [KNOWN_LATE, HEARD_LAST, FAILED_LATER] },
  );
});

/** When a member was down. */
function spansOf({ first, turns }: Life, end: number) {
  const moments = [first];
  for (const { after } of turns) moments.push((moments.at(-1) as number) + after);
  const at = (moment: number | undefined) => (moment === undefined ? end : T0 + moment * SECOND);
  return moments.flatMap((start, k) => (k % 2 === 0 ? [{ start: at(start), end: at(moments[k + 1]) }] : []));
}

describe('a grouped file', () => {
  const three = () => [
    told('a', 'down', T0),
    told('b', 'down', T0 + 500),
    told('c', 'down', T0 + 9 * SECOND),
  ];

  test('names its sources, tells everything once, and has one update that is mailed', () => {
    const incident = parse(printGrouped(three(), AS_IS));
    expect(incident.title).toBe('Service A, Service B and Service C Down');
    expect(incident.openedBy).toBe('probe:a, probe:b, probe:c');
    // The same second is the same beginning.
    expect(incident.components?.map(({ id }) => id)).toEqual(['a', 'b']);
    expect(incident.updates.map(({ quiet = false }) => quiet)).toEqual([false, true]);
    for (const name of ['A', 'B', 'C'])
      expect(incident.updates[0]?.body).toContain(`Service ${name} is down`);
  });

  test('recovers with one mailed update however many came, and says `notify: false` on the others', () => {
    const before = printGrouped(three(), AS_IS);
    const events = [told('a', 'up', T0 + MINUTE), told('c', 'up', T0 + 2 * MINUTE)];
    const members = memberStates(parse(before), three(), SITE);
    const text = changeFile(before, 'x', events, { members, site: SITE, inWords: AS_IS, now: 0 }) as string;
    const news = parse(text).updates.slice(2);
    expect(news.map(({ quiet = false }) => quiet)).toEqual([true, false]);
    expect(news[1]?.body).toContain('Service A is up');
    expect(news[1]?.body).toContain('Service C is up');
    expect(news[1]?.change?.components?.map(({ id }) => id)).toEqual(['b']);
    expect(parse(text).status).toBe('investigating');
  });

  test('a partial recovery is an `Update` of the state that stands', () => {
    const before = printGrouped(three(), AS_IS).replace('status: investigating', 'status: identified');
    const known = addUpdate(before, { status: 'identified', at: T0 + MINUTE, message: 'A switch.' });
    const members = memberStates(parse(known), three(), SITE);
    const recovered = (at: number) =>
      changeFile(known, 'x', [told('a', 'up', at)], { members, site: SITE, inWords: AS_IS, now: 0 });
    const text = recovered(T0 + 2 * MINUTE) as string;
    expect(text).toContain('## Update 2026-03-10 12:02:00 UTC\ncomponents: [b, c]\n');
    expect(parse(text).updates.at(-1)).toMatchObject({ status: 'identified', inherits: true });
    // Before the state was known, it would have the one before.
    expect(recovered(T0 + 30 * SECOND)).toContain('## Identified 2026-03-10 12:00:30 UTC\n');
  });

  test.each([
    ['its own title', 'Service B Down', 'd', 'Service B and Service D Down'],
    ['in the order of the components', 'Service B Down', 'a', 'Service A and Service B Down'],
    ["an operator's title", 'Sign-in fails', 'd', 'Sign-in fails'],
  ])('a check that joins is in the title: %s', (_, title, id, expected) => {
    const first = told('b', 'down', T0);
    const before = printOutage({ ...first, title });
    const members = memberStates(parse(before), [first], SITE);
    const join = (text: string, one: string) =>
      changeFile(text, 'x', [told(one, 'down', T0 + MINUTE)], {
        members,
        site: SITE,
        inWords: AS_IS,
        now: 0,
      });
    const text = join(before, id) as string;
    expect(parse(text)).toMatchObject({ title: expected, started: T0, openedBy: `probe:b, probe:${id}` });
    if (title !== expected)
      expect(parse(join(text, 'c') as string).title).toMatch(/^Service ., Service . and Service . Down$/);
  });

  test('says of each source only what is so: what works again is not told as failing', () => {
    const before = printGrouped(three(), AS_IS);
    const members = memberStates(parse(before), three(), SITE);
    const turn = (id: string, ...kinds: ('down' | 'up')[]) =>
      kinds.map((kind, i) => told(id, kind, T0 + (i + 1) * MINUTE));
    const partly = changeFile(before, 'x', turn('c', 'up', 'down', 'up'), {
      members,
      site: SITE,
      inWords: AS_IS,
      now: 0,
    }) as string;
    expect(parse(partly).updates.at(-1)?.body).toBe(`Service C is up, since ${isoMillis(T0 + 3 * MINUTE)}.`);
    const all = IDS.slice(0, 3).flatMap(id => turn(id, 'up', 'down', 'up'));
    const over = parse(
      changeFile(before, 'x', all, { members, site: SITE, inWords: AS_IS, now: 0 }) as string,
    );
    expect(over.status).toBe('resolved');
    expect(over.updates.at(-1)?.body).not.toContain('is down');
  });

  test('says of a relapse that began at several times, once, that it is still unstable', () => {
    const before = printGrouped(three(), AS_IS);
    const ups = IDS.slice(0, 3).map(id => told(id, 'up', T0 + MINUTE));
    const over = changeFile(before, 'x', ups, {
      members: memberStates(parse(before), three(), SITE),
      site: SITE,
      inWords: AS_IS,
      now: 0,
    }) as string;
    const members = memberStates(parse(over), [...three(), ...ups], SITE);
    const again = [told('a', 'down', T0 + 5 * MINUTE), told('b', 'down', T0 + 6 * MINUTE)];
    const news = parse(
      changeFile(over, 'x', again, { members, site: SITE, inWords: AS_IS, now: 0 }) as string,
    ).updates.filter(({ at, quiet }) => at > T0 + 2 * MINUTE && !quiet);
    expect(news).toHaveLength(1);
    expect(news[0]?.body).toMatch(/^Still unstable\. Service A is down.*\n\nService B is down[^\n]*$/);
  });

  test('of a hundred outages two are made, each short enough to read', () => {
    const many = Array.from({ length: 100 }, (_, i) => told(`s${i}`, 'down', T0 + i * 300, T0 + i * 300));
    const batches = batchesOf(many, MINUTE);
    expect(batches.map(batch => batch.length)).toEqual([50, 50]);
    const text = printGrouped(batches[0]!, AS_IS);
    expect(text.length).toBeLessThan(50_000);
    expect(parse(text).title).toBe('Service S0 and 49 other components Down');
    expect(parse(text).updates[0]?.body).toMatch(/The same applies to: Service S20, .*Service S49\./);
  });

  test('uses the operator’s words for all of them', () => {
    const text = printGrouped(three(), one =>
      one.facts?.kind === 'together'
        ? { ...one, title: `Trouble with ${one.facts.component}`, message: one.facts.seen }
        : one,
    );
    expect(parse(text).title).toBe('Trouble with Service A, Service B and Service C');
    expect(parse(text).updates[0]?.body).toBe(
      'Service A: HTTP 503; Service B: HTTP 503; Service C: HTTP 503',
    );
  });
});

test.each([
  [['API'], 'API'],
  [['API', 'Database'], 'API and Database'],
  [['API', 'Database', 'Queue'], 'API, Database and Queue'],
  [['API', 'A', 'B', 'C', 'D'], 'API and 4 other components'],
])('%j is said as %s', (names, words) => {
  expect(phraseOf(names)).toBe(words);
});

test('what began together is one batch, however late it is confirmed, and so is what is confirmed together', () => {
  const lateOne = told('a', 'down', T0, T0 + 5 * MINUTE);
  const rareOne = told('b', 'down', T0 - 5 * MINUTE, T0 + 40 * SECOND);
  const other = told('c', 'down', T0 + 2 * MINUTE, T0 + 3 * MINUTE);
  const all = [lateOne, rareOne, other, told('d', 'down', T0 + 10 * SECOND)];
  expect(batchesOf(all, MINUTE).map(batch => batch.map(({ source }) => source))).toEqual([
    ['probe:d', 'probe:b', 'probe:a'],
    ['probe:c'],
  ]);
});

test('what began later than the time given is another batch; a clock set back ends the waiting', () => {
  const known = [0, 30, 60, 61, 100].map(second => told('a', 'down', T0 + second * SECOND));
  expect(batchesOf(known, MINUTE).map(batch => batch.length)).toEqual([3, 2]);
  expect([isGroupComplete(T0, MINUTE, T0 + 59_999), isGroupComplete(T0, MINUTE, T0 + MINUTE)]).toEqual([
    false,
    true,
  ]);
  expect(isGroupComplete(T0, MINUTE, T0 - 1)).toBe(true);
});
