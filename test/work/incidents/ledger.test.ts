// The ledger: what is noted while git commits, and not written yet, is not forgotten.
import { expect, test } from 'vitest';
import { makeLedger } from '../../../src/work/incidents/uncommitted.ts';

const FILE = { name: 'a.md', author: 'machine', before: null, after: 'text' } as const;

function openLedger() {
  const noted = new Set<string>();
  const ledger = makeLedger([], {
    async note({ name }) {
      noted.add(name);
    },
    async forget(names) {
      for (const name of names) noted.delete(name);
    },
  });
  return { ledger, noted };
}

test.each([true, false])(
  'a commit while a file is noted and not yet written; it was written: %s',
  async isWritten => {
    const { ledger, noted } = openLedger();
    let finish = (_: boolean) => {};
    const written = ledger.written(FILE, () => new Promise(resolve => (finish = resolve)));
    await new Promise(resolve => setImmediate(resolve));
    // git sees nothing of it yet, and says so.
    await ledger.forget(['a.md']);
    finish(isWritten);
    expect(await written).toBe(isWritten);
    expect(ledger.list().map(({ name }) => name)).toEqual(isWritten ? ['a.md'] : []);
    expect([...noted]).toEqual(isWritten ? ['a.md'] : []);
    await ledger.forget(['a.md']);
    expect([ledger.list(), [...noted]]).toEqual([[], []]);
  },
);

test('a write that fails with an error leaves the file noted, and to be forgotten', async () => {
  const { ledger } = openLedger();
  await expect(ledger.written(FILE, () => Promise.reject(new Error('disk')))).rejects.toThrow('disk');
  expect(ledger.list()).toEqual([FILE]);
  await ledger.forget(['a.md']);
  expect(ledger.list()).toEqual([]);
});
