// The ledger: what is noted while git commits, and not written yet, is not forgotten.
import { expect, test } from 'vitest';
import { openDatabase } from '../../../src/store/db/database.ts';
import { readUncommitted } from '../../../src/store/incidents/uncommitted.ts';
import { UncommittedFiles } from '../../../src/work/incidents/uncommitted.ts';

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
