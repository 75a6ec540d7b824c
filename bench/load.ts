// Load: as many requests as a server answers, from wrk where it is installed, else from autocannon.
import { execFile, spawnSync } from 'node:child_process';
import { promisify } from 'node:util';
import autocannon from 'autocannon';

export interface Load {
  /** Requests a second. */
  readonly rate: number;
  /** ms. */
  readonly p99: number;
  readonly requests: number;
}

/** `LOAD=autocannon` asks for it although wrk is there. */
const hasWrk = process.env.LOAD !== 'autocannon' && spawnSync('wrk', ['-v']).error === undefined;
const run = promisify(execFile);

/** What makes the load, for the table's caption. */
export const LOADER = hasWrk ? 'wrk' : 'autocannon';

/** Loads an address; a request that fails or answers anything but 200 fails the benchmark. */
export async function load(url: string, connections: number, seconds: number): Promise<Load> {
  const found = hasWrk
    ? await withWrk(url, connections, seconds)
    : await withCannon(url, connections, seconds);
  if (found.bad > 0) throw new Error(`${url}: ${found.bad} requests failed`);
  return found;
}

async function withWrk(url: string, connections: number, seconds: number) {
  const options = [
    '-t1',
    `-c${connections}`,
    `-d${seconds}s`,
    '--timeout',
    '10s',
    '--latency',
    '-H',
    'Accept-Encoding: gzip',
  ];
  const { stdout } = await run('wrk', [...options, url]);
  const number = (pattern: RegExp) => Number(pattern.exec(stdout)?.[1] ?? 0);
  const [, slow = '0', unit = 'ms'] = /99%\s+([\d.]+)(us|ms|s)/.exec(stdout) ?? [];
  const socket = [...(/Socket errors: (.*)/.exec(stdout)?.[1] ?? '').matchAll(/\d+/g)];
  return {
    rate: number(/Requests\/sec:\s+([\d.]+)/),
    p99: Number(slow) * { us: 0.001, ms: 1, s: 1000 }[unit as 'us' | 'ms' | 's'],
    requests: number(/(\d+) requests in/),
    bad: number(/Non-2xx or 3xx responses: (\d+)/) + socket.reduce((sum, [n]) => sum + Number(n), 0),
  };
}

async function withCannon(url: string, connections: number, duration: number) {
  const { requests, latency, errors, timeouts, non2xx } = await autocannon({
    url,
    connections,
    duration,
    headers: { 'accept-encoding': 'gzip' },
  });
  const bad = errors + timeouts + non2xx;
  return { rate: requests.average, p99: latency.p99, requests: requests.total, bad };
}
