// Memory and disk: what the shipped site holds resident idle, under load and after it; what a component's
// history takes of the database by the year.
import { cpSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { sql } from 'kysely';
import { DAY, MINUTE } from '../src/core/model/time.ts';
import { seedDays } from '../src/demo/measured-days.ts';
import { openDatabase } from '../src/store/db/database.ts';
import { load } from './load.ts';
import { ready, residentMb, startOurs, stop } from './servers.ts';

const PORT = 3951;
const COMPONENTS = 10;
const sleep = (seconds: number) => new Promise(resolve => setTimeout(resolve, seconds * 1000));

/** Prints two tables. */
export async function run(): Promise<void> {
  await resident();
  await stored();
}

async function resident(): Promise<void> {
  const dir = mkdtempSync(path.join(tmpdir(), 'status-live-bench-'));
  cpSync('status', path.join(dir, 'status'), { recursive: true });
  const server = startOurs(PORT, dir);
  const say = (what: string, mb: number) => process.stdout.write(`| ${what} | ${mb.toFixed(0)} MB |\n`);
  try {
    const url = `http://127.0.0.1:${PORT}/status/live`;
    await ready(url);
    await sleep(60);
    process.stdout.write('| the shipped site | resident |\n|---|---|\n');
    say('idle', residentMb(server));
    let most = 0;
    const watch = setInterval(() => {
      most = Math.max(most, residentMb(server));
    }, 100);
    for (const connections of [64, 256]) await load(url, connections, 8);
    clearInterval(watch);
    say('under load, the most', most);
    await sleep(15);
    say('a quarter of a minute after', residentMb(server));
  } finally {
    await stop(server);
    rmSync(dir, { recursive: true, force: true });
  }
}

/** Sizes of the database after vacuum, of components checked each minute, less that of an empty one. */
async function stored(): Promise<void> {
  const empty = await size(0, false);
  const each = async (days: number, raw: boolean) => ((await size(days, raw)) - empty) / COMPONENTS / 1e6;
  const [quarter, year, two] = [await each(90, true), await each(365, true), await each(730, true)];
  const say = (what: string, mb: number) => process.stdout.write(`| ${what} | ${mb.toFixed(2)} MB |\n`);
  process.stdout.write('\n| a component checked each minute | of the database |\n|---|---|\n');
  say('after 90 days', quarter);
  say('after a year', year);
  say('after two years', two);
  say('each further year', two - year);
}

async function size(days: number, raw: boolean): Promise<number> {
  const dir = mkdtempSync(path.join(tmpdir(), 'status-live-bench-'));
  const file = path.join(dir, 'status.db');
  const now = Date.UTC(2026, 10, 23, 14, 42);
  try {
    const db = openDatabase(file);
    const ids = days === 0 ? [] : Array.from({ length: COMPONENTS }, (_, i) => `component-${i}`);
    if (days > 0) await seedDays(db, ids, days, now);
    for (const id of raw ? ids : []) {
      await db.transaction().execute(async trx => {
        for (let at = now - 7 * DAY; at < now; at += 500 * MINUTE) {
          const row = (_: unknown, i: number) => ({
            component_id: id,
            at: at + i * MINUTE,
            outcome: 'up' as const,
            latency: 80,
            seen: 'HTTP 200',
          });
          await trx
            .insertInto('results')
            .values(Array.from({ length: 500 }, row))
            .execute();
        }
      });
    }
    await sql`VACUUM`.execute(db);
    await db.destroy();
    return statSync(file).size;
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}
