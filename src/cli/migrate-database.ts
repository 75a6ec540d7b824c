// `migrate-database FROM TO`: moves everything from SQLite to PostgreSQL, or back, while no server runs.
import { existsSync } from 'node:fs';
import path from 'node:path';
import { foundSecret } from '../config/secret.ts';
import { makeDataFolder } from '../content/make-folder.ts';
import { postgresPlace, readDatabaseUrl, readSchemaName } from '../core/model/ports/database-url.ts';
import { DatabaseRefused, type PostgresPlace } from '../core/model/ports/storage.ts';
import { printProblem } from '../core/model/problem.ts';
import { SECOND } from '../core/model/time.ts';
import { count } from '../core/text/count.ts';
import { CopyFailed, copyDatabase } from '../store/db/copy.ts';
import { type Db, openDatabase } from '../store/db/database.ts';
import { takeLock } from '../store/db/lock.ts';
import { openAlone } from '../store/db/postgres/open.ts';
import { type Cli, type Command, command, Refused, shown } from './shared/command.ts';

/** A database of which this process is the only user. */
interface Held {
  readonly name: string;
  readonly db: Db;
  close(): Promise<void>;
}

type MovedDatabase = { readonly file: string } | { readonly place: PostgresPlace };

export const migrateDatabase: Command = command(
  {
    name: 'migrate-database',
    usage: 'FROM TO',
    summary: 'move everything from SQLite to PostgreSQL, or back, while no server runs',
    help: 'FROM and TO are written as in DATABASE_URL: sqlite:PATH or postgres://USER:PASSWORD@HOST:5432/DATABASE. On\nPostgreSQL the tables are in DATABASE_SCHEMA (public). TO must be empty, or not exist. Every table is read again\nfrom the copy and compared, by its number of rows and a checksum; if one differs, TO stays empty. FROM is not\nchanged. The addresses may be in the environment, so that no password stands on the command line:\n`migrate-database sqlite:data/status.db "$NEW_URL"`.',
    lacking: 'Give both databases: FROM and TO.',
    example: 'sqlite:data/status.db postgres://status:PASSWORD@db.internal:5432/status',
  },
  async ({ words: [from = '', to = ''] }, cli) => {
    const [source, target] = [addressOf(from, 'FROM', cli), addressOf(to, 'TO', cli)];
    if ('file' in source && !existsSync(source.file))
      throw new Refused(`${shown(source.file, cli)}: there is no such database`);
    if (JSON.stringify(source) === JSON.stringify(target))
      throw new Refused('FROM and TO are the same database.');
    const secret = await secretFor([source, target], cli);
    const held: Held[] = [];
    try {
      for (const one of [source, target]) held.push(await hold(one, secret, cli));
      const [before, after] = held as [Held, Held];
      const copied = await copyDatabase(before.db, after.db, eachSecond(cli));
      for (const { table, rows } of copied) if (rows > 0) cli.out(`${table}: ${count(rows, 'row')}`);
      const all = copied.reduce((sum, { rows }) => sum + rows, 0);
      cli.out(`${count(all, 'row')} copied from ${before.name} to ${after.name}, and compared.`);
    } catch (error) {
      if (error instanceof DatabaseRefused) throw new Refused(printProblem(error.problem));
      if (error instanceof CopyFailed)
        throw new Refused(`${error.message} — nothing was copied; give an empty target`);
      throw error;
    } finally {
      for (const one of held) await one.close();
    }
    for (const line of nextSteps(target, cli)) cli.out(line);
    return 0;
  },
);

function addressOf(text: string, word: string, cli: Cli): MovedDatabase {
  const read = readDatabaseUrl(text);
  const schema = readSchemaName(cli.env.variables.DATABASE_SCHEMA?.trim() || 'public');
  if ('what' in read) throw new Refused(`${word}: ${read.what} — ${read.fix}`);
  if (typeof schema !== 'string') throw new Refused(`DATABASE_SCHEMA: ${schema.what} — ${schema.fix}`);
  return 'file' in read
    ? { file: path.resolve(cli.cwd, read.file) }
    : { place: postgresPlace(read.server, schema) };
}

/** PostgreSQL keeps a fingerprint of the secret. */
async function secretFor(addresses: readonly MovedDatabase[], { env }: Cli): Promise<string> {
  if (env.secret !== null || addresses.every(one => 'file' in one)) return env.secret ?? '';
  const { value } = await foundSecret(env.dataDir);
  if (value !== null) return value;
  throw new Refused(
    `There is no secret in ${env.dataDir} — set DATA_DIR to the server’s, or SECRET to what it uses`,
  );
}

async function hold(address: MovedDatabase, secret: string, cli: Cli): Promise<Held> {
  if ('place' in address) {
    const { db, close } = await openAlone(address.place, secret);
    return { name: address.place.shown, db, close };
  }
  const { file } = address;
  const { problems } = makeDataFolder(path.dirname(file));
  if (problems.length > 0) throw new Refused(problems.map(printProblem).join('\n'));
  const lock = takeLock(file);
  if (!lock) throw new DatabaseRefused(file, 'a server is running on this database', 'stop it first');
  try {
    const db = openDatabase(file, { locked: true });
    const close = async () => {
      await db.destroy();
      lock.release();
    };
    return { name: shown(file, cli), db, close };
  } catch (error) {
    lock.release();
    throw error;
  }
}

/** Prints the progress once a second, from the first second on. */
function eachSecond({ err }: Cli): (table: string, rows: number) => void {
  let next = performance.now() + SECOND;
  return (table, rows) => {
    if (performance.now() < next) return;
    next = performance.now() + SECOND;
    err(`${table}: ${count(rows, 'row')}`);
  };
}

function nextSteps(target: MovedDatabase, { env }: Cli): string[] {
  if ('file' in target) return ['Set DATABASE_URL to it (or leave it out), then start the server.'];
  const secret = env.secret === null ? ' and SECRET (the content of DATA_DIR/secret)' : '';
  return [`Set DATABASE_URL${secret}, then start the server. Keep the old file until all is well.`];
}
