// A file made to stop the reader keeps no other file off the page, is named, and lets the server start again.
import { expect, test } from 'vitest';
import { lint } from '../../../src/cli/lint.ts';
import type { Cli } from '../../../src/cli/shared/command.ts';
import { readEnvironment } from '../../../src/config/environment.ts';
import { openWorld, SECRET } from '../world.ts';

const file = (title: string, body: string) => `---
title: ${title}
status: investigating
severity: critical
started: 2026-03-10T11:00:00Z
components: [api]
---
${body}
`;

const WORST: Readonly<Record<string, string>> = {
  '20260310_comments.md': file('Comments', '<!-- '.repeat(150_000)),
  '20260310_times.md': file('Times', '## Update 25:99\nx\n'.repeat(50_000)),
  '20260310_sections.md': file('Sections', '## Update 11:00 UTC\nx\n'.repeat(30_000)),
  '20260310_brackets.md': file('Brackets', 'x').replace('---\n', `---\nx: ${'['.repeat(5000)}\n`),
  '20260310_title.md': file(`"${'_a '.repeat(1000)}"`, 'x'),
};

test('the worst files keep no other off the page, after a restart too, and lint is short', async () => {
  const world = await openWorld({ files: WORST });
  await world.write('20260310_db.md', file('Database down', 'We look.'));
  const seen = async () => {
    const shown = world.system.snapshot().incidents.map(({ title }) => title);
    expect(shown).toEqual(expect.arrayContaining(['Comments', 'Times', 'Sections', 'Database down']));
    expect((await world.get('/')).text).toContain('Database down');
    expect((await world.get('/api/v2/status.json')).json.status.indicator).not.toBe('none');
    const ready = await world.get('/readyz');
    expect(ready.json.ok).toBe(false);
    for (const name of Object.keys(WORST)) expect(ready.text).toContain(name);
    expect(ready.text.length).toBeLessThan(60_000);
  };
  await world.pass(1);
  await seen();
  expect(world.logged.length).toBeLessThan(300);
  await world.restart();
  await world.pass(1);
  await seen();

  const said: string[] = [];
  const say = (line: string) => said.push(line);
  const { value } = readEnvironment({ SECRET }, world.dir);
  const cli: Cli = { env: value!, cwd: world.dir, clock: world.now, out: say, err: say, interactive: false };
  expect(await lint.run([], cli)).toBe(1);
  expect(said.length).toBeLessThan(120);
});

test('five hundred unknown components in one file are named in twenty lines and a count', async () => {
  const sections = Array.from(
    { length: 500 },
    (_, n) => `## Update 2026-03-10 11:${String(n % 60).padStart(2, '0')} UTC\ncomponents: [x${n}]\n\nNews\n`,
  );
  const world = await openWorld({ files: { '20260310_many.md': file('Many', sections.join('')) } });
  await world.pass(1);
  const { problems } = (await world.get('/readyz')).json;
  expect(problems).toHaveLength(21);
  expect(problems.at(-1).message).toContain('and 480 more problems in this file');
  expect(world.logged.filter(({ message }) => message.includes('no component'))).toHaveLength(20);
});

const cpu = () => {
  const { user, system } = process.cpuUsage();
  return user + system;
};

/** The share of the time, and of the work, until `done` that the longest turn of the loop took. */
async function longestTurn(done: Promise<void>): Promise<{ time: number; work: number }> {
  const begun = { time: performance.now(), work: cpu() };
  const last = { ...begun };
  const longest = { time: 0, work: 0 };
  let going = true;
  const look = () => {
    const now = { time: performance.now(), work: cpu() };
    for (const of of ['time', 'work'] as const) {
      longest[of] = Math.max(longest[of], now[of] - last[of]);
      last[of] = now[of];
    }
    if (going) setImmediate(look);
  };
  setImmediate(look);
  await done;
  going = false;
  return {
    time: longest.time / (performance.now() - begun.time),
    work: longest.work / (cpu() - begun.work),
  };
}

test('many long files at once hold nobody up: they are read, judged, noted and shown in turns', async () => {
  const world = await openWorld();
  await world.pass(1);
  const hours = (n: number) =>
    Array.from(
      { length: 400 },
      (_, k) => `## Update 11:${String((k + n) % 60).padStart(2, '0')} UTC\nx\n`,
    ).join('');
  for (let n = 0; n < 20; n++) {
    await world.write(`20260310_long${n}.md`, file(`Long ${n}\nnotify: false`, hours(n)));
  }
  expect((await longestTurn(world.pass(1))).time).toBeLessThan(0.15);
  expect(world.system.snapshot().incidents).toHaveLength(20);
  expect((await world.get('/readyz')).text).toContain('this update is in the future');
});

const two = (n: number) => String(n).padStart(2, '0');

test.each([
  ['without a date', (n: number) => `${two(9 + (Math.floor(n / 60) % 3))}:${two(n % 60)} UTC`],
  ['dated ahead', (n: number) => `2026-03-1${1 + (n % 3)} ${two(n % 24)}:${two(n % 60)} UTC`],
  ['of this hour', (n: number) => `2026-03-10 11:${two(n % 60)}:${two(Math.floor(n / 60))} UTC`],
])('one new file with 500 updates %s holds nobody up: they are announced in turns', async (_, time) => {
  const world = await openWorld();
  await world.pass(1);
  const updates = (n: number) => Array.from({ length: n }, (_, k) => `## Update ${time(k)}\nNews ${k}\n`);
  // What runs for the first time is compiled.
  await world.write('20260310_some.md', file('Some', updates(50).join('')));
  await world.pass(1);
  await world.write('20260310_many.md', file('Many', updates(500).join('')));
  const turn = await longestTurn(world.pass(1));
  expect(turn.work).toBeLessThan(0.15);
  const announced = world.logged.filter(
    ({ message, fields }) => message === 'update announced' && fields.incident === '20260310_many',
  );
  expect(announced.length).toBeGreaterThan(400);
});
