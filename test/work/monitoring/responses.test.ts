// Medians for badges: a few read a round, each once a minute, and no new map while none changed.
import { expect, onTestFinished, test } from 'vitest';
import { MINUTE, SECOND } from '../../../src/core/model/time.ts';
import { openDatabase } from '../../../src/store/db/database.ts';
import { rollUp } from '../../../src/store/monitoring/rollups.ts';
import { makeResponses } from '../../../src/work/monitoring/responses.ts';
import { component, NOW, site } from '../../makers.ts';

const many = site({ components: Array.from({ length: 50 }, (_, i) => component(`c${i}`)) });

/** A database in which each component answered after `latency` ms; `answers` sets another one. */
async function answering(latency: number) {
  const db = openDatabase(':memory:');
  onTestFinished(() => db.destroy());
  const answers = async (latency: number) => {
    await db.deleteFrom('rollups').execute();
    for (const { id } of many.components)
      await rollUp(db, id, { at: NOW, outcome: 'up', latency, seen: 'HTTP 200' }, MINUTE);
  };
  await answers(latency);
  return { db, answers };
}

test('a round reads at most twenty, the oldest first, and each once a minute', async () => {
  const { db, answers } = await answering(100);
  const read = makeResponses(db);
  const start = Math.floor(NOW / MINUTE) * MINUTE;
  const maps: ReadonlyMap<string, number>[] = [];
  for (let second = 0; second < 10; second++) maps.push(await read(many, start + second * SECOND));
  expect(maps.map(({ size }) => size)).toEqual([20, 40, 50, 50, 50, 50, 50, 50, 50, 50]);
  await answers(900);
  // Nothing is read twice in a minute.
  expect(await read(many, start + MINUTE - 1)).toBe(maps.at(-1));
  const next = await read(many, start + MINUTE);
  const changed = [...next.keys()].filter(id => next.get(id) !== maps.at(-1)?.get(id));
  expect(changed).toEqual([...maps[0]!.keys()]);
});

test('the map is the same until a median changes; one without an answer is not in it', async () => {
  const { db, answers } = await answering(100);
  const read = makeResponses(db, Number.POSITIVE_INFINITY);
  const first = await read(many, NOW);
  expect(await read(many, NOW + MINUTE)).toBe(first);
  await answers(120);
  const second = await read(many, NOW + 2 * MINUTE);
  expect(second).not.toBe(first);
  expect([first.get('c7'), second.get('c7')].map(value => Math.round(value! / 10))).toEqual([10, 12]);
  await db.deleteFrom('rollups').execute();
  expect((await read(many, NOW + 3 * MINUTE)).size).toBe(0);
});
