// Incident files waiting for a git commit: recorded before they are written, removed once committed.
import type { Db } from '../db/database.ts';

interface Uncommitted {
  /** Relative to the incidents folder. */
  readonly name: string;
  readonly author: 'machine' | 'api';
  /** The file's text when first recorded; null if it did not exist. */
  readonly before: string | null;
}

export async function readUncommitted(db: Db): Promise<Uncommitted[]> {
  return db.selectFrom('uncommitted').selectAll().orderBy('name').execute();
}

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
