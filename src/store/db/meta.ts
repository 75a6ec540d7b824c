// Single values in the database, by name.
import type { Db } from './database.ts';
import { upsert } from './dialect.ts';

export async function readMeta(db: Db, name: string): Promise<string | null> {
  const query = db.selectFrom('meta').select('value').where('name', '=', name);
  return (await query.executeTakeFirst())?.value ?? null;
}

export async function writeMeta(db: Db, name: string, value: string): Promise<void> {
  await upsert(db, 'meta', [{ name, value }]);
}

/** A value that outlives a restart: read once, `first` if there is none, and written when it changes. */
export function remembered<Value>(db: Db, name: string, first: Value) {
  let text: string | undefined;
  return {
    async get(): Promise<Value> {
      text ??= (await readMeta(db, name)) ?? JSON.stringify(first);
      return JSON.parse(text) as Value;
    },
    async set(value: Value): Promise<void> {
      const next = JSON.stringify(value);
      const isSame = next === text;
      text = next;
      if (!isSame) await writeMeta(db, name, next);
    },
  };
}
