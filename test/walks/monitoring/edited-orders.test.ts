// Any order of failures, recoveries, mistakes in the file, a folder that is away and restarts: every incident ends.
import { rename } from 'node:fs/promises';
import path from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type Checked, checked, subjects } from './two-checks.ts';

const STEPS = [
  'api fails',
  'api works',
  'db fails',
  'db works',
  'mistake',
  'mended',
  'away',
  'back',
  'restart',
] as const;
type Step = (typeof STEPS)[number];
const RUNS = Number(process.env.RUNS ?? 4);

/** A join that waits for a file with a mistake. */
const BEGINNING = [
  ['db fails', 14],
  ['api fails', 12],
  ['mistake', 3],
] as const;

/** The order in which an incident once had no end. */
const FOUND: [Step, number][] = [
  ['api works', 8],
  ['mended', 40],
];

async function lived(world: Checked, steps: readonly (readonly [Step, number])[]) {
  const [there, away] = [path.join(world.dir, 'status', 'incidents'), path.join(world.dir, 'away')];
  let isAway = false;
  let good: { name: string; text: string } | null = null;
  const take = async (step: Step) => {
    const [id, does] = step.split(' ') as ['api' | 'db', string];
    if (does) world.answers[id] = does === 'fails' ? 500 : 200;
    else if (step === 'restart') await world.restart();
    else if (step === 'away' && !isAway) {
      await rename(there, away);
      isAway = true;
    } else if (step === 'back' && isAway) {
      await rename(away, there);
      isAway = false;
    } else if (step === 'mistake' && !isAway && good === null) {
      const name = (await world.files()).at(-1);
      if (name === undefined) return;
      good = { name, text: await world.read(name) };
      await world.write(name, good.text.replace('critical', 'criticl'));
    } else if (step === 'mended' && !isAway && good !== null) {
      await world.write(good.name, good.text);
      good = null;
    }
  };
  for (const [step, seconds] of steps) {
    await take(step);
    await world.pass(seconds, 1);
  }
  for (const step of ['back', 'mended', 'api works', 'db works'] as const) await take(step);
  await world.pass(140, 2);
}

test('every incident ends, is told once, and nothing is left to be mended', async () => {
  const step = fc.tuple(fc.constantFrom(...STEPS), fc.constantFrom(3, 8, 14, 40));
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 4, maxLength: 12 }), async steps => {
      const world = await checked();
      await lived(world, [...BEGINNING, ...steps]);
      const { incidents, components } = world.system.snapshot();
      expect(incidents.filter(({ status }) => status !== 'resolved')).toEqual([]);
      expect(components.map(({ health }) => health)).toEqual(['operational', 'operational']);
      expect((await world.get('/readyz')).json.problems).toEqual([]);
      const told = (kind: string) => subjects(world).filter(one => one.startsWith(kind)).length;
      expect(told('[INCIDENT]')).toBe(incidents.length);
      expect(told('[RESOLVED]')).toBeGreaterThanOrEqual(incidents.length);
    }),
    { numRuns: RUNS, seed: Number(process.env.SEED ?? 15), endOnFailure: true, examples: [[FOUND]] },
  );
}, 600_000);
