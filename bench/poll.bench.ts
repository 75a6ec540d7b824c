// Two thousand checks a minute: what they cost the server, and how late they begin.
import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

const CHECKS = 2000;
/** The first minute checks everything at once; it is not measured. */
const WARM_UP = 20;
const MEASURED = 60;
const PORT = 3921;
const TARGET = 3922;

interface Reading {
  readonly cpu: number;
  readonly checks: number;
  readonly memory: number;
  readonly late: ReadonlyMap<string, number>;
}

/** Prints CPU, memory and lateness of a server that checks an HTTP server on this machine. */
export async function run(): Promise<void> {
  const dir = mkdtempSync(path.join(tmpdir(), 'status-live-bench-'));
  const status = path.join(dir, 'status');
  mkdirSync(path.join(status, 'incidents'), { recursive: true });
  writeFileSync(path.join(status, 'status.yaml'), site());
  const target = spawn(process.execPath, [
    '-e',
    `require('http').createServer((q,s)=>s.end('ok')).listen(${TARGET},'127.0.0.1')`,
  ]);
  const server = spawn(process.execPath, ['dist/main.js'], {
    env: {
      ...process.env,
      HOST: '127.0.0.1',
      PORT: String(PORT),
      STATUS_DIR: status,
      DATA_DIR: path.join(dir, 'data'),
      LOG_LEVEL: 'error',
    },
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  try {
    await sleep(WARM_UP);
    const before = await read();
    await sleep(MEASURED);
    const after = await read();
    const checks = after.checks - before.checks;
    const cpu = ((after.cpu - before.cpu) / MEASURED) * 100;
    process.stdout.write(`${checks} checks in ${MEASURED} s, each stored, judged and rolled up\n\n`);
    process.stdout.write('| | measured | wanted |\n|---|---|---|\n');
    process.stdout.write(`| CPU, of one core | ${cpu.toFixed(1)} % | < 25 % |\n`);
    process.stdout.write(`| resident memory | ${Math.round(after.memory / 1e6)} MB | < 300 MB |\n`);
    process.stdout.write(`| lateness, p99 | ${lateness(before, after, 0.99)} | < 1 s |\n`);
  } finally {
    server.kill();
    target.kill();
    await new Promise(resolve => server.once('exit', resolve));
    rmSync(dir, { recursive: true, force: true });
  }
}

function site(): string {
  const rows = Array.from(
    { length: CHECKS },
    (_, i) =>
      `  - { id: c${i}, name: Component ${i}, check: { type: http, url: "http://127.0.0.1:${TARGET}/${i}" } }`,
  );
  return `title: Bench\ncomponents:\n${rows.join('\n')}\n`;
}

async function read(): Promise<Reading> {
  const text = await (await fetch(`http://127.0.0.1:${PORT}/metrics`)).text();
  const values = [...text.matchAll(/^([a-z_]+)(\{[^}]*\})? (\S+)$/gm)];
  const of = (name: string) => values.filter(([, found]) => found === name);
  const sum = (name: string) => of(name).reduce((all, [, , , value]) => all + Number(value), 0);
  const late = of('status_live_check_lateness_seconds_bucket').map(
    ([, , labels, value]) => [/le="([^"]+)"/.exec(labels as string)?.[1] as string, Number(value)] as const,
  );
  return {
    cpu: sum('process_cpu_seconds_total'),
    checks: sum('status_live_checks_total'),
    memory: sum('process_resident_memory_bytes'),
    late: new Map(late),
  };
}

/** The bucket the quantile lies in. */
function lateness(before: Reading, after: Reading, quantile: number): string {
  const counts = [...after.late].map(([le, count]) => [le, count - (before.late.get(le) ?? 0)] as const);
  const all = counts.at(-1)?.[1] ?? 0;
  const found = counts.find(([, count]) => count >= quantile * all);
  return found ? `≤ ${found[0]} s` : 'unknown';
}

function sleep(seconds: number): Promise<void> {
  return new Promise(resolve => setTimeout(resolve, seconds * 1000));
}
