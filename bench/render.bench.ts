// A change, from file to bytes, for 6, 60 and 600 components in two languages and two encodings; and how long
// it keeps any request waiting.
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { brotliCompress, constants, gzip } from 'node:zlib';
import { readEnvironment } from '../src/config/environment.ts';
import { compose } from '../src/core/page/compose.ts';
import type { Facts } from '../src/core/page/facts.ts';
import type { Snapshot } from '../src/core/page/snapshot.ts';
import { seedDays } from '../src/demo/measured-days.ts';
import { openDatabase } from '../src/store/db/database.ts';
import { readMeasured } from '../src/store/monitoring/component-status.ts';
import { makeRender } from '../src/views.ts';
import { makePages } from '../src/web/pages.ts';
import { openSystem, type System } from '../src/wiring/wiring.ts';
import { longestBlock } from './blocks.ts';
import { median } from './servers.ts';

const CHANGES = 15;
const DAY = 86_400_000;
/** The second table's, in order. */
const COLUMNS = ['shown', 'blocked', 'own', 'waited', 'alone'] as const;
type Column = (typeof COLUMNS)[number];
const quiet = { debug() {}, info() {}, warn() {}, error() {} };
const assets = { css: '/status/assets/status.css', js: '/status/assets/live.js' };

/** Prints two tables. */
export async function run(): Promise<void> {
  const rows: string[] = [];
  process.stdout.write(
    '| components | page | compose | render, one language | gzip | brotli |\n|---|---|---|---|---|---|\n',
  );
  for (const count of [6, 60, 600]) rows.push(await withSystem(count, measured));
  process.stdout.write(
    `\nA change of an incident while 2 languages × 2 encodings are asked for; median of ${CHANGES}, in brackets the worst.\n\n`,
  );
  process.stdout.write(
    '| components | shown after | longest block of the event loop | …without its waits for a core | slowest page request | …while nothing changes |\n|---|---|---|---|---|---|\n',
  );
  process.stdout.write(`${rows.join('\n')}\n`);
}

async function measured(count: number, system: System, dir: string): Promise<string> {
  await parts(count, system, dir);
  const visitor = fork(fileURLToPath(new URL('./mail-peer.ts', import.meta.url)), {
    execArgv: ['--import', 'tsx'],
  });
  await once(visitor, 'message');
  try {
    return await changes(count, system, dir, visitor);
  } finally {
    visitor.send({ end: true });
  }
}

/** The four steps by themselves. */
async function parts(count: number, system: System, dir: string): Promise<void> {
  const now = system.snapshot();
  const db = openDatabase(path.join(dir, 'data', 'status.db'));
  const known = await readMeasured(db, now.at - 90 * DAY);
  await db.destroy();
  const facts: Facts = {
    site: now.site,
    incidents: now.incidents,
    unfiled: new Set(),
    measured: known,
    networkDownSince: null,
    problems: [],
    revision: 'r',
  };
  const pages = makePages(makeRender('views'));
  const took = { compose: [] as number[], render: [] as number[], gzip: [] as number[], br: [] as number[] };
  let html = '';
  for (let i = 0; i < 20; i++) {
    let snapshot: Snapshot = now;
    await timed(took.compose, () => {
      snapshot = compose(facts, now.at + i * 60_000);
    });
    await timed(took.render, () => {
      html = pages.live({ snapshot, lang: 'en', base: '', assets });
    });
    await timed(took.gzip, () => promisify(gzip)(html, { level: 7 }));
    const params = { [constants.BROTLI_PARAM_QUALITY]: 5 };
    await timed(took.br, () => promisify(brotliCompress)(html, { params }));
  }
  const cells = Object.values(took).map(times => `${median(times).toFixed(1)} ms`);
  process.stdout.write(`| ${count} | ${(html.length / 1024).toFixed(0)} KB | ${cells.join(' | ')} |\n`);
}

