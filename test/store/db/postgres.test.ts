// PostgreSQL as the store: what cannot be used is refused in a sentence, and one writer writes at a time.
import { sql } from 'kysely';
import { describe, expect, onTestFinished, test } from 'vitest';
import { postgresPlace } from '../../../src/core/model/ports/database-url.ts';
import { DatabaseRefused, type PostgresPlace, StorageFault } from '../../../src/core/model/ports/storage.ts';
import { type Db, withoutFsync } from '../../../src/store/db/database.ts';
import { readMeta, writeMeta } from '../../../src/store/db/meta.ts';
import { currentSchema } from '../../../src/store/db/migrations.ts';
import { judgeServer } from '../../../src/store/db/postgres/inspect.ts';
import { Leadership } from '../../../src/store/db/postgres/leadership.ts';
import { openAlone, openAsLeader, openBesideServer } from '../../../src/store/db/postgres/open.ts';
import { connected, freshPlace, hasPostgres } from '../../postgres.ts';
import { poolerBefore } from './tcp-proxies.ts';

const SECRET = 'a secret of this test alone';

async function opened(place: PostgresPlace, secret = SECRET): Promise<Db> {
  const db = (await openBesideServer(place, secret, true)) as Db;
  onTestFinished(() => db.destroy());
  return db;
}

const changed = (place: PostgresPlace, change: (url: URL) => void): PostgresPlace => {
  const url = new URL(place.url);
  change(url);
  return postgresPlace(url.href, place.schema);
};

/** The sentence of a refusal. */
async function refusal(place: PostgresPlace, secret = SECRET): Promise<string> {
  const error = await openBesideServer(place, secret, true).then(
    () => null,
    (error: unknown) => error,
  );
  expect(error).toBeInstanceOf(DatabaseRefused);
  const { message } = error as DatabaseRefused;
  expect(message).not.toContain('sesame');
  return message;
}

describe.runIf(hasPostgres)('a PostgreSQL that cannot be used', () => {
  test('a wrong password, user or database, an unknown host, a port where nothing is', async () => {
    const place = await freshPlace();
    const wrong = (change: (url: URL) => void) => refusal(changed(place, change));
    expect(await wrong(url => Object.assign(url, { password: 'sesame-shut' }))).toMatch(
      /127\.0\.0\.1:\d+\/postgres\): PostgreSQL refuses the user or the password \(28P01\) — correct them in DATABASE_URL/,
    );
    expect(await wrong(url => Object.assign(url, { pathname: '/nowhere' }))).toMatch(
      /no database of this name \(3D000\) — create it with `createdb`/,
    );
    expect(await wrong(url => Object.assign(url, { hostname: 'db.invalid' }))).toMatch(
      /no host of this name \(ENOTFOUND|EAI_AGAIN\)/,
    );
    expect(await wrong(url => Object.assign(url, { port: '1' }))).toMatch(
      /PostgreSQL does not answer \(ECONNREFUSED\) — start it, or check host, port and firewall/,
    );
  });

  test('no rights in the schema, or in the database to make one', async () => {
    const place = await freshPlace();
    const client = await connected();
    const user = `u_${place.schema}`;
    await client.query(`CREATE ROLE ${user} LOGIN PASSWORD 'sesame-open'`);
    onTestFinished(async () => {
      await client.query(`DROP OWNED BY ${user}; DROP ROLE ${user}`);
      await client.end();
    });
    const poor = changed(place, url => Object.assign(url, { username: user }));
    expect(await refusal(poor)).toContain(
      `there is no schema “${place.schema}”, and this user may not create it — create it: \`CREATE SCHEMA`,
    );
    await client.query(`CREATE SCHEMA ${place.schema}`);
    expect(await refusal(poor)).toContain(
      `this user may not create tables in the schema “${place.schema}” — run \`GRANT USAGE, CREATE`,
    );
    await client.query(`GRANT USAGE, CREATE ON SCHEMA ${place.schema} TO ${user}`);
    await client.query(`ALTER ROLE ${user} SET default_transaction_read_only = on`);
    expect(await refusal(poor)).toContain('this user may only read');
    await client.query(`ALTER ROLE ${user} RESET ALL`);
    await (await opened(poor)).destroy();
  });

  test('another site’s database, tables of another program, a newer schema', async () => {
    const place = await freshPlace();
    const db = await opened(place);
    expect(await refusal(place, 'the secret of another site')).toContain(
      `the schema “${place.schema}” belongs to another site, or SECRET is another one than before — set SECRET as before`,
    );
    await sql`UPDATE status_live SET version = 999`.execute(db);
    expect(await refusal(place)).toContain(
      `a newer version (schema 999, this program supports ${currentSchema()}) — install that version again`,
    );
    const other = await freshPlace();
    const client = await connected();
    onTestFinished(() => client.end());
    await client.query(`CREATE SCHEMA ${other.schema} CREATE TABLE components (id TEXT)`);
    expect(await refusal(other)).toContain('has tables of another program (42P07) — set DATABASE_SCHEMA');
    const { rows } = await client.query(
      `SELECT 1 FROM pg_tables WHERE schemaname = $1 AND tablename = 'meta'`,
      [other.schema],
    );
    expect(rows).toEqual([]);
  });

  test('a pooler of transactions', async () => {
    const place = await freshPlace();
    const behind = postgresPlace(await poolerBefore(place.url), place.schema);
    expect(await refusal(behind)).toContain(
      'a pooler in front of PostgreSQL shares connections between transactions, which breaks the lock of the leader — connect to PostgreSQL itself',
    );
  });
});

