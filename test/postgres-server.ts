// Before all tests: one PostgreSQL for them, where it is installed. They wait for it when they need it (postgres.ts).
import { type ChildProcess, spawn } from 'node:child_process';
import { rmSync } from 'node:fs';
import path from 'node:path';
import { freePort } from './free-port.ts';
import { asPostgres, folderFor, initdb } from './servers.ts';

/** The variable that tells tests where it is. */
export const TEST_POSTGRES = 'TEST_POSTGRES';

export async function setup(): Promise<(() => Promise<void>) | undefined> {
  if (!initdb || !asPostgres || process.env[TEST_POSTGRES]) return undefined;
  const port = await freePort();
  const server = startPostgres(port, '-F -c max_connections=300');
  process.env[TEST_POSTGRES] = `postgres://someone:sesame-open@127.0.0.1:${port}/postgres`;
  return server.end;
}

interface Server {
  readonly child: ChildProcess;
  /** Stops it at once, and removes its folder. */
  end(): Promise<void>;
}

/** Starts a PostgreSQL of its own on `port`, with one user, `someone`, and the password `sesame-open`. Does not wait. */
export function startPostgres(port: number, flags: string): Server {
  const folder = folderFor(asPostgres!);
  const shell = `printf sesame-open > pw &&
    "$0" -D data -U someone --pwfile=pw -A scram-sha-256 --no-sync -E UTF8 --locale=C >init.log &&
    exec "$1" -D data -p ${port} -h 127.0.0.1 -k "$PWD" ${flags}`;
  const child = spawn('sh', ['-c', shell, initdb!, path.join(initdb!, '..', 'postgres')], {
    cwd: folder,
    stdio: 'ignore',
    ...asPostgres,
  });
  return {
    child,
    async end() {
      const gone = new Promise(resolve => child.once('exit', resolve));
      if (child.exitCode === null && child.signalCode === null) {
        child.kill('SIGQUIT');
        await gone;
      }
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
