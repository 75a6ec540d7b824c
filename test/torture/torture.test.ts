// A short torture of the built server; `npm run torture` is the long one. The plan replays from its seed,
// and the model is able to complain.
import { describe, expect, test } from 'vitest';
import { type Email, judgeEmails, judgeReaders, type Model } from './model.ts';
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
  expect(figures.emails).toBeGreaterThan(3);
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
  const email = (messageId: string, words = ['zq1x1q'], to = 'a@x.y'): Email => ({ to, messageId, words });

  test.each<[string, Email[], string[]]>([
    ['never of what is right', [email('m'), email('m')], []],
    ['of an email lost', [], ['zq1x1q never came to a@x.y']],
    ['of news told as two emails', [email('m'), email('n')], ['zq1x1q came to a@x.y as two emails']],
    [
      'of repetitions no crash explains',
      [email('m'), email('m'), email('m')],
      ['2 emails came again, 1 are explained by crashes'],
    ],
    ['of a stranger', [email('m'), email('s', [], 's@x.y')], ['an email to s@x.y, who never subscribed']],
  ])('%s', (_name, emails, wrongs) => {
    expect(judgeEmails(model, emails)).toEqual(wrongs);
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
