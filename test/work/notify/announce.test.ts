// Announcing much at once: some updates at a time, and what a new database finds all or nothing.
import { expect, test } from 'vitest';
import type { Announcement } from '../../../src/core/notify/news.ts';
import { openAnnounce } from '../../../src/work/notify/announce.ts';
import { incident, NOW, shown, snapshot, update } from '../../makers.ts';

const LOG = { debug() {}, info() {}, warn() {}, error() {} };
const MANY = Array.from({ length: 300 }, (_, n) => {
  const updates = [0, 1, 2].map(at => update(NOW - 1000 + at, 'investigating', `${n} ${at}`));
  return shown(incident(`i${n}`, { started: NOW - 1000, updates }));
});

async function noted(first: boolean) {
  const steps: (readonly Announcement[])[] = [];
  let turns = 0;
  let going = true;
  const count = () => {
    turns++;
    if (going) setImmediate(count);
  };
  setImmediate(count);
  const announce = await openAnnounce({
    seen: async () => new Set(),
    isFirstRound: async () => first,
    async book(news) {
      steps.push(news);
      // As long as the disk takes.
      const begun = performance.now();
      while (performance.now() - begun < 4);
    },
    owed: async () => [],
    frozen: async () => null,
    enqueueSome: async () => ({ emails: 0, done: true }),
    enqueueMessages: async () => null,
    withdraw: async () => true,
    log: LOG,
  });
  const now = { ...snapshot([]), incidents: MANY };
  await announce.note(now, NOW);
  going = false;
  const sizes = steps.map(({ length }) => length);
  await announce.note(now, NOW);
  expect(steps).toHaveLength(sizes.length);
  const times = steps.flat().map(one => one.update.at);
  expect(times).toEqual([...times].sort((a, b) => a - b));
  return { sizes, turns };
}

test('news of many files is noted some at a time, and others have their turn between', async () => {
  const { sizes, turns } = await noted(false);
  expect(sizes.reduce((a, b) => a + b)).toBe(900);
  expect(Math.max(...sizes)).toBeLessThanOrEqual(20);
  expect(turns).toBeGreaterThanOrEqual(sizes.length - 1);
});

test('the first round of a database is noted at once: what a crash left out of it would be news', async () => {
  expect((await noted(true)).sizes).toEqual([900]);
});
