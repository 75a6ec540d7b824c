// The same work of the store on SQLite and on a PostgreSQL of this machine: what each costs, as a ratio.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseIncident } from '../src/core/incidents/file/parse.ts';
import { checkSchema } from '../src/core/model/checks/check.ts';
import { refOf } from '../src/core/model/incident.ts';
import { postgresPlace } from '../src/core/model/ports/database-url.ts';
import { SECOND } from '../src/core/model/time.ts';
import { announcements } from '../src/core/notify/news.ts';
import { type Db, openDatabase } from '../src/store/db/database.ts';
import { openBesideServer } from '../src/store/db/postgres/open.ts';
import { readMeasured } from '../src/store/monitoring/component-status.ts';
import { noteComponents, recordResult } from '../src/store/monitoring/measurements.ts';
import { announceUpdates, enqueueSome } from '../src/store/notify/announcements.ts';
import { dueEmails, markSent } from '../src/store/notify/outbox.ts';
import { freePort } from '../test/free-port.ts';
import { component } from '../test/makers.ts';
import { startPostgres } from '../test/postgres-server.ts';
import { enrolled } from '../test/walks/notify/many-subscribers.ts';

const NOW = Date.UTC(2026, 2, 10, 12);
const CHECKS = 100;
const ROUNDS = 10;
const READERS = 20_000;
const EMAILS = 1000;

const INCIDENT = parseIncident(
  'a.md',
  'a',
  '---\ntitle: A\nstatus: investigating\nseverity: minor\nstarted: 2026-03-10T12:00:00Z\n---\nWe look.\n',
).value!;
const check = checkSchema.parse({ type: 'http', url: 'https://api.example' });
const components = Array.from({ length: CHECKS }, (_, i) => component(`c${i}`, { check }));

/** Milliseconds of each kind of work. */
async function measure(db: Db, again: () => Promise<Db>): Promise<Record<string, number>> {
  const times: Record<string, number> = {};
  const timed = async (name: string, each: number, work: () => Promise<unknown>) => {
    const began = performance.now();
    await work();
    times[name] = (performance.now() - began) / each;
  };
  await noteComponents(db, components, NOW);
  const record = async (round: number) => {
    for (const one of components) {
      const at = NOW + round * 60 * SECOND;
      await recordResult(db, one, { at, outcome: 'up', latency: 40 + round, seen: '200' }, at);
    }
  };
  await record(0);
  await timed('a check stored, judged and rolled up', CHECKS * ROUNDS, async () => {
    for (let round = 1; round <= ROUNDS; round++) await record(round);
  });
  await timed(`all measurements of ${CHECKS} components read`, 1, () => readMeasured(db, NOW));
  const addresses = Array.from({ length: READERS }, (_, i) => `user${i}@example.com`);
  await enrolled(await again(), addresses, NOW);
  const news = announcements([INCIDENT], new Set(), NOW + SECOND, false);
  await announceUpdates(db, news, NOW, NOW);
  await timed(`${READERS} subscribers enqueued`, 1, async () => {
    const all = (readers: readonly { readonly id: string }[]) => readers.map(({ id }) => id);
    while (!(await enqueueSome(db, refOf(news[0]!), 1000, all, [], NOW)).done);
  });
  await timed('an email read and marked as sent', EMAILS, async () => {
    for (let left = EMAILS; left > 0; ) {
      const due = await dueEmails(db, NOW + SECOND, 50, null);
      for (const email of due) await markSent(db, [email], NOW + SECOND);
      left -= due.length;
    }
  });
  await db.destroy();
  return times;
}

async function started(open: () => Promise<Db>): Promise<void> {
  for (let tries = 0; ; tries++) {
    try {
      return await (await open()).destroy();
    } catch (error) {
      if (tries > 100) throw error;
      await new Promise(resolve => setTimeout(resolve, 200));
    }
  }
}

export async function run(): Promise<void> {
  const dir = mkdtempSync(path.join(tmpdir(), 'status-live-bench-'));
  const port = await freePort();
  const server = startPostgres(port, '');
  try {
    const file = path.join(dir, 'status.db');
    const lite = await measure(openDatabase(file), async () => openDatabase(file));
    const url = `postgres://someone:sesame-open@127.0.0.1:${port}/postgres`;
    const place = postgresPlace(url, 'status');
    const open = async () => (await openBesideServer(place, 'a secret', true)) as Db;
    await started(open);
    const postgres = await measure(await open(), open);
    process.stdout.write('| | SQLite | PostgreSQL | ratio |\n|---|---|---|---|\n');
    for (const [name, time] of Object.entries(lite)) {
      const other = postgres[name] as number;
      process.stdout.write(
        `| ${name} | ${time.toFixed(2)} ms | ${other.toFixed(2)} ms | ${(other / time).toFixed(1)} |\n`,
      );
    }
  } finally {
    await server.end();
    rmSync(dir, { recursive: true, force: true });
  }
}
