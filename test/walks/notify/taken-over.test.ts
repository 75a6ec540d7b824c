// A person takes the machine's file over: nothing that it held back is told, and it does not write there any more.
import { expect, test } from 'vitest';
import { checked, subjects } from '../monitoring/two-checks.ts';

const FILE = '20260310_api-down.md';
const MINE = '[UPDATE] API and Database Down';

test('what calm held back is no news any more, and recoveries are not written', async () => {
  const world = await checked();
  const turn = async (answers: Partial<typeof world.answers>, seconds: number) => {
    Object.assign(world.answers, answers);
    await world.pass(seconds, 5);
  };
  await turn({ api: 500 }, 20);
  await turn({ db: 500 }, 60);
  // Its relapse joins, so its recovery would take off what it brought.
  await turn({ db: 200 }, 70);
  await turn({ db: 500 }, 70);
  const told = subjects(world).length;
  const text = (await world.read(FILE)).replace(/^opened_by: .*\n/m, '');
  expect(text.match(/^## /gm)!.length).toBeGreaterThan(3);
  await world.write(FILE, text);
  await world.pass(60, 5);
  expect(subjects(world).slice(told)).toEqual([]);
  await turn({ db: 200 }, 90);
  await turn({ api: 200 }, 90);
  expect(await world.read(FILE)).toBe(text);
  await world.write(
    FILE,
    `${text}\n## Update ${new Date(world.now()).toISOString().slice(0, 19)}Z\nWe look on.\n`,
  );
  await world.pass(30, 5);
  expect(subjects(world).slice(told)).toEqual([MINE]);
});
