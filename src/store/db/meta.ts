// Single values in the database, by name.
import type { Db } from './database.ts';

export async function readMeta(db: Db, name: string): Promise<string | null> {
  const query = db.selectFrom('meta').select('value').where('name', '=', name);
  return (await query.executeTakeFirst())?.value ?? null;
}

export async function writeMeta(db: Db, name: string, value: string): Promise<void> {
  await db.replaceInto('meta').values({ name, value }).execute();
}