async function changes(count: number, system: System, dir: string, visitor: ChildProcess): Promise<string> {
  const url = `${system.localUrl}/status/live`;
  const warm = async () => {
    for (const lang of ['en', 'de'])
      for (const encoding of ['gzip', 'br'])
        await (
          await fetch(url, { headers: { 'accept-language': lang, 'accept-encoding': encoding } })
        ).text();
  };
  const found = { shown: [], blocked: [], own: [], waited: [], alone: [] } as Record<Column, number[]>;
  for (let i = 0; i < CHANGES + 3; i++) {
    await warm();
    const text = `---\ntitle: Trouble ${i}\nstatus: investigating\nseverity: minor\nstarted: ${new Date().toISOString()}\ncomponents: [c1]\n---\nWe look.\n`;
    await writeFile(path.join(dir, 'status', 'incidents', '20260101_a.md'), text);
    visitor.send({ visit: url });
    await pause(100 + (found.shown.at(-1) ?? 0));
    const undisturbed = await slowest(visitor);
    visitor.send({ visit: url });
    await pause(50);
    const blocks = longestBlock();
    const begun = performance.now();
    await system.tick();
    const took = performance.now() - begun;
    const longest = blocks();
    await pause(50);
    const disturbed = await slowest(visitor);
    // The first changes are compiled, not measured.
    if (i < 3) continue;
    found.shown.push(took);
    found.blocked.push(longest.wall);
    found.own.push(longest.own);
    found.waited.push(disturbed);
    found.alone.push(undisturbed);
  }
  const cells = COLUMNS.map(
    name => `${median(found[name]).toFixed(1)} ms (${Math.max(...found[name]).toFixed(1)})`,
  );
  return `| ${count} | ${cells.join(' | ')} |`;
}

/** The visitor's longest wait since it was sent, ms. */
async function slowest(visitor: ChildProcess): Promise<number> {
  visitor.send({ rest: true });
  const [{ times }] = (await once(visitor, 'message')) as [{ times: number[] }];
  return Math.max(...times);
}

function pause(ms: number): Promise<void> {
  return new Promise(resolve => setTimeout(resolve, ms));
}

async function timed(into: number[], work: () => unknown): Promise<void> {
  const begun = performance.now();
  await work();
  into.push(performance.now() - begun);
}

/** A system of so many components with ninety measured days and an incident for each second of them. */
async function withSystem<T>(
  count: number,
  work: (count: number, system: System, dir: string) => Promise<T>,
): Promise<T> {
  const dir = await mkdtemp(path.join(tmpdir(), 'status-live-bench-'));
  const incidents = path.join(dir, 'status', 'incidents');
  await mkdir(incidents, { recursive: true });
  const ids = Array.from({ length: count }, (_, i) => `c${i}`);
  const one = (id: string, i: number) =>
    `  - { id: ${id}, name: "Component ${i}", group: "Group ${i % 12}", check: { type: http, url: "http://127.0.0.1:9/" } }`;
  const yaml = `title: Bench\ncomponents:\n${ids.map(one).join('\n')}\n`;
  await writeFile(path.join(dir, 'status', 'status.yaml'), yaml);
  const now = Date.now();
  for (let i = 0; i < count / 2; i++) {
    const at = now - DAY - (i * 85 * DAY * 2) / count;
    const [from, to] = [new Date(at).toISOString(), new Date(at + 1_800_000).toISOString()];
    const head = `title: Slow ${i}\nstatus: resolved\nseverity: minor\nstarted: ${from}\nresolved: ${to}\ncomponents: [c${(2 * i) % count}]`;
    const name = `${from.slice(0, 10).replaceAll('-', '')}_${i}.md`;
    await writeFile(path.join(incidents, name), `---\n${head}\n---\nWe are **looking** into it.\n`);
  }
  const { value: env } = readEnvironment({ PORT: '0', HOST: '127.0.0.1' }, dir);
  if (!env) throw new Error('the environment is not accepted');
  const db = openDatabase(env.databaseFile);
  await seedDays(db, ids, 90, now);
  await db.destroy();
  const system = await openSystem(env, {
    clock: Date.now,
    monotonic: () => performance.now(),
    everySecond: () => () => {},
    probe: async () => ({ outcome: 'unknown', at: now, latency: null, seen: '' }) as never,
    fetchText: async () => '',
    log: quiet,
  });
  try {
    return await work(count, system, dir);
  } finally {
    await system.close();
    await rm(dir, { recursive: true, force: true });
  }
}
