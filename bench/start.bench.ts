// Start: from the command to the first page, with the shipped site and with years of history; and what a
// component's history takes on disk.
import type { ChildProcess } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { seedDays } from '../src/demo/measured-days.ts';
import { openDatabase } from '../src/store/db/database.ts';
import { median, ready, residentMb, startOurs, stop } from './servers.ts';

const COMPONENTS = 1_000;
const INCIDENTS = 10_000;
const RUNS = 5;
const DAY = 86_400_000;

/** Prints one table. */
export async function run(): Promise<void> {
  process.stdout.write(`Median of ${RUNS} starts.\n\n`);
  process.stdout.write('| site | first 200 of /status/live | resident then |\n|---|---|---|\n');
  await measured('as shipped, nothing stored yet', 3941, async dir => {
    cpSync('status', path.join(dir, 'status'), { recursive: true });
  });
  await measured(`${COMPONENTS} components × 90 days, ${INCIDENTS} incidents`, 3942, large);
}

async function measured(name: string, port: number, fill: (dir: string) => Promise<void>): Promise<void> {
  const dir = mkdtempSync(path.join(tmpdir(), 'status-live-bench-'));
  try {
    await fill(dir);
    const times: number[] = [];
    const memory: number[] = [];
    for (let i = 0; i < RUNS; i++) {
      const server: ChildProcess = startOurs(port, dir);
      times.push(await ready(`http://127.0.0.1:${port}/status/live`));
      memory.push(residentMb(server));
      await stop(server);
    }
    process.stdout.write(`| ${name} | ${median(times).toFixed(0)} ms | ${median(memory).toFixed(0)} MB |\n`);
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}

/** Manual components with measured days, so that nothing is asked of any network; three years of incidents. */
async function large(dir: string): Promise<void> {
  const incidents = path.join(dir, 'status', 'incidents');
  mkdirSync(incidents, { recursive: true });
  const ids = Array.from({ length: COMPONENTS }, (_, i) => `c${i}`);
  const lines = ids.map(
    (id, i) => `  - { id: ${id}, name: "Component ${i}", group: "Group ${i % 20}", check: { type: manual } }`,
  );
  writeFileSync(path.join(dir, 'status', 'status.yaml'), `title: Bench\ncomponents:\n${lines.join('\n')}\n`);
  const now = Date.now();
  for (let i = 0; i < INCIDENTS; i++) {
    const at = now - DAY - (i * 3 * 365 * DAY) / INCIDENTS;
    const [from, to] = [new Date(at), new Date(at + 1_800_000)].map(date => date.toISOString().slice(0, 19));
    const name = `${from?.slice(0, 10).replaceAll('-', '')}_${i}.md`;
    const head = `title: Slow answers ${i}\nstatus: resolved\nseverity: minor\nstarted: ${from}Z\nresolved: ${to}Z\ncomponents: [c${i % COMPONENTS}]`;
    const update = (at: string | undefined, words: string) =>
      `## Update ${at?.slice(0, 10)} ${at?.slice(11)} UTC\n\n${words}\n`;
    const body = `${update(from, 'We are **looking** into it.')}\n${update(to, 'Solved: a [cache](https://levqor.ai) was full.')}`;
    writeFileSync(path.join(incidents, name), `---\n${head}\n---\n${body}`);
  }
  mkdirSync(path.join(dir, 'data'), { recursive: true });
  const db = openDatabase(path.join(dir, 'data', 'status.db'));
  await seedDays(db, ids, 90, now);
  await db.destroy();
  const size = statSync(path.join(dir, 'data', 'status.db')).size / 1e6;
  process.stderr.write(`(${size.toFixed(0)} MB of database)\n`);
}
