// Announcing much at once: some updates at a time, and nothing of what a new database finds.
import { expect, onTestFinished, test } from 'vitest';
import { openDatabase } from '../../../src/store/db/database.ts';
import { endFirstRound, seenUpdates } from '../../../src/store/notify/announcements.ts';
import { Announcer } from '../../../src/work/notify/announce.ts';
import { incident, NOW, shown, snapshot, update } from '../../makers.ts';

const MANY = Array.from({ length: 300 }, (_, n) => {
  const updates = [0, 1, 2].map(at => ({
    ...update(NOW - 1000 + at, 'investigating', `${n} ${at}`),
    key: `${at} of ${n}`,
  }));
  return shown(incident(`i${n}`, { started: NOW - 1000, updates }));
});

async function noted() {
  const sizes: number[] = [];
  const announced: string[] = [];
  let known = 0;
  let turns = 0;
  let going = true;
  const count = () => {
    turns++;
    if (going) setImmediate(count);
  };
  // Each transaction ends with a write that is told.
  const db = openDatabase(':memory:', { onWrite: () => sizes.push(announced.length) });
  onTestFinished(() => db.destroy());
  await endFirstRound(db, NOW - 1000);
  sizes.length = 0;
  const info = (fields: object) => {
    if ('update' in fields) announced.push(fields.update as string);
  };
  const log = { debug() {}, info, warn() {}, error() {} };
  const announcer = await Announcer.open({ db, clock: () => NOW, log, ...WHOLE });
  setImmediate(count);
  const now = { ...snapshot([]), incidents: MANY };
  await announcer.note(now, NOW);
  going = false;
  known = sizes.length;
  await announcer.note(now, NOW);
  expect(sizes).toHaveLength(known);
  expect((await seenUpdates(db)).size).toBe(900);
  return { steps: known, announced, turns };
}

const WHOLE = { folder: { isBeingWritten: () => false }, isClockUnsure: () => false };

test('news of many files is noted some at a time, and others have their turn between', async () => {
  const { steps, announced, turns } = await noted();
  expect(announced).toHaveLength(900);
  const times = announced.map(key => key.slice(0, 1));
  expect(times).toEqual([...times].sort());
  expect(steps).toBe(900 / 20);
  expect(turns).toBeGreaterThanOrEqual(10);
});

test('what a crash left out of the first round of a database is no news after it', async () => {
  let writes = 0;
  const db = openDatabase(':memory:', {
    onWrite: () => {
      if (++writes === 3) throw new Error('the process ends here');
    },
  });
  onTestFinished(() => db.destroy());
  const announced: unknown[] = [];
  const info = (fields: object, words: string) => words === 'update announced' && announced.push(fields);
  const log = { debug() {}, info, warn() {}, error() {} };
  const parts = { db, clock: () => NOW, log, ...WHOLE };
  const crashed = await Announcer.open(parts);
  await expect(crashed.note({ ...snapshot([]), incidents: MANY }, NOW)).rejects.toThrow(
    'the process ends here',
  );
  expect((await seenUpdates(db)).size).toBe(300);

  const announcer = await Announcer.open(parts);
  await announcer.note({ ...snapshot([]), incidents: MANY }, NOW);
  expect((await seenUpdates(db)).size).toBe(900);
  expect(announced).toEqual([]);
  const news = shown(
    incident('news', { started: NOW - 1000, updates: [update(NOW - 1000, 'investigating', 'News')] }),
  );
  await announcer.note({ ...snapshot([]), incidents: [news, ...MANY] }, NOW);
  expect(announced).toHaveLength(1);
});
