// An editor has the machine's file open while the machine writes to it, and saves what it had: nothing of it is lost.
import { describe, expect, test } from 'vitest';
import type { World } from '../world.ts';
import { type Checked, checked, subjects } from './two-checks.ts';

const FILE = '20260310_api-down.md';
const [BEGUN, UPDATED, ENDED] = ['[INCIDENT] API Down', '[UPDATE] API Down', '[RESOLVED] API Down'];

async function turn(world: Checked, answers: Partial<Checked['answers']>, seconds: number): Promise<void> {
  Object.assign(world.answers, answers);
  await world.pass(seconds, 5);
}

/** The API failed and, so many seconds ago, recovered; with the text that an editor has from before that. */
async function over(sooner: number): Promise<{ world: Checked; buffer: string }> {
  const world = await checked();
  await turn(world, { api: 500 }, 60);
  const buffer = await world.read(FILE);
  await turn(world, { api: 200 }, sooner);
  expect(await world.read(FILE)).toContain('\nstatus: resolved\n');
  return { world, buffer };
}

const section = (world: Checked, label: string) =>
  `\n## ${label} ${new Date(world.now()).toISOString().slice(11, 16)} UTC\nA bad deploy.\n`;

async function save(world: Checked, text: string): Promise<void> {
  await world.write(FILE, text);
  await world.pass(10, 5);
}

