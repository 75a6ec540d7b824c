// A short torture of the built server; `npm run torture` is the long one. The plan replays from its seed,
// and the model is able to complain.
import { describe, expect, test } from 'vitest';
import { judgeLetters, judgeReaders, type Letter, type Model } from './model.ts';
import { makePlan } from './plan.ts';
import { torture } from './run.ts';

const SEED = 399;
const SECONDS = 8;

test('the same seed plans the same deeds at the same moments, another one others', () => {
  const plan = makePlan(SEED, 600_000);
  expect(makePlan(SEED, 600_000)).toEqual(plan);
  expect(makePlan(SEED + 1, 600_000)).not.toEqual(plan);
  expect(new Set(plan.map(({ kind }) => kind)).size).toBe(20);
  expect(plan.filter(({ kind }) => kind === 'kill').length).toBeGreaterThan(20);
});

test('a short one keeps every promise', async () => {
  const lines: string[] = [];
  const { plan, deeds, figures, wrongs } = await torture({
    seed: SEED,
    seconds: SECONDS,
    command: ['dist/main.js'],
    say: line => lines.push(line),
  });
  expect(wrongs, lines.join('\n')).toEqual([]);
  expect(lines[0]).toContain(`seed ${SEED}, ${SECONDS} s, plan ${plan}`);
  expect(deeds).toMatchObject({
    kill: expect.any(Number),
    fill: expect.any(Number),
    smtp: expect.any(Number),
  });
  expect(figures.letters).toBeGreaterThan(3);
  expect(figures.starts).toBeGreaterThan(2);
}, 150_000);

describe('the model complains', () => {
  const reader = { email: 'a@x.y', confirmedAt: 1, inDoubt: true, leftAt: null, left: false, leave: null };
  const incident = {
    id: 'i',
    updates: [{ word: 'zq1x1q', writtenAt: 2 }],
    text: '',
    spoilt: false,
    moments: [],
  };
  const model: Model = {
    incidents: [incident],
    readers: new Map([['a@x.y', reader]]),
    monitors: [],
    unsure: 1,
  };
  const letter = (messageId: string, words = ['zq1x1q'], to = 'a@x.y'): Letter => ({ to, messageId, words });

  test.each<[string, Letter[], string[]]>([
    ['never of what is right', [letter('m'), letter('m')], []],
    ['of a letter lost', [], ['zq1x1q never came to a@x.y']],
    ['of news told as two letters', [letter('m'), letter('n')], ['zq1x1q came to a@x.y as two letters']],
    [
      'of repetitions no crash explains',
      [letter('m'), letter('m'), letter('m')],
      ['2 letters came again, 1 are explained by crashes'],
    ],
    ['of a stranger', [letter('m'), letter('s', [], 's@x.y')], ['a letter to s@x.y, who never subscribed']],
  ])('%s', (_name, letters, wrongs) => {
    expect(judgeLetters(model, letters)).toEqual(wrongs);
  });

  test('of subscribers lost, kept or invented', () => {
    expect(judgeReaders(model, ['a@x.y'])).toEqual([]);
    expect(judgeReaders(model, ['b@x.y'])).toEqual(['a@x.y confirmed and is lost', 'b@x.y is nobody']);
    const gone = { ...reader, leftAt: 3, left: true };
    expect(judgeReaders({ ...model, readers: new Map([['a@x.y', gone]]) }, ['a@x.y'])).toEqual([
      'a@x.y left and is still there',
    ]);
  });
});
