// The program itself on a PostgreSQL, as its supervisor starts it: several processes on one database.
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { onTestFinished } from 'vitest';
import type { PostgresPlace } from '../../../src/core/model/ports/storage.ts';
import { freePort } from '../../free-port.ts';

export const SECRET = 'a secret that only this test knows';

interface Readyz {
  readonly ok: boolean;
  readonly role?: string;
  readonly epoch?: number;
  readonly problems?: readonly { readonly message: string }[];
  readonly outbox?: { readonly pending: number } | null;
}

export interface Program {
  readonly child: ChildProcess;
  readonly url: string;
  readonly out: () => string;
  readonly exit: Promise<number | null>;
  get(path: string): Promise<{ status: number; text: string }>;
  readyz(): Promise<Readyz>;
  /** Resolves with the milliseconds it took until `readyz` says so. */
  until(role: 'leader' | 'standby'): Promise<number>;
}

export interface Town {
  /** The folder of the site; every process has its own DATA_DIR beside it. */
  readonly dir: string;
  start(env?: Record<string, string>): Promise<Program>;
  /** Runs a command of the command line; its output. */
  command(...args: string[]): Promise<string>;
}

export async function openTown(place: PostgresPlace, env: Record<string, string> = {}): Promise<Town> {
  const dir = await mkdtemp(path.join(tmpdir(), 'status-live-postgres-'));
  onTestFinished(() => rm(dir, { recursive: true, force: true }));
  await mkdir(path.join(dir, 'status', 'incidents'), { recursive: true });
  await writeFile(
    path.join(dir, 'status', 'status.yaml'),
    'title: T\ncomponents: [{ id: api, name: API, check: { type: manual } }]\n',
  );
  const variables = {
    ...process.env,
    HOST: '127.0.0.1',
    STATUS_DIR: path.join(dir, 'status'),
    DATA_DIR: path.join(dir, 'data'),
    DATABASE_URL: place.url,
    DATABASE_SCHEMA: place.schema,
    SECRET,
    ...env,
  };
  return {
    dir,
    start: more => startOne({ ...variables, ...more }),
    async command(...args) {
      const run = promisify(execFile)(process.execPath, ['dist/cli.js', ...args], { env: variables });
      return (await run).stdout;
    },
  };
}

async function startOne(variables: Record<string, string | undefined>): Promise<Program> {
  const port = await freePort();
  const child = spawn(process.execPath, ['dist/main.js'], { env: { ...variables, PORT: String(port) } });
  let text = '';
  for (const stream of [child.stdout, child.stderr])
    stream?.on('data', data => {
      text += data;
    });
  const exit = new Promise<number | null>(resolve => child.once('exit', resolve));
  onTestFinished(async () => {
    child.kill('SIGKILL');
    await exit;
  });
  const url = `http://127.0.0.1:${port}`;
  const get = async (at: string) => {
    const answer = await fetch(url + at, { headers: { accept: 'text/html' } });
    return { status: answer.status, text: await answer.text() };
  };
  const readyz: Program['readyz'] = async () => JSON.parse((await get('/readyz')).text);
  return {
    child,
    url,
    out: () => text,
    exit,
    get,
    readyz,
    async until(role) {
      const began = performance.now();
      // The time limit of the test ends this.
      for (;;) {
        const said = await readyz().catch(() => null);
        if (said?.role === role) return performance.now() - began;
        if (child.exitCode !== null) throw new Error(`it ended: ${text}`);
        await sleep(50);
      }
    },
  };
}
