// `backup` while the server runs, `restore` while it does not: whole and checked, nothing overwritten unasked.
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import Sqlite from '#sqlite';
import { backup as commands } from '../../src/cli/backup.ts';
import type { Cli } from '../../src/cli/shared/command.ts';
import { readEnvironment } from '../../src/config/environment.ts';
import { openDatabase } from '../../src/store/db/database.ts';
import { openWorld, SECRET, subscribed, type World } from '../walks/world.ts';

const [backup, restore] = commands as [(typeof commands)[number], (typeof commands)[number]];
const INCIDENT = (title: string) => `---
title: ${title}
status: investigating
severity: major
started: 2026-03-10T12:00:00Z
---
Words.
`;

/** A terminal in the folder of a world, or of any. */
function terminal(dir: string, clock: () => number = () => Date.UTC(2026, 2, 10, 12), secret = SECRET) {
  const said = { out: '', err: '' };
  const { value: env } = readEnvironment(secret ? { SECRET: secret } : {}, dir);
  const cli: Cli = {
    env: env!,
    cwd: dir,
    clock,
    out: text => {
      said.out += `${text}\n`;
    },
    err: text => {
      said.err += `${text}\n`;
    },
    interactive: false,
  };
  return { cli, said };
}

const ask = (file: string, sql: string) => {
  const sqlite = new Sqlite(file, { readonly: true });
  const found = sqlite.prepare(sql).pluck().all();
  sqlite.close();
  return found;
};

/** Writes to the database of a world without pause, as a server under load does. */
function busyWriter(world: World): () => number {
  const sqlite = new Sqlite(path.join(world.dir, 'data', 'status.db'), { timeout: 1000 });
  let written = 0;
  const timer = setInterval(() => {
    sqlite.prepare("INSERT INTO meta VALUES ('busy' || ?, ?)").run(++written, 'x'.repeat(2000));
  }, 1);
  onTestFinished(() => {
    clearInterval(timer);
    sqlite.close();
  });
  return () => written;
}

describe('backup', () => {
  test('of a running server, while it is written to: one moment, whole, for this user alone', async () => {
    const world = await openWorld();
    await subscribed(world, 'ann@example.com');
    const written = busyWriter(world);
    await expect.poll(written).toBeGreaterThan(20);
    const { cli, said } = terminal(world.dir);
    expect(await backup.run(['copy.db'], cli)).toBe(0);
    const file = path.join(world.dir, 'copy.db');
    expect(said.out).toMatch(/^copy\.db: \d+\.\d MB, checked\n$/);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(ask(file, 'PRAGMA integrity_check')).toEqual(['ok']);
    expect(ask(file, 'SELECT address FROM subscribers')).toEqual(['ann@example.com']);
    const [count] = ask(file, "SELECT COUNT(*) FROM meta WHERE name LIKE 'busy%'") as [number];
    expect(count).toBeGreaterThan(20);
    expect(readdirSync(world.dir).filter(name => name.includes('copy'))).toEqual(['copy.db']);
  });

  test('refuses a name that is taken, unless it is forced; then it is replaced in one step', async () => {
    const world = await openWorld();
    const { cli } = terminal(world.dir);
    writeFileSync(path.join(world.dir, 'copy.db'), 'mine');
    await expect(backup.run(['copy.db'], cli)).rejects.toThrow(
      /this file already exists — choose another name, or use --force/,
    );
    expect(readFileSync(path.join(world.dir, 'copy.db'), 'utf8')).toBe('mine');
    expect(await backup.run(['copy.db', '--force'], cli)).toBe(0);
    expect(ask(path.join(world.dir, 'copy.db'), 'PRAGMA integrity_check')).toEqual(['ok']);
  });

  test('two to one place at the same time, as when cron overtakes itself: both are whole, the later stays', async () => {
    const world = await openWorld();
    const { cli } = terminal(world.dir);
    const both = ['copy.db', '--force'];
    expect(await Promise.all([backup.run(both, cli), backup.run(both, cli)])).toEqual([0, 0]);
    expect(ask(path.join(world.dir, 'copy.db'), 'PRAGMA integrity_check')).toEqual(['ok']);
    expect(readdirSync(world.dir).filter(name => name.includes('copy'))).toEqual(['copy.db']);
  });

  test('says how far it is when it takes long, and what belongs with it', async () => {
    const world = await openWorld();
    let now = 0;
    const large = { name: 'large', value: 'x'.repeat(40_000_000) };
    const db = openDatabase(path.join(world.dir, 'data', 'status.db'));
    await db.insertInto('meta').values(large).execute();
    await db.destroy();
    const tick = () => {
      now += 700;
      return now;
    };
    const { cli, said } = terminal(world.dir, tick, '');
    expect(await backup.run(['copy.db'], cli)).toBe(0);
    expect(said.err).toMatch(/^(\d+ % of \d+\.\d MB\n){2,}$/);
    expect(said.out).toContain('Keep data/secret with the copy');
  });

  test('without a database, into a folder that is not there: refused in words', async () => {
    const world = await openWorld();
    const { cli } = terminal(path.join(world.dir, 'status'));
    await expect(backup.run(['copy.db'], cli)).rejects.toThrow(/there is no database yet/);
    await expect(backup.run(['no/copy.db'], terminal(world.dir).cli)).rejects.toThrow(
      /no: there is no such folder — create it first/,
    );
    await expect(backup.run([], cli)).rejects.toThrow('Give the name of one file.');
  });
});

