// Servers under measurement: started as processes of their own, asked until they answer, stopped again.
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';

/** Starts the built program as `npm start` does, on a port, quiet, with its folders under `dir`. */
export function startOurs(port: number, dir: string, env: Record<string, string> = {}): ChildProcess {
  return start(['--max-semi-space-size=4', 'dist/main.js'], {
    HOST: '127.0.0.1',
    PORT: String(port),
    DATA_DIR: `${dir}/data`,
    STATUS_DIR: `${dir}/status`,
    LOG_LEVEL: 'silent',
    ...env,
  });
}

/** Starts a TypeScript file of this folder with arguments. */
export function startPeer(name: string, ...args: string[]): ChildProcess {
  return start(['--import', 'tsx', `bench/${name}.ts`, ...args], {});
}

function start(args: string[], env: Record<string, string>): ChildProcess {
  return spawn(process.execPath, args, {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'ignore', 'inherit'],
  });
}

/** Resolves with the milliseconds until the address answered 200; throws after a minute. */
export async function ready(url: string): Promise<number> {
  const begun = performance.now();
  while (performance.now() - begun < 60_000) {
    const answer = await fetch(url).catch(() => null);
    await answer?.arrayBuffer();
    if (answer?.ok) return performance.now() - begun;
    await new Promise(resolve => setTimeout(resolve, 10));
  }
  throw new Error(`${url} does not answer`);
}

/** Ends a server and waits until it is gone. */
export async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill('SIGTERM');
  await once(child, 'exit');
}

/**
 * Gives a process with all its threads, and what it starts from then on, one core or (left out) all of them; false
 * where that cannot be done. Server and load apart, or where the system happens to put them decides who is faster.
 */
export function pin({ pid }: { pid?: number | undefined }, core?: number): boolean {
  const cores = availableParallelism();
  if (cores < 2) return false;
  const list = core === undefined ? `0-${cores - 1}` : String(core);
  return spawnSync('taskset', ['-a', '-p', '-c', list, String(pid)], { stdio: 'ignore' }).status === 0;
}

/** Resident memory in MB; NaN where the system does not tell. */
export function residentMb({ pid }: ChildProcess): number {
  return proc(pid, 'status', text => Number(/VmRSS:\s+(\d+)/.exec(text)?.[1]) / 1024);
}

/** CPU time used so far in ms; NaN where the system does not tell. */
export function cpuMs({ pid }: ChildProcess): number {
  return proc(pid, 'stat', text => {
    const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
    // Ticks of a hundredth of a second, in user and system mode.
    return (Number(fields[11]) + Number(fields[12])) * 10;
  });
}

function proc(pid: number | undefined, name: string, read: (text: string) => number): number {
  try {
    return read(readFileSync(`/proc/${pid}/${name}`, 'utf8'));
  } catch {
    return Number.NaN;
  }
}

export function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}
