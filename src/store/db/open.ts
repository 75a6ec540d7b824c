// Opens the database of an environment, SQLite or PostgreSQL, for those who work beside the server.
import { existsSync } from 'node:fs';
import type { PostgresPlace } from '../../core/model/ports/storage.ts';
import { type Db, openDatabase } from './database.ts';
import { openBesideServer } from './postgres/open.ts';

interface DatabasePlace {
  readonly databaseFile: string;
  readonly postgres: PostgresPlace | null;
  /** Always set on PostgreSQL. */
  readonly secret: string | null;
}

/** Null if there is none yet. Throws DatabaseRefused. */
export async function openExisting({ databaseFile, postgres, secret }: DatabasePlace): Promise<Db | null> {
  if (postgres) return openBesideServer(postgres, secret ?? '', false);
  return existsSync(databaseFile) ? openDatabase(databaseFile) : null;
}

/** Creates it if there is none. The folder of a file must be there. Throws DatabaseRefused. */
export async function openOrCreate({ databaseFile, postgres, secret }: DatabasePlace): Promise<Db> {
  if (postgres) return (await openBesideServer(postgres, secret ?? '', true)) as Db;
  return openDatabase(databaseFile);
}
