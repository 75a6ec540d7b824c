// The live page under load, against bare node:http with the same compressed bytes and against Express that
// renders each time; then while checks and mail go on. Interleaved, median of five, ratios.
import type { ChildProcess } from 'node:child_process';
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { LOADER, type Load, load } from './load.ts';
import { cpuMs, median, pin, ready, residentMb, startOurs, startPeer, stop } from './servers.ts';
import { openWork } from './work.ts';

const SECONDS = 3;
const ROUNDS = 5;

interface Server {
  readonly name: string;
  readonly url: string;
  readonly child: ChildProcess;
  readonly loads: Load[];
  /** Server's own CPU time for a request, µs. */
  readonly cost: number[];
}

/** Prints the tables. */
export async function run(): Promise<void> {
  const dir = mkdtempSync(path.join(tmpdir(), 'status-live-bench-'));
  // A copy: checks that fail here must not file incidents into the checkout.
  cpSync('status', path.join(dir, 'status'), { recursive: true });
  const servers: Server[] = [];
  const add = async (name: string, port: number, child: ChildProcess) => {
    const url = `http://127.0.0.1:${port}/status/live`;
    const server: Server = { name, url, child, loads: [], cost: [] };
    servers.push(server);
    pin(child, 1);
    await ready(url);
    return server;
  };
  // This process makes the load, or starts what does.
  const apart = pin(process, 0);
  try {
    const ours = await add('Status Live', 3917, startOurs(3917, dir));
    const bare = await add('bare node:http', 3918, startPeer('bare-server', ours.url, '3918'));
    // What the headers alone cost, the load's maker included: autocannon reads them slowly.
    const heads = await add('…with our headers', 3920, startPeer('bare-server', ours.url, '3920', 'all'));
    const each = [path.join(dir, 'status'), path.join(dir, 'naive'), '3919'];
    const naive = await add('Express + EJS each time', 3919, startPeer('express-server', ...each));
    const page = await fetch(ours.url).then(answer => answer.arrayBuffer());
    process.stdout.write(
      `${LOADER}, ${SECONDS} s a round, median of ${ROUNDS} interleaved rounds; page of ${(page.byteLength / 1024).toFixed(0)} KB, gzip; server and load ${apart ? 'on a core each' : 'wherever the system puts them'}.\n`,
    );
    await rounds(ours, [ours, bare, heads, naive], 64);
    await rounds(ours, [ours, bare, heads], 256);
    process.stdout.write(`\nResident after the load: ${residentMb(ours.child).toFixed(0)} MB.\n`);
    await stop(naive.child);
    await atWork(dir, add);
  } finally {
    for (const { child } of servers) await stop(child);
    pin(process);
    rmSync(dir, { recursive: true, force: true });
  }
}

type Add = (name: string, port: number, child: ChildProcess) => Promise<Server>;

/** The same while a thousand checks a minute and a hundred mails a second go on in the same process. */
async function atWork(dir: string, add: Add): Promise<void> {
  const work = await openWork(path.join(dir, 'work'), 3923);
  try {
    const ours = await add('Status Live at work', 3923, work.child);
    await work.begin();
    const bare = await add('bare node:http, its page', 3924, startPeer('bare-server', ours.url, '3924'));
    const before = await work.done();
    const begun = performance.now();
    await rounds(ours, [ours, bare], 64);
    const after = await work.done();
    const seconds = (performance.now() - begun) / 1000;
    const checks = (((after.checks - before.checks) / seconds) * 60).toFixed(0);
    const mails = ((after.mails - before.mails) / seconds).toFixed(0);
    process.stdout.write(`\nMeanwhile ${checks} checks a minute and ${mails} mails a second.\n`);
  } finally {
    await work.close();
  }
}

async function rounds(first: Server, servers: Server[], connections: number): Promise<void> {
  for (const server of servers) server.loads.length = server.cost.length = 0;
  // What is not measured: the first second of each, in which it is compiled.
  for (const { url } of servers) await load(url, connections, 1);
  for (let round = 0; round < ROUNDS; round++) {
    // Each goes first in turn.
    for (const server of round % 2 === 0 ? servers : [...servers].reverse()) {
      const before = cpuMs(server.child);
      const found = await load(server.url, connections, SECONDS);
      server.loads.push(found);
      server.cost.push(((cpuMs(server.child) - before) * 1000) / found.requests);
    }
  }
  const rateOf = ({ loads }: Server) => median(loads.map(({ rate }) => rate));
  const slowOf = ({ loads }: Server) => median(loads.map(({ p99 }) => p99));
  process.stdout.write(
    `\n| ${connections} connections | requests/s | ${first.name} ÷ it | p99 ms | ${first.name}'s p99 ÷ it | CPU µs a request |\n|---|---|---|---|---|---|\n`,
  );
  for (const server of servers) {
    const ratio = (rateOf(first) / rateOf(server)).toFixed(2);
    const slower = (slowOf(first) / slowOf(server)).toFixed(2);
    process.stdout.write(
      `| ${server.name} | ${Math.round(rateOf(server))} | ${ratio} | ${slowOf(server).toFixed(1)} | ${slower} | ${median(server.cost).toFixed(1)} |\n`,
    );
  }
}
