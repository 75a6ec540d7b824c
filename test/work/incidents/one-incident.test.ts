// A model of outages: whatever several sources report, whatever an operator opens and ends, with kills, restarts and
// lost databases between, each outage stands in one open incident, and each incident ends once, when it is over.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseIncident } from '../../../src/core/incidents/file/parse.ts';
import { printIncident, updated } from '../../../src/core/incidents/file/print.ts';
import { stretchesOf } from '../../../src/core/incidents/impact.ts';
import { checkSchema } from '../../../src/core/model/checks/check.ts';
import { type Incident, sourcesOf } from '../../../src/core/model/incident.ts';
import { MINUTE, type Millis, SECOND, type Span } from '../../../src/core/model/time.ts';
import { unionLength } from '../../../src/core/page/uptime.ts';
import { openDatabase } from '../../../src/store/db/database.ts';
import { makeReadOutages } from '../../../src/store/incidents/recorded-transitions.ts';
import { insertTransition } from '../../../src/store/incidents/transitions.ts';
import { makeFile } from '../../../src/work/incidents/file.ts';
import { component, site } from '../../makers.ts';

const T0 = Date.UTC(2026, 2, 10, 12);
const HTTP = checkSchema.parse({ type: 'http', url: 'https://api.example/health' });
const SITE = site({
  groupWithin: MINUTE,
  components: ['a', 'b'].map(id => component(id, { name: id.toUpperCase(), check: HTTP })),
});
const LOG = { debug() {}, info() {}, warn() {}, error() {} };

const SOURCES = {
  'probe:a': ['a'],
  'probe:b': ['b'],
  'latency:a': ['a'],
  'robot:Shop, eu': ['a'],
  'kuma:b': ['b'],
  'robot:elsewhere': [],
  'kuma:both': ['a', 'b'],
} as const satisfies Record<string, readonly string[]>;
type Source = keyof typeof SOURCES;
const WIDE = 'kuma:both';

interface Life {
  isDown: boolean;
  /** When it last turned, and its outages. */
  at: Millis;
  readonly outages: { start: Millis; end: Millis | null }[];
}

/** The machine, its files and its database, and what is true. */
function town() {
  const files: Record<string, string> = {};
  const lives = new Map<Source, Life>();
  let db = openDatabase(':memory:');
  let now = T0;
  let budget = Number.POSITIVE_INFINITY;
  let told = 0;
  const spend = () => {
    if (budget-- <= 0) throw new Error('killed');
  };
  const open = () => {
    const guarded = new Proxy(db, {
      get(target, key) {
        if (key === 'updateTable') spend();
        const value = Reflect.get(target, key);
        return typeof value === 'function' ? value.bind(target) : value;
      },
    });
    const put = (id: string, text: string) => {
      spend();
      files[id] = text;
      return true;
    };
    return makeFile({
      db: guarded,
      writer: {
        create: async (id, text) => (id in files ? false : put(id, text)),
        replace: async (id, before, text) => (files[id] === before ? put(id, text) : false),
      },
      templates: () => ({}),
      named: one => one,
      outages: makeReadOutages(db),
      recorder: { endRemoved: async () => {} },
      clock: () => now,
      log: LOG,
    });
  };
  let file = open();
  const incidents = () =>
    Object.entries(files).map(([id, text]) => {
      const { value, problems } = parseIncident(`${id}.md`, id, text);
      expect(problems).toEqual([]);
      return value as Incident;
    });
  const tell = (source: Source, kind: 'down' | 'up', at: Millis) => {
    const name = source.replace(/\W/g, '-');
    const transition = {
      ...{
        key: `${source}${kind}${at}#${told++}`,
        source,
        kind,
        at,
        title: `${name} Down`,
        slug: `${name}-down`,
      },
      ...{ severity: 'critical' as const, components: SOURCES[source], message: `${name} ${kind}.` },
    };
    return insertTransition(db, transition, now);
  };
  const the = {
    files,
    lives,
    incidents,
    now: () => now,
    outages: () => makeReadOutages(db)(),
    async round(writes = Number.POSITIVE_INFINITY) {
      const read = {
        incidents: incidents(),
        ...{ wellSince: new Map(), unsure: new Set<string>(), isFolderMissing: false },
        text: (id: string) => files[id],
      };
      budget = writes;
      await file(read, SITE, now).catch(error => {
        if (error.message !== 'killed') throw error;
        file = open();
      });
      budget = Number.POSITIVE_INFINITY;
    },
    async pass(seconds: number) {
      for (const until = now + seconds * SECOND; now < until; ) {
        now = Math.min(until, now + 20 * SECOND);
        await the.round();
      }
    },
    async turn(source: Source, late: number) {
      const life = lives.get(source) ?? { isDown: false, at: T0, outages: [] };
      const at = Math.max(life.at + SECOND, now - late * SECOND);
      now = Math.max(now, at);
      if (life.isDown) life.outages.at(-1)!.end = at;
      else life.outages.push({ start: at, end: null });
      lives.set(source, Object.assign(life, { isDown: !life.isDown, at }));
      await tell(source, life.isDown ? 'down' : 'up', at);
    },
    restart() {
      file = open();
    },
    /** Everybody says again what they see: that others of a file's sources had recovered, only the database knew. */
    async lose() {
      db = openDatabase(':memory:');
      file = open();
      for (const [source, { isDown }] of lives) await tell(source, isDown ? 'down' : 'up', now);
    },
    write(id: string, text: string) {
      files[id] = text;
    },
  };
  return the;
}

