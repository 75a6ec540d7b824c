// Kept files: the last good text of the incidents and of status.yaml, for when they cannot be read at a start or
// their folder is missing; which folder that was, and what an operator let go of.
import { existsSync } from 'node:fs';
import { DatabaseRefused } from '../../core/model/ports/storage.ts';
import type { Millis } from '../../core/model/time.ts';
import { type Db, openDatabase } from '../db/database.ts';
import { readMeta, writeMeta } from '../db/meta.ts';

/** What is kept beside the incidents' texts. */
export interface KeptRecord {
  /** Which incidents folder, and folders below, they were read from; null when there was none. */
  readonly folder: string | null;
  /** Since when that is missing; null while it is not. */
  readonly missingSince: Millis | null;
  /** The last good status.yaml; null when none was kept yet. */
  readonly site: string | null;
}

const STEP = 200;

export const NOTHING_KEPT: KeptRecord = { folder: null, missingSince: null, site: null };

/** All there are, by path below the incidents folder. */
export async function readKeptFiles(db: Db): Promise<Map<string, string>> {
  const rows = await db.selectFrom('kept_files').selectAll().execute();
  return new Map(rows.map(({ name, text }) => [name, text]));
}

export async function readKept(db: Db): Promise<KeptRecord> {
  const text = await readMeta(db, 'kept');
  return text === null ? NOTHING_KEPT : { ...NOTHING_KEPT, ...(JSON.parse(text) as Partial<KeptRecord>) };
}

/** The last good status.yaml that a server kept in the database `file`; null without one. Nothing is made. */
export async function readLastGoodSite(file: string): Promise<string | null> {
  if (!existsSync(file)) return null;
  try {
    const db = openDatabase(file);
    return (await readKept(db).finally(() => db.destroy())).site;
  } catch (error) {
    if (error instanceof DatabaseRefused) return null;
    throw error;
  }
}

/** Keeps these texts, forgets those files, and notes the rest, in one transaction. */
export async function changeKeptFiles(
  db: Db,
  texts: ReadonlyMap<string, string>,
  gone: readonly string[],
  kept: KeptRecord,
): Promise<void> {
  await db.transaction().execute(async trx => {
    const rows = [...texts].map(([name, text]) => ({ name, text }));
    for (let at = 0; at < rows.length; at += STEP) {
      await trx
        .replaceInto('kept_files')
        .values(rows.slice(at, at + STEP))
        .execute();
    }
    await dropFiles(trx, gone);
    await writeMeta(trx, 'kept', JSON.stringify(kept));
  });
}

/** Forgets these files, and lets a running server know by `now`, epoch ms. */
export async function forgetKeptFiles(db: Db, names: readonly string[], now: Millis): Promise<void> {
  await db.transaction().execute(async trx => {
    await dropFiles(trx, names);
    await writeMeta(trx, 'forgotten', String(now));
  });
}

async function dropFiles(db: Db, names: readonly string[]): Promise<void> {
  for (let at = 0; at < names.length; at += STEP) {
    await db
      .deleteFrom('kept_files')
      .where('name', 'in', names.slice(at, at + STEP))
      .execute();
  }
}

/** When an operator last let go of what was missing, as written; null when never. Changes with each time. */
export function readForgotten(db: Db): Promise<string | null> {
  return readMeta(db, 'forgotten');
}
