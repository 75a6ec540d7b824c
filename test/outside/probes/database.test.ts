// The database probe against real servers where the machine has them, and everywhere against none.
import { type ChildProcess, execFile, execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { asPostgres, findServer, folderFor, initdb, runAs } from '../../servers.ts';
import { deserted, expectPublishable, probe, tcp } from '../loopback.ts';

const KINDS = ['postgres', 'mysql', 'redis'] as const;
const check = (kind: string, port: number, more = {}) => ({
  type: 'database',
  url: `${kind}://someone:sesame-open@127.0.0.1:${port}/${kind === 'redis' ? '0' : 'app'}`,
  ...more,
});

describe.each(KINDS)('%s', kind => {
  test('refused', async () => {
    const result = await probe(check(kind, await deserted()));
    expect(result).toMatchObject({ outcome: 'down', latency: null, seen: 'refused the connection' });
    expectPublishable(result.seen);
    expect(JSON.stringify(result)).not.toContain('sesame-open');
  });

  test('black-holed', async () => {
    const result = await probe(check(kind, await tcp(), { timeout: '300ms' }));
    expect(result).toEqual({ outcome: 'down', latency: null, seen: 'timed out after 300 ms' });
  });

  test('hung up on', async () => {
    const result = await probe(check(kind, await tcp(socket => socket.end())));
    expect(result).toMatchObject({ outcome: 'down', seen: 'closed the connection' });
  });

  test('reset', async () => {
    const result = await probe(check(kind, await tcp(socket => socket.resetAndDestroy())));
    expect(result).toMatchObject({ outcome: 'down', seen: 'closed the connection' });
  });

  test('another protocol', async () => {
    const port = await tcp(socket => socket.write('SSH-2.0-OpenSSH_9.2\r\n'.repeat(20)));
    const result = await probe(check(kind, port, { timeout: '500ms' }));
    expect(result.outcome).toBe('down');
    expectPublishable(result.seen);
  });
});

/** Starts a server and waits until the probe itself finds it up. */
async function started(child: ChildProcess, url: string): Promise<void> {
  let gone = false;
  child.once('exit', () => {
    gone = true;
  });
  // The hook's own time limit ends this.
  for (;;) {
    const { outcome, seen, detail } = await probe({ type: 'database', url, timeout: '2s' });
    if (outcome === 'up') return;
    if (gone) throw new Error(`the server ended: ${seen} ${detail}`);
    await new Promise(resolve => setTimeout(resolve, 50));
  }
}

/** What the built program's own copy of the client sees; each has a file in dist/. */
async function builtCheck(url: string): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'status-database-'));
  const check = JSON.stringify({ type: 'database', url });
  writeFileSync(
    join(folder, 'status.yaml'),
    `title: T\ncomponents: [{ id: db, name: Db, check: ${check} }]\n`,
  );
  const env = { ...process.env, STATUS_DIR: folder, DATA_DIR: join(folder, 'data') };
  try {
    return (await promisify(execFile)(process.execPath, ['dist/cli.js', 'check'], { env })).stdout;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const redisServer = findServer('redis-server');
const mariadbd = findServer('mariadbd') ?? findServer('mysqld');
const installDb = findServer('mariadb-install-db');

describe.runIf(redisServer)('a real Redis', () => {
  let child: ChildProcess;
  let port: number;
  let url: string;
  beforeAll(async () => {
    port = await deserted();
    url = `redis://:sesame-open@127.0.0.1:${port}/0`;
    const options = [
      '--port',
      `${port}`,
      '--bind',
      '127.0.0.1',
      '--save',
      '',
      '--requirepass',
      'sesame-open',
    ];
    child = spawn(redisServer!, options, { stdio: 'ignore', cwd: tmpdir() });
    await started(child, url);
  });
  afterAll(() => {
    child.kill('SIGKILL');
  });

  test('answers PING', async () => {
    const result = await probe({ type: 'database', url });
    expect(result).toMatchObject({ outcome: 'up', seen: 'answered' });
    expect(result.latency).toBeTypeOf('number');
    expect(await builtCheck(url)).toContain('answered');
  });

  test('answers another command, and refuses what is none', async () => {
    expect(await probe({ type: 'database', url, query: 'GET greeting' })).toMatchObject({ outcome: 'up' });
    const wrong = await probe({ type: 'database', url, query: 'SELECT 1 FROM users' });
    expect(wrong).toMatchObject({ outcome: 'down', seen: 'answered with an error' });
  });

  test('refuses a wrong password', async () => {
    const wrong = `redis://:sesame-shut@127.0.0.1:${port}/0`;
    expect(await probe({ type: 'database', url: wrong })).toMatchObject({
      outcome: 'down',
      seen: 'refused the login',
    });
    const none = `redis://127.0.0.1:${port}/0`;
    expect(await probe({ type: 'database', url: none })).toMatchObject({
      outcome: 'down',
      seen: 'refused the login',
    });
  });
});

describe.runIf(initdb && asPostgres)('a real PostgreSQL', () => {
  let child: ChildProcess;
  let folder: string;
  let port: number;
  let url: string;
  beforeAll(async () => {
    folder = folderFor(asPostgres!);
    port = await deserted();
    url = `postgres://someone:sesame-open@127.0.0.1:${port}/postgres`;
    const options = { cwd: folder, stdio: 'pipe', ...asPostgres } as const;
    const shell = 'printf sesame-open > pw && "$0" -D data -U someone --pwfile=pw -A scram-sha-256 --no-sync';
    execFileSync('sh', ['-c', shell, initdb!], options);
    const server = join(initdb!, '..', 'postgres');
    const flags = ['-D', 'data', '-p', `${port}`, '-h', '127.0.0.1', '-k', folder, '-F'];
    child = spawn(server, flags, { cwd: folder, stdio: 'ignore', ...asPostgres });
    await started(child, url);
  }, 60_000);
  afterAll(async () => {
    const gone = new Promise(resolve => child.once('exit', resolve));
    child.kill('SIGQUIT');
    await gone;
    rmSync(folder, { recursive: true, force: true });
  });

  test('answers SELECT 1', async () => {
    expect(await probe({ type: 'database', url })).toMatchObject({ outcome: 'up', seen: 'answered' });
    expect(await builtCheck(url)).toContain('answered');
  });

  test('answers a question of ours, and an error to a wrong one', async () => {
    expect(await probe({ type: 'database', url, query: 'SELECT count(*) FROM pg_class' })).toMatchObject({
      outcome: 'up',
    });
    const wrong = await probe({ type: 'database', url, query: 'SELECT * FROM nowhere' });
    expect(wrong).toMatchObject({ outcome: 'down', seen: 'answered with an error' });
    expect(wrong.detail).toContain('nowhere');
  });

  test('refuses a wrong password', async () => {
    const wrong = await probe({ type: 'database', url: url.replace('sesame-open', 'sesame-shut') });
    expect(wrong).toMatchObject({ outcome: 'down', seen: 'refused the login' });
    expect(JSON.stringify(wrong)).not.toContain('sesame-shut');
  });

  test('a question that takes too long', async () => {
    const slow = await probe({ type: 'database', url, query: 'SELECT pg_sleep(30)', timeout: '300ms' });
    expect(slow).toMatchObject({ outcome: 'down', seen: 'timed out after 300 ms' });
  });
});

const asMysql = runAs('mysql');

describe.runIf(mariadbd && installDb && asMysql)('a real MariaDB', () => {
  let child: ChildProcess;
  let folder: string;
  let url: string;
  beforeAll(async () => {
    folder = folderFor(asMysql!);
    const port = await deserted();
    url = `mysql://someone:sesame-open@127.0.0.1:${port}/mysql`;
    const options = { cwd: folder, ...asMysql };
    const data = ['--no-defaults', `--datadir=${folder}/data`];
    execFileSync(installDb!, [...data, '--skip-test-db'], { ...options, stdio: 'pipe' });
    // One statement a line is all an init file may hold.
    const user =
      "CREATE USER 'someone'@'%' IDENTIFIED BY 'sesame-open';\nGRANT SELECT ON mysql.* TO 'someone'@'%';\n";
    writeFileSync(join(folder, 'init.sql'), user, { mode: 0o644 });
    const places = [`--socket=${folder}/s`, `--pid-file=${folder}/pid`, `--init-file=${folder}/init.sql`];
    const flags = [...data, ...places, `--port=${port}`, '--bind-address=127.0.0.1', '--skip-name-resolve'];
    child = spawn(mariadbd!, flags, { ...options, stdio: 'ignore' });
    await started(child, url);
  }, 60_000);
  afterAll(async () => {
    const gone = new Promise(resolve => child.once('exit', resolve));
    child.kill('SIGKILL');
    await gone;
    rmSync(folder, { recursive: true, force: true });
  });

  test('answers SELECT 1, and an error to a wrong question', async () => {
    expect(await probe({ type: 'database', url })).toMatchObject({ outcome: 'up', seen: 'answered' });
    expect(await builtCheck(url)).toContain('answered');
    const wrong = await probe({ type: 'database', url, query: 'SELECT * FROM nowhere' });
    expect(wrong).toMatchObject({ outcome: 'down', seen: 'answered with an error' });
  });

  test('refuses a wrong password', async () => {
    const wrong = await probe({ type: 'database', url: url.replace('sesame-open', 'sesame-shut') });
    expect(wrong).toMatchObject({ outcome: 'down', seen: 'refused the login' });
    expect(JSON.stringify(wrong)).not.toContain('sesame-shut');
  });

  test('a question that takes too long', async () => {
    const slow = await probe({ type: 'database', url, query: 'SELECT SLEEP(30)', timeout: '300ms' });
    expect(slow).toMatchObject({ outcome: 'down', seen: 'timed out after 300 ms' });
  });
});