/** Expects the end that the machine measured, once, with the operator's words. */
async function expectEnded(world: Checked, label: string): Promise<void> {
  const text = await world.read(FILE);
  expect(text.match(/^status: .*$/gm)).toEqual(['status: resolved']);
  expect(text.match(/^## \w+/gm)!.sort()).toEqual([`## ${label}`, '## Investigating', '## Resolved'].sort());
  const [api] = (await world.get('/api/uptime.json')).json.components;
  const { started, resolved } = world.system.snapshot().incidents[0]!;
  expect([api.status, api.downtime_seconds]).toEqual(['operational', (resolved! - started) / 1000]);
  expect((await world.get('/readyz')).json.problems).toEqual([]);
}

describe('a save from before the end, with a section', () => {
  const LABELS = ['Identified', 'Update'] as const;
  test.each(LABELS)('%s, before the end is told: it is told all the same', async label => {
    const { world, buffer } = await over(15);
    await save(world, buffer + section(world, label));
    await expectEnded(world, label);
    await world.pass(120, 10);
    expect(subjects(world)).toEqual([BEGUN, UPDATED, ENDED]);
    await expectEnded(world, label);
  });

  test.each(LABELS)('%s, after the end is told: it is no news that it is over', async label => {
    const { world, buffer } = await over(120);
    await save(world, buffer + section(world, label));
    await world.pass(120, 10);
    await expectEnded(world, label);
    expect(subjects(world)).toEqual([BEGUN, ENDED, UPDATED]);
    expect(world.mails.at(-1)!.text).toMatch(/^RESOLVED/m);
  });

  test('and another status in the front matter, and again', async () => {
    const { world, buffer } = await over(120);
    const first =
      buffer.replace('status: investigating', 'status: identified') + section(world, 'Identified');
    await save(world, first);
    await expectEnded(world, 'Identified');
    await save(world, first.replace('A bad deploy.', 'A bad deploy, rolled back.'));
    await expectEnded(world, 'Identified');
    expect(await world.read(FILE)).toContain('A bad deploy, rolled back.');
  });

  test('and its source fails again: the file goes on, and ends', async () => {
    const { world, buffer } = await over(120);
    await save(world, buffer + section(world, 'Identified'));
    await turn(world, { api: 500 }, 60);
    expect(await world.read(FILE)).toContain('\nstatus: investigating\n');
    await turn(world, { api: 200 }, 90);
    const text = await world.read(FILE);
    expect(text).toContain('\nstatus: resolved\n');
    expect(text.match(/^## Resolved/gm)).toHaveLength(2);
    expect(subjects(world).at(-1)).toBe(ENDED);
  });
});

test('a save from before another check joined: it stays in', async () => {
  const world = await checked();
  await turn(world, { api: 500 }, 20);
  const buffer = await world.read(FILE);
  await turn(world, { db: 500 }, 40);
  await save(world, buffer + section(world, 'Update'));
  const text = await world.read(FILE);
  expect(text).toMatch(/^opened_by: .*probe:api.*probe:db/m);
  expect(text).toMatch(/^components: \[api, db\]$/m);
  await turn(world, { api: 200, db: 200 }, 90);
  expect(await world.files()).toEqual([FILE]);
  expect(await world.read(FILE)).toContain('\nstatus: resolved\n');
});

describe('a save that ends it', () => {
  const end = (world: World, text: string) =>
    text.replace(
      'status: investigating',
      `status: resolved\nresolved: ${new Date(world.now()).toISOString()}`,
    );

  test('from before another check joined: it is over, and what the server wrote stays', async () => {
    const world = await checked();
    await turn(world, { api: 500 }, 20);
    const buffer = await world.read(FILE);
    await turn(world, { db: 500 }, 100);
    await save(world, end(world, buffer) + section(world, 'Resolved'));
    const text = await world.read(FILE);
    expect(text).toMatch(/^opened_by: .*probe:api.*probe:db/m);
    expect(text.match(/^status: .*$/gm)).toEqual(['status: resolved']);
    expect(text.match(/^## \w+/gm)).toHaveLength(3);
    expect(subjects(world).at(-1)).toBe('[RESOLVED] API and Database Down');
  });

  test('without `resolved:`, from before the server ended it: the end that was measured', async () => {
    const { world, buffer } = await over(120);
    await save(world, buffer.replace('status: investigating', 'status: resolved') + section(world, 'Update'));
    await expectEnded(world, 'Update');
    expect(subjects(world)).toEqual([BEGUN, ENDED, UPDATED]);
  });

  test('without `resolved:`, from before another check joined and both recovered', async () => {
    const world = await checked();
    await turn(world, { api: 500 }, 20);
    const buffer = await world.read(FILE);
    await turn(world, { db: 500 }, 60);
    await save(world, buffer.replace('status: investigating', 'status: resolved') + section(world, 'Update'));
    await turn(world, { api: 200, db: 200 }, 120);
    const text = await world.read(FILE);
    expect(text).toMatch(/^opened_by: .*probe:api.*probe:db/m);
    expect(text).toMatch(/^resolved: /m);
  });

  test('and was over before the server opened it again: it goes on', async () => {
    const { world } = await over(30);
    const buffer = await world.read(FILE);
    await turn(world, { api: 500 }, 60);
    expect(await world.read(FILE)).toContain('\nstatus: investigating\n');
    const before = await world.read(FILE);
    const cut = buffer.replace(
      /^resolved: .*$/m,
      `resolved: ${new Date(world.now() - 90_000).toISOString()}`,
    );
    await save(world, `${cut}\n## Post-mortem\nA bad deploy.\n`);
    const text = await world.read(FILE);
    expect(text.match(/^status: .*$/gm)).toEqual(['status: investigating']);
    expect(text.match(/^## \w+/gm)).toHaveLength(before.match(/^## \w+/gm)!.length + 1);
  });
});

describe('the operator’s own deed is left alone', () => {
  const reopened = (text: string) =>
    text
      .replace('status: resolved', 'status: investigating')
      .replace(/^resolved: .*\n/m, '')
      .replace(/## Resolved[^#]*/, '');

  test('the end taken out, and nothing else: it is open, and theirs to end', async () => {
    const { world } = await over(120);
    const text = reopened(await world.read(FILE));
    await save(world, text);
    await world.pass(300, 60);
    expect(await world.read(FILE)).toBe(text);
    expect(JSON.stringify((await world.get('/readyz')).json.problems)).toContain('it is open, but probe:api');
  });

  test('the file taken over: without `opened_by` it is theirs', async () => {
    const { world, buffer } = await over(120);
    const text = buffer.replace(/^opened_by: .*\n/m, '') + section(world, 'Identified');
    await save(world, text);
    await world.pass(60, 10);
    expect(await world.read(FILE)).toBe(text);
  });

  test('written anew', async () => {
    const { world, buffer } = await over(120);
    const text = `${buffer.replace(/## [\s\S]*/, '')}${section(world, 'Identified')}`;
    await save(world, text);
    await world.pass(60, 10);
    expect(await world.read(FILE)).toBe(text);
  });
});
