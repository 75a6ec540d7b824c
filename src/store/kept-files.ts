// Kept files: the last good text of what is not over, so that a restart does not forget what a bad edit hides.
import type { Db } from './database.ts';

/** All there are, by path below the incidents folder. */
export async function readKeptFiles(db: Db): Promise<Map<string, string>> {
  const rows = await db.selectFrom('kept_files').selectAll().execute();
  return new Map(rows.map(({ name, text }) => [name, text]));
}

/** Keeps these texts and forgets those files, in one transaction. */
export async function changeKeptFiles(
  db: Db,
  texts: ReadonlyMap<string, string>,
  over: readonly string[],
): Promise<void> {
  await db.transaction().execute(async trx => {
    for (const [name, text] of texts) {
      await trx
        .insertInto('kept_files')
        .values({ name, text })
        .onConflict(conflict => conflict.column('name').doUpdateSet({ text }))
        .execute();
    }
    for (const name of over) await trx.deleteFrom('kept_files').where('name', '=', name).execute();
  });
}