describe('restore', () => {
  /** A world with two subscribers of whom the backup knows one, stopped. */
  async function stopped() {
    const world = await openWorld();
    await subscribed(world, 'ann@example.com');
    const { cli } = terminal(world.dir);
    await backup.run(['copy.db'], cli);
    await subscribed(world, 'bob@example.com');
    return { world, cli };
  }
  const data = (world: World, ...names: string[]) => path.join(world.dir, 'data', ...names);

  test('while a server runs it is refused, and nothing changes', async () => {
    const { world, cli } = await stopped();
    await expect(restore.run(['copy.db'], cli)).rejects.toThrow(
      /a server is running on this database — stop it/,
    );
    expect(ask(data(world, 'status.db'), 'SELECT COUNT(*) FROM subscribers')).toEqual([2]);
    expect(existsSync(data(world, 'backups'))).toBe(false);
  });

  test('puts the backup in place, keeps what was there, and mails nobody twice', async () => {
    const { world } = await stopped();
    await world.write('20260310_one.md', INCIDENT('One'));
    await world.pass(2, 1);
    const emails = () => world.mails.filter(mail => mail.subject?.includes('One')).length;
    expect(emails()).toBe(2);
    // An email that waited when the backup was made.
    const copy = new Sqlite(path.join(world.dir, 'copy.db'));
    copy.exec(`INSERT INTO announcements (ref, incident_id, key, seen_at) VALUES ('old', 'i', 'k', 1);
      INSERT INTO deliveries (kind, ref, subscriber_id, state, due_at, created_at)
        SELECT 'update', 'old', id, 'pending', 1, 1 FROM subscribers;
      INSERT INTO subscribers (id, channel, address, address_key, state, nonce, created_at)
        VALUES ('hook', 'webhook', 'https://x.invalid/', 'k', 'confirmed', 'n', 1);
      INSERT INTO deliveries (channel, kind, ref, subscriber_id, state, due_at, created_at)
        VALUES ('webhook', 'update', 'old', 'hook', 'pending', 1, 1)`);
    copy.close();
    const { cli, said } = terminal(world.dir);
    await world.restart(async () => {
      expect(await restore.run(['copy.db'], cli)).toBe(0);
    });
    expect(said.out).toMatch(
      /1 subscriber, schema \d+\nThe old database is kept: data\/backups\/replaced-20260310T120000Z\.db\n2 emails waiting in the backup: held until .*outbox retry.*\nStart the server\.\n/,
    );
    await world.pass(60, 1);
    expect(emails()).toBe(2);
    expect(
      ask(data(world, 'backups', 'replaced-20260310T120000Z.db'), 'SELECT COUNT(*) FROM subscribers'),
    ).toEqual([2]);
    expect(
      ask(data(world, 'status.db'), "SELECT error FROM deliveries WHERE ref = 'old' AND channel = 'email'"),
    ).toEqual(['held since the backup was restored']);
    expect(
      ask(data(world, 'status.db'), "SELECT state || attempts FROM deliveries WHERE channel = 'webhook'"),
    ).toEqual(['given_up0']);
    // The page goes on from there.
    await world.write('20260310_two.md', INCIDENT('Two'));
    await world.pass(2, 1);
    expect(world.mails.filter(mail => mail.subject?.includes('Two'))).toHaveLength(1);
  });

  test('with --resume what waits goes out, and news since is told', async () => {
    const { world, cli } = await stopped();
    const { said } = terminal(world.dir);
    await world.restart(async () => {
      expect(await restore.run(['copy.db', '--resume'], cli)).toBe(0);
      await world.write('20260310_one.md', INCIDENT('One'));
    });
    await world.pass(2, 1);
    expect(said.err).toBe('');
    expect(world.mails.filter(mail => mail.subject?.includes('One'))).toHaveLength(1);
  });

  test.each([
    ['damaged', (file: string) => damage(file), /is damaged/],
    ['no database', (file: string) => writeFileSync(file, 'words, words, words'), /damaged|not a SQLite/],
    ['of a newer version', (file: string) => exec(file, 'PRAGMA user_version = 999'), /newer version/],
    ['of a version before 1.0', (file: string) => exec(file, 'PRAGMA user_version = 2'), /before 1\.0/],
    [
      "another application's",
      (file: string) => exec(file, 'PRAGMA application_id = 7'),
      /another application/,
    ],
  ])('a backup that is %s is refused, and nothing changes', async (_name, spoil, said) => {
    const { world, cli } = await stopped();
    spoil(path.join(world.dir, 'copy.db'));
    await world.restart(async () => {
      const before = readFileSync(data(world, 'status.db'));
      await expect(restore.run(['copy.db'], cli)).rejects.toThrow(said);
      await expect(restore.run(['copy.db'], cli)).rejects.toThrow(
        /copy\.db: .* — use another backup; nothing was changed/,
      );
      expect(readFileSync(data(world, 'status.db')).equals(before)).toBe(true);
      expect(readdirSync(data(world)).filter(name => name.includes('tmp'))).toEqual([]);
    });
    expect(ask(data(world, 'status.db'), 'SELECT COUNT(*) FROM subscribers')).toEqual([2]);
  });

  test('over a damaged database, with its log: the new one is not mixed with it', async () => {
    const { world, cli } = await stopped();
    await world.restart(async () => {
      writeFileSync(data(world, 'status.db'), 'spoilt');
      writeFileSync(data(world, 'status.db-wal'), 'a log of other times');
      expect(await restore.run(['copy.db'], cli)).toBe(0);
    });
    expect(ask(data(world, 'status.db'), 'SELECT address FROM subscribers')).toEqual(['ann@example.com']);
    expect(readFileSync(data(world, 'backups', 'replaced-20260310T120000Z.db-wal'), 'utf8')).toBe(
      'a log of other times',
    );
  });
});

test('an empty database can be backed up and restored', async () => {
  const world = await openWorld();
  const { cli } = terminal(world.dir);
  await backup.run(['copy.db'], cli);
  const db = openDatabase(path.join(world.dir, 'copy.db'));
  expect(await db.selectFrom('subscribers').selectAll().execute()).toEqual([]);
  await db.destroy();
});

function exec(file: string, sql: string): void {
  const sqlite = new Sqlite(file);
  sqlite.exec(sql);
  sqlite.close();
}

function damage(file: string): void {
  const bytes = readFileSync(file);
  bytes.fill(0x5a, 4096 * 4, 4096 * 30);
  writeFileSync(file, bytes);
}
