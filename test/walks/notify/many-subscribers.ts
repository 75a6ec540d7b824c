// Many confirmed subscribers at once, straight into a database.
import type { Db } from '../../../src/store/db/database.ts';

/** Adds confirmed subscribers of everything, as another process would, and closes the database. */
export async function enrolled(db: Db, addresses: readonly string[], now: number): Promise<void> {
  const rows = addresses.map((address, i) => ({
    id: `reader${i.toString(36).padStart(5, '0')}`,
    address,
    address_key: address,
    state: 'confirmed' as const,
    nonce: 'n',
    created_at: now,
    confirmed_at: now,
    confirmed_seq: i + 1,
  }));
  await db.transaction().execute(async trx => {
    for (let i = 0; i < rows.length; i += 1000) {
      await trx
        .insertInto('subscribers')
        .values(rows.slice(i, i + 1000))
        .execute();
    }
    const value = String(addresses.length);
    await trx.updateTable('meta').set({ value }).where('name', '=', 'confirmed_seq').execute();
  });
  await db.destroy();
}
