// The last good text of the incident files and of status.yaml, for when they cannot be read or their folder is missing.
// Also which folder it was, and which files an operator gave up.
import type { Millis } from '../../core/model/time.ts';
import type { Db } from '../db/database.ts';
import { upsert } from '../db/dialect.ts';
import { readMeta, writeMeta } from '../db/meta.ts';

export interface KeptRecord {
  /** The identity of the incidents folder and its subfolders; null if there was none. */
  readonly folder: string | null;
  /** The original of each file that is a copy, both by path below the incidents folder. */
  readonly copies: Readonly<Record<string, string>>;
  /** The same of each file that was a copy and is an incident of its own. */
  readonly begun: Readonly<Record<string, string>>;
  /** Since when the folder has been missing; null if it is not. */
  readonly missingSince: Millis | null;
  /** The last good status.yaml; null if none was kept yet. */
  readonly site: string | null;
}

const STEP = 200;

export const NOTHING_KEPT: KeptRecord = {
  folder: null,
  copies: {},
  begun: {},
  missingSince: null,
  site: null,
};

/** All kept texts, by path below the incidents folder. */
export async function readKeptFiles(db: Db): Promise<Map<string, string>> {
  const rows = await db.selectFrom('kept_files').selectAll().orderBy('name').execute();
  return new Map(rows.map(({ name, text }) => [name, text]));
}

export async function readKept(db: Db): Promise<KeptRecord> {
  const text = await readMeta(db, 'kept');
  return text === null ? NOTHING_KEPT : { ...NOTHING_KEPT, ...(JSON.parse(text) as Partial<KeptRecord>) };
}

/** Stores and removes kept texts and updates the other values, in one transaction. */
export async function changeKeptFiles(
  db: Db,
  texts: ReadonlyMap<string, string>,
  gone: readonly string[],
  kept: KeptRecord,
): Promise<void> {
  await db.transaction().execute(async trx => {
    const rows = [...texts].map(([name, text]) => ({ name, text }));
    for (let at = 0; at < rows.length; at += STEP) {
      await upsert(trx, 'kept_files', rows.slice(at, at + STEP));
    }
    await dropFiles(trx, gone);
    await writeMeta(trx, 'kept', JSON.stringify(kept));
  });
}

/** Removes kept files, and signals this to a running server by storing `now`, epoch ms. */
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

/** When an operator last gave up missing files, as stored; null if never. Changes each time. */
export function readForgotten(db: Db): Promise<string | null> {
  return readMeta(db, 'forgotten');
}
