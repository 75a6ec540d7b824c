// Long computations in turns: they come to the same, and whatever waits has its turn between.

import { readFile } from 'node:fs/promises';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { finish, inTurns, makeYield, type Steps } from '../../../../src/core/model/turns/steps.ts';

function* sum(most: number): Steps<number> {
  let all = 0;
  for (let i = 1; i <= most; i++) {
    all += i;
    yield;
  }
  return all;
}

test('the same comes of one go and of many turns', async () => {
  expect(finish(sum(1000))).toBe(500_500);
  expect(await inTurns(sum(1000), nextTurn)).toBe(500_500);
  expect(await inTurns(sum(0), nextTurn)).toBe(0);
});

test('a file is read between two turns', async () => {
  let read = false;
  void readFile(new URL(import.meta.url)).then(() => {
    read = true;
  });
  function* until(deadline: number): Steps<boolean> {
    while (!read && performance.now() < deadline) yield;
    return read;
  }
  expect(await inTurns(until(performance.now() + 5000), nextTurn)).toBe(true);
});

test('a turn ends after some milliseconds, however many steps there are', async () => {
  let turns = 0;
  let going = true;
  const count = () => {
    turns++;
    if (going) setImmediate(count);
  };
  setImmediate(count);
  function* busy(): Steps<void> {
    for (let i = 0; i < 20; i++) {
      const begun = performance.now();
      while (performance.now() - begun < 2);
      yield;
    }
  }
  await inTurns(busy(), nextTurn);
  going = false;
  expect(turns).toBeGreaterThanOrEqual(10);
});

test('no step belongs to the turn of whoever asked', async () => {
  await readFile(new URL(import.meta.url));
  const told: string[] = [];
  function* steps(): Steps<void> {
    told.push('step');
    yield;
  }
  const done = inTurns(steps(), nextTurn);
  await Promise.resolve();
  told.push('caller');
  await done;
  expect(told).toEqual(['caller', 'step']);
});

test('what goes wrong in a step goes wrong for whoever waits', async () => {
  function* bad(): Steps<number> {
    yield;
    throw new Error('a fault in a step');
  }
  expect(() => finish(bad())).toThrow('a fault in a step');
  await expect(inTurns(bad(), nextTurn)).rejects.toThrow('a fault in a step');
});

test.each(['one after another', 'side by side'])(
  'parts that never wait give others their turn: %s',
  async how => {
    let turns = 0;
    let going = true;
    const count = () => {
      turns++;
      if (going) setImmediate(count);
    };
    setImmediate(count);
    const yieldTurn = makeYield(nextTurn);
    const part = async () => {
      await yieldTurn();
      const begun = performance.now();
      while (performance.now() - begun < 2);
    };
    if (how === 'side by side') await Promise.all(Array.from({ length: 20 }, part));
    else for (let i = 0; i < 20; i++) await part();
    going = false;
    expect(turns).toBeGreaterThanOrEqual(9);
  },
);
