// Medians for badges: a few read a round, each once a minute, and no new map while none changed.
import { expect, test } from 'vitest';
import { MINUTE, SECOND } from '../../../src/core/model/time.ts';
import { makeResponses } from '../../../src/work/monitoring/responses.ts';
import { component, NOW, site } from '../../makers.ts';

const many = site({ components: Array.from({ length: 50 }, (_, i) => component(`c${i}`)) });

test('a round reads at most twenty, the oldest first, and each once a minute', async () => {
  const asked: string[] = [];
  const read = makeResponses(async id => {
    asked.push(id);
    return 100;
  });
  const start = Math.floor(NOW / MINUTE) * MINUTE;
  const sizes: number[] = [];
  for (let second = 0; second < 10; second++) sizes.push((await read(many, start + second * SECOND)).size);
  expect(sizes).toEqual([20, 40, 50, 50, 50, 50, 50, 50, 50, 50]);
  expect(new Set(asked).size).toBe(50);
  expect(asked).toHaveLength(50);
  await read(many, start + MINUTE);
  expect(asked.slice(50)).toEqual(asked.slice(0, 20));
});

test('the map is the same until a median changes; one without an answer is not in it', async () => {
  let median: number | null = 100;
  const read = makeResponses(async () => median, Number.POSITIVE_INFINITY);
  const first = await read(many, NOW);
  expect(await read(many, NOW + MINUTE)).toBe(first);
  median = 120;
  const second = await read(many, NOW + 2 * MINUTE);
  expect(second).not.toBe(first);
  expect([first.get('c7'), second.get('c7')]).toEqual([100, 120]);
  median = null;
  expect((await read(many, NOW + 3 * MINUTE)).size).toBe(0);
});