const command = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.record({
      do: fc.constant('turn' as const),
      source: fc.constantFrom(...(Object.keys(SOURCES) as Source[])),
      late: fc.integer({ min: 0, max: 30 }),
    }),
  },
  {
    weight: 5,
    arbitrary: fc.record({
      do: fc.constant('pass' as const),
      seconds: fc.constantFrom(1, 7, 25, 50, 90, 240, 2400),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant('operator' as const),
      components: fc.constantFrom(['a'], ['b'], ['a', 'b']),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ do: fc.constant('kill' as const), writes: fc.integer({ min: 0, max: 4 }) }),
  },
  { weight: 1, arbitrary: fc.constant({ do: 'restart' as const }) },
  { weight: 1, arbitrary: fc.constant({ do: 'lose' as const }) },
);

type Command = typeof command extends fc.Arbitrary<infer T> ? T : never;

/** Of two sources of one component, the one that recovered last was heard first. */
const HEARD_LAST: Command[] = [
  { do: 'turn', source: 'latency:a', late: 0 },
  { do: 'turn', source: 'latency:a', late: 0 },
  { do: 'turn', source: 'kuma:both', late: 0 },
  { do: 'turn', source: 'probe:a', late: 0 },
  { do: 'pass', seconds: 2400 },
  { do: 'turn', source: 'kuma:both', late: 0 },
  { do: 'turn', source: 'probe:a', late: 1 },
];

/** A check fails again in a group's incident, while its latency rule has an incident of its own. */
const ELSEWHERE: Command[] = [
  { do: 'turn', source: 'probe:a', late: 0 },
  { do: 'turn', source: 'probe:b', late: 0 },
  { do: 'turn', source: 'probe:a', late: 0 },
  { do: 'turn', source: 'latency:a', late: 0 },
  { do: 'turn', source: 'kuma:b', late: 0 },
  { do: 'turn', source: 'probe:a', late: 0 },
];

/** An outage of which the operator's end counts, and then another source opens that incident again. */
const UNLISTED: Command[] = [
  { do: 'turn', source: 'robot:Shop, eu', late: 0 },
  { do: 'pass', seconds: 7 },
  { do: 'turn', source: 'robot:Shop, eu', late: 1 },
  { do: 'lose' },
  { do: 'turn', source: 'probe:a', late: 0 },
  { do: 'turn', source: 'robot:Shop, eu', late: 0 },
  { do: 'pass', seconds: 1 },
];

const isOpen = ({ status }: Incident) => status !== 'resolved';
const listed = (incident: Incident) =>
  stretchesOf(incident, SITE.components)
    .at(-1)!
    .affected.map(({ id }) => id);

