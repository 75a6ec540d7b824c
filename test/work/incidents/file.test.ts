// Filing together: a crash at any write, a folder that refuses, a setting taken away; never twice, never lost.
import { describe, expect, test } from 'vitest';
import { parseIncident } from '../../../src/core/incidents/file/parse.ts';
import { checkSchema } from '../../../src/core/model/checks/check.ts';
import { StorageFault } from '../../../src/core/model/ports/storage.ts';
import { MINUTE, SECOND } from '../../../src/core/model/time.ts';
import type { StoredTransition, Transition } from '../../../src/core/model/transition.ts';
import { openDatabase } from '../../../src/store/db/database.ts';
import { insertTransition } from '../../../src/store/incidents/transitions.ts';
import { type Filed, makeFile } from '../../../src/work/incidents/file.ts';
import { component, site } from '../../makers.ts';

const T0 = Date.UTC(2026, 2, 10, 12);
const IDS = ['a', 'b', 'c'];
const HTTP = checkSchema.parse({ type: 'http', url: 'https://api.example/health' });
const LOG = { debug() {}, info() {}, warn() {}, error() {} };

/** A folder, a list of transitions as the database holds them, and something that may go wrong at any write. */
function desk(within = MINUTE, parents: Readonly<Record<string, string[]>> = {}) {
  const files: Record<string, string> = {};
  const told: (Transition & { readonly recordedAt: number })[] = [];
  const rows: Pick<StoredTransition, 'filedAt' | 'incidentId'>[] = [];
  const components = IDS.map(id =>
    component(id, { name: id.toUpperCase(), check: HTTP, dependsOn: parents[id] ?? [] }),
  );
  const unsure = new Set<string>();
  let budget = Number.POSITIVE_INFINITY;
  let readOnly = false;
  let setting = within;
  let now = T0;
  const spend = () => {
    if (budget-- <= 0) throw new Error('killed');
  };
  const put = (id: string, text: string) => {
    if (readOnly) throw Object.assign(new Error('no'), { code: 'EROFS' });
    spend();
    files[id] = text;
    return true;
  };
  let full = false;
  const sqlite = openDatabase(':memory:');
  // The notes of what was filed are the only rows that are updated.
  const db = new Proxy(sqlite, {
    get(target, key) {
      if (key === 'updateTable') {
        if (full) throw new StorageFault('full', 'SQLITE_FULL');
        spend();
      }
      const value = Reflect.get(target, key);
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });
  const deps: Parameters<typeof makeFile>[0] = {
    db,
    writer: {
      create: async (id, text) => (id in files ? false : put(id, text)),
      replace: async (id, before, text) => (files[id] === before ? put(id, text) : false),
    },
    templates: () => ({}),
    named: one => one,
    outages: async () => ({}),
    recorder: { endRemoved: async () => {} },
    clock: () => now,
    log: LOG,
  };
  let file = makeFile(deps);
  const incidents = () =>
    Object.entries(files).flatMap(([id, text]) => parseIncident(`${id}.md`, id, text).value ?? []);
  return {
    files,
    rows,
    unsure,
    tell(id: string, kind: 'down' | 'up', second: number, known = second) {
      const name = id.toUpperCase();
      told.push({
        key: `${id}${kind}${second}`,
        source: `probe:${id}`,
        kind,
        at: T0 + second * SECOND,
        recordedAt: T0 + known * SECOND,
        title: `${name} Down`,
        slug: `${id}-down`,
        severity: 'critical',
        components: [id],
        message: `${name} ${kind}.`,
        facts: { kind: 'down', component: name, seen: 'refused', checks: 3 },
      });
    },
    /** A round at a second; killed after so many writes. It may be a while before it reads what is pending. */
    async round(second: number, writes = Number.POSITIVE_INFINITY, later = 0): Promise<Filed | null> {
      budget = writes;
      now = T0 + (second + later) * SECOND;
      const read = {
        incidents: incidents(),
        wellSince: new Map(),
        unsure: new Set(unsure),
        isFolderMissing: false,
        text: (id: string) => files[id],
      };
      for (const { recordedAt, ...transition } of told.splice(0))
        await insertTransition(sqlite, transition, recordedAt);
      const when = T0 + second * SECOND;
      const filed = await file(read, site({ groupWithin: setting, components }), when).catch(() => null);
      const stored = await sqlite.selectFrom('transitions').selectAll().orderBy('seq').execute();
      const notes = stored.map(({ filed_at, incident_id }) => ({
        filedAt: filed_at,
        incidentId: incident_id,
      }));
      rows.splice(0, rows.length, ...notes);
      return filed;
    },
    /** The database takes no notes. */
    fill(yes: boolean) {
      full = yes;
    },
    restart() {
      file = makeFile(deps);
    },
    refuse(yes: boolean) {
      readOnly = yes;
    },
    set(value: number) {
      setting = value;
    },
  };
}

const FILE = '20260310_a-down';

describe('three outages at once', () => {
  test.each([
    ['c', 'b', 'a'],
    ['b', 'c', 'a'],
    ['a', 'c', 'b'],
  ])('whose checks ended in the order %s %s %s stand as status.yaml lists them', async (...ended) => {
    const { files, tell, round } = desk();
    for (const id of ended) tell(id, 'down', 0, 20);
    await round(81);
    expect(Object.keys(files)).toEqual([FILE]);
    expect(files[FILE]).toContain('title: "A, B and C Down"');
    expect(files[FILE]).toContain('opened_by: "probe:a, probe:b, probe:c"');
    expect(files[FILE]).toMatch(/A down\.\n\nB down\.\n\nC down\./);
    for (const id of ended) tell(id, 'up', 100, 120);
    await round(121);
    expect(files[FILE]).toContain('A, B and C are working again.');
  });

  test('keep the name they were first shown by, whoever joins', async () => {
    const { files, tell, round } = desk();
    tell('b', 'down', 0, 20);
    tell('a', 'down', 0, 30);
    await round(81);
    expect(Object.keys(files)).toEqual(['20260310_b-down']);
    expect(files['20260310_b-down']).toContain('title: A and B Down\n');
  });

  // Four writes: the file, and a note for each of the three.
  test.each([0, 1, 2, 3, 4])('killed after %d writes are one file, whole', async writes => {
    const { files, rows, tell, round } = desk();
    for (const [index, id] of IDS.entries()) tell(id, 'down', index, 20 + index);
    await round(81, writes);
    await round(82);
    await round(83);
    expect(Object.keys(files)).toEqual([FILE]);
    expect(rows.map(({ incidentId }) => incidentId)).toEqual([FILE, FILE, FILE]);
    expect(files[FILE]).toContain('opened_by: "probe:a, probe:b, probe:c"');
  });

  test.each([0, 1, 2, 3])(
    'whose recoveries are killed after %d writes say each of them once',
    async writes => {
      const { files, tell, round, rows } = desk();
      for (const [index, id] of IDS.entries()) tell(id, 'down', index, 20 + index);
      await round(81);
      tell('a', 'up', 100, 110);
      tell('b', 'up', 101, 111);
      await round(171, writes);
      await round(172);
      await round(173);
      expect(rows.map(({ filedAt }) => filedAt)).toEqual(Array(5).fill(expect.any(Number)));
      expect(files[FILE]?.match(/^components: \[b, c\]$/gm)).toHaveLength(1);
      expect(files[FILE]?.match(/^components: \[c\]$/gm)).toHaveLength(1);
      tell('c', 'up', 200, 210);
      await round(211);
      expect(files[FILE]).toContain('status: resolved');
    },
  );

  test('known only while a round is under way, the first waits for the others all the same', async () => {
    const { files, rows, tell, round, unsure } = desk();
    unsure.add('b');
    tell('a', 'down', 0, 20);
    // Begun at 19 s, before anything was known; at 20 s it reads what is pending.
    const filed = await round(19, Number.POSITIVE_INFINITY, 1);
    expect([files, [...(filed?.gathering ?? [])]]).toEqual([{}, [FILE]]);
    tell('b', 'down', 1, 30);
    await round(81);
    expect(Object.keys(files)).toEqual([FILE]);
    tell('a', 'up', 90, 100);
    await round(99, Number.POSITIVE_INFINITY, 1);
    expect(rows.at(-1)?.filedAt).toBeNull();
    tell('b', 'up', 91, 101);
    await round(102);
    expect(files[FILE]?.match(/^## Resolved/gm)).toHaveLength(1);
    // A clock that was set back for good keeps nobody waiting.
    tell('c', 'down', 200, 220);
    await round(150);
    expect(Object.keys(files)).toHaveLength(2);
  });

  test.each([1, 2])(
    'named after a child and killed after %d writes, a parent with a past has one file',
    async writes => {
      const { files, rows, tell, round } = desk(MINUTE, { a: ['b'] });
      tell('b', 'down', -90_000);
      await round(-89_000);
      tell('b', 'up', -88_000);
      await round(-87_000);
      const past = Object.keys(files);
      tell('a', 'down', 0, 20);
      tell('b', 'down', 5, 30);
      await round(80, writes);
      await round(81);
      await round(82);
      expect(Object.keys(files)).toEqual([...past, FILE]);
      expect(files[FILE]).toContain('title: B Down');
      expect(rows.at(-1)?.incidentId).toBe(FILE);
    },
  );

  test('are shown while the folder refuses, and filed once it takes them', async () => {
    const { files, tell, round, refuse } = desk();
    for (const id of IDS) tell(id, 'down', 0, 20);
    refuse(true);
    const shown = await round(90);
    expect([...(shown?.unfiled.keys() ?? [])]).toEqual([FILE]);
    // It waits for the folder and for nobody else: it is news.
    expect(shown?.gathering.size).toBe(0);
    expect(shown?.problems).toHaveLength(1);
    tell('a', 'up', 95, 96);
    const later = await round(97);
    expect(later?.unfiled.get(FILE)).toContain('components: [b, c]');
    refuse(false);
    await round(98);
    await round(170);
    expect(files[FILE]).toContain('components: [b, c]');
  });

  /** All three failed, recovered, and their end is filed. */
  async function over() {
    const all = desk();
    for (const id of IDS) all.tell(id, 'down', 0, 20);
    await all.round(81);
    for (const id of IDS) all.tell(id, 'up', 100, 120);
    await all.round(121);
    expect(all.files[FILE]).toContain('status: resolved');
    return all;
  }
  const RELAPSE = /^## Investigating \S+ \S+ UTC\ncomponents: \[b\]\n\nStill unstable\. B down\.\n\n/m;

  test.each([0, 1, 2, 3, 4])(
    'of which one relapsed and recovered before that was filed, killed after %d writes: both are written to be told',
    async writes => {
      const { files, rows, tell, round } = await over();
      tell('b', 'down', 200, 210);
      tell('b', 'up', 230, 240);
      const first = await round(241, writes);
      if (writes === 4) {
        expect(files[FILE]).toContain('status: investigating');
        expect(first?.unfiled.get(FILE)).toContain('status: resolved');
        expect([...(first?.gathering ?? [])]).toEqual([FILE]);
      }
      for (const second of [242, 243, 244]) await round(second);
      expect(files[FILE]).toMatch(RELAPSE);
      expect(files[FILE]).toMatch(/---\n+## Resolved 2026-03-10 12:03:50 UTC\n+B up\.\n+## /);
      expect(files[FILE]?.match(/^## Resolved/gm)).toHaveLength(2);
      expect(rows.every(({ incidentId }) => incidentId === FILE)).toBe(true);
    },
  );

  test('of which one relapses while the folder refuses: news at once, and its end too', async () => {
    const { files, tell, round, refuse } = await over();
    refuse(true);
    tell('b', 'down', 200, 210);
    const fails = await round(211);
    tell('b', 'up', 230, 240);
    const works = await round(241);
    for (const filed of [fails, works]) expect(filed?.gathering.size).toBe(0);
    expect(fails?.unfiled.get(FILE)).toMatch(RELAPSE);
    expect(works?.unfiled.get(FILE)).toMatch(/---\n+## Resolved \S+ \S+ UTC\n+B up\.\n+## Investigating/);
    refuse(false);
    for (const second of [242, 243]) await round(second);
    expect(files[FILE]).toBe(works?.unfiled.get(FILE));
  });

  test('recovered before they are filed are told of all the same', async () => {
    const { files, tell, round } = desk();
    for (const id of IDS) tell(id, 'down', 0, 20);
    for (const id of IDS) tell(id, 'up', 40, 50);
    const shown = await round(51);
    expect(shown?.gathering.has(FILE)).toBe(true);
    expect(shown?.unfiled.get(FILE)).toContain('status: resolved');
    await round(80);
    await round(81);
    expect(files[FILE]).toContain('status: resolved');
    expect(Object.keys(files)).toHaveLength(1);
  });

  test('are still recovered from when the setting is taken away', async () => {
    const { files, tell, round, set } = desk();
    for (const id of IDS) tell(id, 'down', 0, 20);
    await round(80);
    set(0);
    tell('b', 'up', 100, 110);
    await round(110);
    expect(files[FILE]).toContain('components: [a, c]');
  });

  test('without the setting are three files', async () => {
    const { files, tell, round } = desk(0);
    for (const id of IDS) tell(id, 'down', 0, 20);
    await round(20);
    expect(Object.keys(files)).toEqual(['20260310_a-down', '20260310_b-down', '20260310_c-down']);
  });
});

describe('a recovery whose file is away', () => {
  /** One outage that was filed, and its file taken away before the recovery is known. */
  async function away() {
    const the = desk(0);
    the.tell('a', 'down', 0, 20);
    await the.round(20);
    const text = the.files[FILE] as string;
    delete the.files[FILE];
    the.tell('a', 'up', 100, 110);
    await the.round(110);
    return { ...the, text, up: () => the.rows[1] };
  }

  test('is written when it is back', async () => {
    const { files, round, text, up } = await away();
    expect([files, up()?.filedAt]).toEqual([{}, null]);
    files[FILE] = text;
    await round(3600);
    expect(files[FILE]).toContain('resolved: 2026-03-10T12:01:40Z');
    expect(up()).toMatchObject({ incidentId: FILE });
  });

  test('waits a day', async () => {
    const { round, up } = await away();
    await round(110 + 86_399);
    expect(up()?.filedAt).toBeNull();
    await round(110 + 86_400);
    expect(up()).toMatchObject({ incidentId: null });
    expect(up()?.filedAt).toEqual(expect.any(Number));
  });

  test('waits no longer than for what its source says next', async () => {
    const { files, tell, round, up } = await away();
    tell('a', 'down', 200, 210);
    await round(210);
    expect(up()?.filedAt).toEqual(expect.any(Number));
    expect(files[FILE]).toContain('status: investigating');
    expect(files[FILE]).toContain('started: 2026-03-10T12:03:20Z');
  });
});

describe('a file written in a way no machine should edit', () => {
  test.each([0, MINUTE])(
    'keeps its recovery waiting, says so, and holds up nobody (together %d)',
    async within => {
      const { files, rows, tell, round } = desk(within);
      const down = within === 0 ? ['a'] : ['a', 'b'];
      for (const id of down) tell(id, 'down', 0, 20);
      await round(81);
      const mine = (files[FILE] as string).replace('\n---\n', '\r---\r');
      files[FILE] = mine;
      tell('a', 'up', 100, 110);
      tell('c', 'down', 100, 110);
      const filed = await round(180);
      expect(files[FILE]).toBe(mine);
      expect(filed?.problems).toEqual([
        {
          level: 'error',
          where: `incidents/${FILE}.md`,
          what: 'probe:a has been up again since 2026-03-10T12:01:40Z, but the server cannot safely edit the file',
          fix: expect.stringContaining('write the update yourself'),
        },
      ]);
      expect(files['20260310_c-down']).toContain('status: investigating');
      expect(rows.filter(({ filedAt }) => filedAt === null)).toHaveLength(1);
      files[FILE] = mine.replaceAll('\r', '\n');
      expect((await round(190))?.problems).toEqual([]);
      expect(files[FILE]).toContain(within === 0 ? 'status: resolved' : 'components: [b]');
    },
  );
});

describe('while the database takes no notes', () => {
  const sections = (text: string | undefined) => text?.match(/^## \w+/gm);

  test.each([
    ['in the process', 0, false],
    ['over a restart', 0, true],
    ['in the process, of two checks', MINUTE, false],
    ['over a restart, of two checks', MINUTE, true],
  ])('an outage and its end are filed once, and stay over: %s', async (_, together, isRestarted) => {
    const { files, rows, tell, round, fill, restart } = desk(together);
    const ids = together > 0 ? ['a', 'b'] : ['a'];
    for (const id of ids) tell(id, 'down', 0, 1);
    fill(true);
    await round(61);
    for (const id of ids) tell(id, 'up', 62, 62);
    for (const second of [123, 124, 125]) await round(second);
    const before = files[FILE];
    expect(before).toContain('status: resolved');
    expect(sections(before)?.length).toBe(together > 0 ? 3 : 2);
    if (isRestarted) restart();
    for (const second of [126, 127]) await round(second);
    fill(false);
    for (const second of [128, 129]) await round(second);
    expect(files[FILE]).toBe(before);
    expect(rows.every(({ filedAt, incidentId }) => filedAt !== null && incidentId === FILE)).toBe(true);
    // What comes later is news.
    tell('a', 'down', 200, 200);
    await round(300);
    expect(sections(files[FILE])?.length).toBe(together > 0 ? 4 : 3);
    expect(files[FILE]).toContain('status: investigating');
  });

  test('a second outage in the second of the first is not taken for it', async () => {
    const { files, tell, round } = desk(0);
    tell('a', 'down', 0, 1);
    tell('a', 'up', 0.3, 1);
    await round(2);
    tell('a', 'down', 0.6, 2);
    await round(3);
    expect(files[FILE]).toContain('status: investigating');
  });
});

test.each([
  ['one check', ['a']],
  ['a group of checks', ['a', 'b']],
])('a recovery recorded before the clock was set back ends the incident now: %s', async (_, ids) => {
  const { files, tell, round } = desk();
  for (const id of ids) tell(id, 'down', 0, 20);
  await round(81);
  for (const id of ids) tell(id, 'up', 7 * 3600);
  await round(200);
  expect(files[FILE]).toContain('status: resolved');
  expect(files[FILE]).toContain('resolved: 2026-03-10T12:03:20Z');
});