test('an old server and a read-only standby are refused', () => {
  const place = postgresPlace('postgres://u:p@h:5432/d', 'public');
  const server = {
    version: 150004,
    recovering: false,
    readonly: 'off',
    usable: true,
    creatable: true,
    may_create_schema: true,
    has_tables: false,
  };
  expect(() => judgeServer(server, place)).not.toThrow();
  expect(() => judgeServer({ ...server, version: 140011 }, place)).toThrow(
    'DATABASE_URL (h:5432/d): this is PostgreSQL 14, and 15 is the oldest that is supported — use PostgreSQL 15 or newer',
  );
  expect(() => judgeServer({ ...server, recovering: true }, place)).toThrow(
    'this PostgreSQL is a read-only standby — name the primary server in DATABASE_URL',
  );
});

describe.runIf(hasPostgres)('writers', () => {
  test('several at once make the tables once', async () => {
    const place = await freshPlace();
    const all = await Promise.allSettled(Array.from({ length: 5 }, () => opened(place)));
    // Some may have found another at work, and say so.
    const refused = all.flatMap(one => (one.status === 'rejected' ? [String(one.reason)] : []));
    for (const said of refused) expect(said).toContain('a server is running on this database');
    expect(refused.length).toBeLessThan(5);
    const db = await opened(place);
    expect(await readMeta(db, 'confirmed_seq')).toBe('0');
  });

  test('an older schema is migrated, while no server leads', async () => {
    const place = await freshPlace();
    const db = await opened(place);
    await sql`ALTER TABLE rollups DROP COLUMN imported`.execute(db);
    await sql`UPDATE status_live SET version = 100`.execute(db);
    await db.destroy();
    const again = await opened(place);
    const { rows } =
      await sql`SELECT version, (SELECT count(imported) FROM rollups) AS n FROM status_live`.execute(again);
    expect(rows).toEqual([{ version: currentSchema(), n: 0 }]);
  });

  test('count together without losing one, in transactions and beside them', async () => {
    const place = await freshPlace();
    const [one, two] = [await opened(place), await opened(place)];
    await writeMeta(one, 'n', '0');
    const add = (db: Db) =>
      db.transaction().execute(async trx => {
        await writeMeta(trx, 'n', String(Number(await readMeta(trx, 'n')) + 1));
      });
    await Promise.all(Array.from({ length: 40 }, (_, i) => add([one, withoutFsync(two)][i % 2]!)));
    expect(await readMeta(one, 'n')).toBe('40');
  });

  test('a text with a NUL is kept but for that sign', async () => {
    const db = await opened(await freshPlace());
    await writeMeta(db, 'text', 'a\0b');
    expect(await readMeta(db, 'text')).toBe('a\ufffdb');
  });

  test('an error within a transaction undoes it, and the next one works', async () => {
    const db = await opened(await freshPlace());
    const failing = db.transaction().execute(async trx => {
      await writeMeta(trx, 'a', '1');
      await sql`SELECT 1/0`.execute(trx);
    });
    await expect(failing).rejects.toThrow('division by zero');
    expect(await readMeta(db, 'a')).toBeNull();
    await writeMeta(db, 'a', '2');
    expect(await readMeta(db, 'a')).toBe('2');
  });
});

describe.runIf(hasPostgres)('the leader', () => {
  const led = async (place: PostgresPlace, said = { deposed: '', standingBy: 0 }) => {
    const leadership = await Leadership.take(place, SECRET, {
      standingBy: () => said.standingBy++,
      changed() {},
      deposed: why => {
        said.deposed = why;
      },
    });
    const db = await openAsLeader(place, leadership, () => {});
    onTestFinished(async () => {
      await db.destroy();
      await leadership.close();
    });
    return { leadership, db, said };
  };

  test('of an older epoch cannot write, and is told', async () => {
    const place = await freshPlace();
    const { db, leadership, said } = await led(place);
    await writeMeta(db, 'a', '1');
    await sql`UPDATE status_live_leader SET epoch = epoch + 1`.execute(db);
    await expect(writeMeta(db, 'a', '2')).rejects.toBeInstanceOf(StorageFault);
    await expect(db.transaction().execute(trx => writeMeta(trx, 'a', '3'))).rejects.toBeInstanceOf(
      StorageFault,
    );
    expect(said.deposed).toBe('another process leads since (epoch 2, this one had 1)');
    expect(leadership.holds()).toBe(false);
    const beside = await opened(place);
    expect(await readMeta(beside, 'a')).toBe('1');
  });

  test('whose session is ended takes the lock again, with the same epoch, if nobody led meanwhile', async () => {
    const place = await freshPlace();
    const { db, leadership, said } = await led(place);
    const client = await connected();
    onTestFinished(() => client.end());
    await client.query('SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = $1', [
      leadership.name,
    ]);
    await expect.poll(() => leadership.holds()).toBe(false);
    await expect(writeMeta(db, 'a', '1')).rejects.toBeInstanceOf(StorageFault);
    await expect.poll(() => leadership.holds(), { timeout: 5000 }).toBe(true);
    await writeMeta(db, 'a', '2');
    expect([said.deposed, leadership.epoch]).toEqual(['', 1]);
  });

  test('hands over when it ends; no command takes its database as its own meanwhile', async () => {
    const place = await freshPlace();
    const first = await led(place);
    await expect(openAlone(place, SECRET)).rejects.toThrow(
      'a server is running on this database — stop it first',
    );
    const waiting = { deposed: '', standingBy: 0 };
    const next = led(place, waiting);
    await writeMeta(first.db, 'a', '1');
    await expect.poll(() => waiting.standingBy).toBe(1);
    await first.db.destroy();
    await first.leadership.close();
    const { leadership, db, said } = await next;
    expect([leadership.epoch, said.standingBy, await readMeta(db, 'a')]).toEqual([2, 1, '1']);
  });
});