test('each outage is in one open incident, and each incident ends once, with its last source', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(command, { minLength: 3, maxLength: 25 }), async commands => {
      const the = town();
      const theirs = new Map<string, string>();
      let isLost = false;
      for (const step of commands) {
        if (step.do === 'turn') await the.turn(step.source, step.late);
        if (step.do === 'pass') await the.pass(step.seconds);
        if (step.do === 'restart') the.restart();
        if (step.do === 'kill') await the.round(step.writes);
        if (step.do === 'lose') {
          isLost = true;
          await the.lose();
        }
        if (step.do === 'operator') await operate(the, theirs, step.components);
        await the.round();
      }
      // Whatever waits for others, or for the operator's end, has been waited for.
      await the.pass(300);
      await judge(the, theirs, isLost);
      for (const [source, { isDown }] of the.lives) if (isDown) await the.turn(source, 0);
      await the.pass(300);
      await judge(the, theirs, isLost);
      expect(the.incidents().filter(one => one.openedBy !== null && isOpen(one))).toEqual([]);
    }),
    { numRuns: 40, examples: [[HEARD_LAST], [ELSEWHERE], [UNLISTED]] },
  );
}, 120_000);

/** The operator ends the incident that is open, or else opens one, unless the machine has. */
async function operate(
  the: ReturnType<typeof town>,
  theirs: Map<string, string>,
  components: readonly string[],
) {
  const open = the.incidents().filter(isOpen);
  const own = open.find(({ openedBy }) => openedBy === null);
  if (own) {
    const text = updated(the.files[own.id]!, {
      status: 'resolved',
      at: the.now(),
      message: 'Done.',
    }) as string;
    theirs.set(own.id, text);
    return the.write(own.id, text);
  }
  if (open.some(incident => components.some(id => listed(incident).includes(id)))) return;
  const id = `20260310_mine-${theirs.size}`;
  const about = {
    title: 'We look',
    status: 'identified' as const,
    severity: 'minor' as const,
    openedBy: null,
  };
  const text = printIncident({ ...about, started: the.now(), components, message: 'We look into it.' });
  theirs.set(id, text);
  the.write(id, text);
}

async function judge(the: ReturnType<typeof town>, theirs: ReadonlyMap<string, string>, isLost: boolean) {
  const all = the.incidents();
  const open = all.filter(isOpen);
  const isWide = the.lives.has(WIDE);
  for (const [source, { isDown }] of the.lives) {
    const needs: readonly string[] = SOURCES[source];
    const having = open.filter(one => needs.every(id => listed(one).includes(id)));
    const own = having.filter(one => sourcesOf(one).includes(source));
    if (isDown) expect(own.length, source).toBeLessThanOrEqual(1);
    const taken = needs.length > 0 && having.some(({ openedBy }) => openedBy === null);
    if (isDown) expect([source, own.length === 1 || taken]).toEqual([source, true]);
  }
  for (const id of isWide ? [] : ['a', 'b'])
    expect(open.filter(one => listed(one).includes(id)).length, id).toBeLessThanOrEqual(1);
  for (const incident of all) {
    const isFailing = sourcesOf(incident).some(source => the.lives.get(source as Source)?.isDown);
    if (incident.openedBy !== null && isOpen(incident))
      expect([incident.id, isFailing]).toEqual([incident.id, true]);
    const edges = incident.updates.map(one => (one.status === 'resolved' ? 'end' : 'open'));
    // Without its database, the server does not know which source recovered last.
    const twice = edges.filter((edge, index) => edge === 'end' && edges[index + 1] === 'end');
    if (!isLost) expect(twice).toEqual([]);
  }
  if (!isWide) for (const [id, text] of theirs) expect(the.files[id]).toBe(text);
  if (!isLost) await measuredCounts(the, all);
}

/** No second that a source measured is missing from what counts. */
async function measuredCounts(the: ReturnType<typeof town>, all: readonly Incident[]) {
  const outages = await the.outages();
  for (const id of ['a', 'b']) {
    const end = the.now();
    const joined = Object.entries(outages).flatMap(([source, list]) =>
      (SOURCES[source as Source] as readonly string[]).includes(id) ? list.filter(one => one.isJoined) : [],
    );
    const written = all.flatMap(incident =>
      stretchesOf(incident, SITE.components).filter(one => one.affected.some(there => there.id === id)),
    );
    const counted: Span[] = [...written, ...joined].map(one => ({ start: one.start, end: one.end ?? end }));
    const measured = [...the.lives]
      .filter(([source]) => (SOURCES[source] as readonly string[]).includes(id))
      .flatMap(([, { outages: own }]) => own.map(one => ({ start: one.start, end: one.end ?? end })));
    expect([id, unionLength([...counted, ...measured]) - unionLength(counted)]).toEqual([id, 0]);
  }
}
