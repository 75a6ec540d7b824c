// Incident files that are to be committed to git: noted before they are written, forgotten once they are committed.
import type { Db } from '../db/database.ts';

export interface Uncommitted {
  /** Relative to the incidents folder. */
  readonly name: string;
  readonly author: 'machine' | 'api';
  /** The text it had when it was first noted; null when it was to be made. */
  readonly before: string | null;
}

/** All there are, in the order of their names. */
export async function readUncommitted(db: Db): Promise<Uncommitted[]> {
  return db.selectFrom('uncommitted').selectAll().orderBy('name').execute();
}

/** Notes a file, in place of what was noted of it. */
export async function noteUncommitted(db: Db, { name, author, before }: Uncommitted): Promise<void> {
  await db
    .insertInto('uncommitted')
    .values({ name, author, before })
    .onConflict(conflict => conflict.column('name').doUpdateSet({ author, before }))
    .execute();
}

export async function forgetUncommitted(db: Db, names: readonly string[]): Promise<void> {
  if (names.length > 0)
    await db
      .deleteFrom('uncommitted')
      .where('name', 'in', [...names])
      .execute();
}
