// Announcing much at once: some updates at a time, and what a new database finds all or nothing.
import { expect, onTestFinished, test } from 'vitest';
import { openDatabase } from '../../../src/store/db/database.ts';
import { announceUpdates, seenUpdates } from '../../../src/store/notify/announcements.ts';
import { Announcer } from '../../../src/work/notify/announce.ts';
import { incident, NOW, shown, snapshot, update } from '../../makers.ts';

const MANY = Array.from({ length: 300 }, (_, n) => {
  const updates = [0, 1, 2].map(at => ({
    ...update(NOW - 1000 + at, 'investigating', `${n} ${at}`),
    key: `${at} of ${n}`,
  }));
  return shown(incident(`i${n}`, { started: NOW - 1000, updates }));
});

async function noted(first: boolean) {
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
  if (!first) await announceUpdates(db, [], NOW - 1000, NOW);
  sizes.length = 0;
  const info = (fields: object) => {
    if ('update' in fields) announced.push(fields.update as string);
  };
  const log = { debug() {}, info, warn() {}, error() {} };
  const announcer = await Announcer.open({ db, clock: () => NOW, log });
  setImmediate(count);
  const now = { ...snapshot([]), incidents: MANY };
  await announcer.note(now);
  going = false;
  known = sizes.length;
  await announcer.note(now);
  expect(sizes).toHaveLength(known);
  expect((await seenUpdates(db)).size).toBe(900);
  return { steps: known, announced, turns };
}

test('news of many files is noted some at a time, and others have their turn between', async () => {
  const { steps, announced, turns } = await noted(false);
  expect(announced).toHaveLength(900);
  const times = announced.map(key => key.slice(0, 1));
  expect(times).toEqual([...times].sort());
  expect(steps).toBe(900 / 20);
  expect(turns).toBeGreaterThanOrEqual(10);
});

test('the first round of a database is noted at once: what a crash left out of it would be news', async () => {
  expect((await noted(true)).steps).toBe(1);
});
