// Ten thousand open event streams on one process: what they hold of memory, and how soon all hear of a change.
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { cpuMs, median, ready, residentMb, startOurs, stop } from './servers.ts';

const STREAMS = 10_000;
const CHANGES = 5;
const PORT = 3931;
const sleep = (ms: number) => new Promise(resolve => setTimeout(resolve, ms));

/** Prints one table. */
export async function run(): Promise<void> {
  const dir = mkdtempSync(path.join(tmpdir(), 'status-live-bench-'));
  const incidents = path.join(dir, 'status', 'incidents');
  mkdirSync(incidents, { recursive: true });
  const components = 'components: [ { id: api, name: API, check: { type: manual } } ]';
  writeFileSync(path.join(dir, 'status', 'status.yaml'), `title: Bench\n${components}\n`);
  const server = startOurs(PORT, dir);
  const readers = fork(fileURLToPath(new URL('./event-readers.ts', import.meta.url)), {
    execArgv: ['--import', 'tsx'],
  });
  try {
    const url = `http://127.0.0.1:${PORT}`;
    await ready(`${url}/status/live`);
    // What the first pages cost is not the streams' doing.
    for (let i = 0; i < 50; i++) await (await fetch(`${url}/status/live`)).text();
    const before = residentMb(server);
    const opened = performance.now();
    readers.send({ open: STREAMS, port: PORT });
    await answer<{ opened: number }>(readers);
    const openedIn = performance.now() - opened;
    const held = ((residentMb(server) - before) * 1024) / STREAMS;
    const told: number[] = [];
    const pages: number[] = [];
    for (let i = 0; i < CHANGES; i++) {
      await sleep(1_500);
      const started = new Date().toISOString();
      const text = `---\ntitle: Trouble ${i}\nstatus: investigating\nseverity: minor\nstarted: ${started}\n---\nWe look.\n`;
      readers.send({ count: STREAMS });
      writeFileSync(path.join(incidents, `20260101_${i}.md`), text);
      const asked = probe(`${url}/status/live`);
      const { first, last } = await answer<{ first: number; last: number }>(readers);
      told.push(last - first);
      pages.push(await asked());
    }
    const used = cpuMs(server);
    await sleep(20_000);
    const idle = (cpuMs(server) - used) / 20_000;
    const one = (what: string, figure: string) => process.stdout.write(`| ${what} | ${figure} |\n`);
    one(`${STREAMS} event streams`, 'measured');
    one('---', '---');
    one('opened in', `${(openedIn / 1000).toFixed(1)} s`);
    one('memory a stream', `${held.toFixed(1)} KB`);
    one('resident with all open', `${residentMb(server).toFixed(0)} MB`);
    one(
      `a change, from the first page told to the last, median of ${CHANGES}`,
      `${median(told).toFixed(0)} ms`,
    );
    one('the slowest page request meanwhile, median', `${median(pages).toFixed(0)} ms`);
    one('CPU of heartbeats alone, of one core', `${(idle * 100).toFixed(1)} %`);
  } finally {
    readers.kill();
    await stop(server);
    rmSync(dir, { recursive: true, force: true });
  }
}

/** Asks for the page again and again until the returned function is called: it resolves to the longest wait, ms. */
function probe(url: string): () => Promise<number> {
  let going = true;
  let longest = 0;
  const done = (async () => {
    while (going) {
      const begun = performance.now();
      await (await fetch(url)).text();
      longest = Math.max(longest, performance.now() - begun);
      await sleep(2);
    }
  })();
  return async () => {
    going = false;
    await done;
    return longest;
  };
}

async function answer<T>(child: ChildProcess): Promise<T> {
  return (await once(child, 'message', { signal: AbortSignal.timeout(120_000) }))[0] as T;
}
