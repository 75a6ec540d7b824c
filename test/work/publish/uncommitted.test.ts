// The ledger: what is noted while git commits, and not written yet, is not forgotten.
import { sql } from 'kysely';
import { expect, test } from 'vitest';
import { StorageFault } from '../../../src/core/model/ports/storage.ts';
import { openDatabase } from '../../../src/store/db/database.ts';
import { readUncommitted } from '../../../src/store/incidents/uncommitted.ts';
import { UncommittedFiles } from '../../../src/work/publish/uncommitted.ts';

const FILE = { name: 'a.md', author: 'machine', before: null, after: 'text' } as const;

async function openLedger() {
  const db = openDatabase(':memory:');
  const noted = async () => (await readUncommitted(db)).map(({ name }) => name);
  return { ledger: await UncommittedFiles.open(db), noted };
}

test.each([true, false])(
  'a commit while a file is noted and not yet written; it was written: %s',
  async isWritten => {
    const { ledger, noted } = await openLedger();
    let finish = (_: boolean) => {};
    const written = ledger.write(FILE, () => new Promise(resolve => (finish = resolve)));
    await new Promise(resolve => setImmediate(resolve));
    // git sees nothing of it yet, and says so.
    await ledger.forget(['a.md']);
    finish(isWritten);
    expect(await written).toBe(isWritten);
    expect(ledger.list().map(({ name }) => name)).toEqual(isWritten ? ['a.md'] : []);
    expect(await noted()).toEqual(isWritten ? ['a.md'] : []);
    await ledger.forget(['a.md']);
    expect([ledger.list(), await noted()]).toEqual([[], []]);
  },
);

test('a write that fails with an error leaves the file noted, and to be forgotten', async () => {
  const { ledger } = await openLedger();
  await expect(ledger.write(FILE, () => Promise.reject(new Error('disk')))).rejects.toThrow('disk');
  // How far it came is not known: whatever the file holds is what was written.
  expect(ledger.list()).toEqual([{ ...FILE, after: null }]);
  await ledger.forget(['a.md']);
  expect(ledger.list()).toEqual([]);
});

test('a write that a missing folder refuses changes nothing of what was noted before', async () => {
  const { ledger } = await openLedger();
  const one = { name: 'a.md', author: 'api', before: 'zero', after: 'one' } as const;
  await ledger.write(one, async () => true);
  const refused = Object.assign(new Error('missing'), { code: 'MISSING' });
  const two = { name: 'a.md', author: 'machine', before: 'one', after: 'two' } as const;
  await expect(ledger.write(two, () => Promise.reject(refused))).rejects.toThrow('missing');
  expect(ledger.list()).toEqual([one]);
});

test('what the database does not take is given again, and what it did not give is read again', async () => {
  const db = openDatabase(':memory:');
  const full = (is: boolean) => sql.raw(`pragma query_only = ${is ? 1 : 0}`).execute(db);
  const noted = async () => (await readUncommitted(db)).map(({ name, before }) => [name, before]);
  const ledger = await UncommittedFiles.open(db);
  await full(true);
  await ledger.write(FILE, async () => true);
  await ledger.save();
  expect(await noted()).toEqual([]);
  await full(false);
  await ledger.save();
  expect(await noted()).toEqual([['a.md', null]]);
  // Forgotten while the disk is full, and written anew: the text before is that of then.
  await full(true);
  await ledger.forget(['a.md']);
  await full(false);
  await ledger.write({ ...FILE, before: 'text', after: 'more' }, async () => true);
  expect(await noted()).toEqual([['a.md', 'text']]);
});

test('what an earlier process noted is known as soon as the database can be read', async () => {
  const db = openDatabase(':memory:');
  await (await UncommittedFiles.open(db)).write({ ...FILE, before: 'zero' }, async () => true);
  let isBroken = true;
  const broken = new Proxy(db, {
    get: (of, key) => {
      if (key === 'selectFrom' && isBroken) throw new StorageFault('io', 'SQLITE_IOERR');
      const found = Reflect.get(of, key);
      return typeof found === 'function' ? found.bind(of) : found;
    },
  });
  const ledger = await UncommittedFiles.open(broken);
  await ledger.write({ ...FILE, before: 'text', after: 'more' }, async () => true);
  expect(ledger.list()).toEqual([{ ...FILE, before: 'text', after: 'more' }]);
  isBroken = false;
  await ledger.save();
  expect(ledger.list()).toEqual([{ ...FILE, before: 'zero', after: null }]);
});
