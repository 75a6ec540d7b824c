// An editor has a file open while somebody else writes to it by API or command, and saves what it had: nothing is lost.
import { describe, expect, test } from 'vitest';
import { updated } from '../../../src/core/incidents/file/print.ts';
import { openWorld, subscribed, type World } from '../world.ts';

const API_TOKEN = 'a-token-for-the-api-of-this-test-0';
const ID = '20260310_sign-in';
const FILE = `---
title: Slow sign-in
status: investigating
severity: major
started: 2026-03-10T11:50:00Z
components: [api]
---
## Investigating 11:50 UTC
It takes a minute.
`;
const LATER = '\n## Update 12:00 UTC\nFrom the old buffer.\n';

async function opened(): Promise<World> {
  const world = await openWorld({ files: { [`${ID}.md`]: FILE }, env: { API_TOKEN } });
  await world.pass(10, 5);
  await subscribed(world, 'ann@example.com');
  return world;
}

const byApi = async (world: World, status: 'identified' | 'resolved', message: string) =>
  world.post(`/api/incidents/${ID}/updates`, { status, message }, { authorization: `Bearer ${API_TOKEN}` });
/** As the command does, in a process of its own. */
const byCommand = async (world: World, status: 'identified' | 'resolved', message: string) =>
  world.write(`${ID}.md`, updated(await world.read(`${ID}.md`), { status, message, at: world.now() })!);

const subjects = (world: World) =>
  world.mails.map(({ subject }) => subject).filter(subject => subject?.startsWith('['));
const save = async (world: World, text: string) => {
  await world.write(`${ID}.md`, text);
  await world.pass(10, 5);
};

describe.each([
  ['the API', byApi],
  ['a command', byCommand],
])('a save from before %s wrote', (_, write) => {
  test('an update: both are there, each is emailed once', async () => {
    const world = await opened();
    await write(world, 'identified', 'It is the database.');
    await world.pass(10, 5);
    await save(world, FILE + LATER);
    const text = await world.read(`${ID}.md`);
    for (const words of ['It is the database.', 'From the old buffer.', '\nstatus: identified\n'])
      expect(text).toContain(words);
    expect(world.system.snapshot().incidents.map(({ status }) => status)).toEqual(['identified']);
    expect(subjects(world)).toEqual(['[UPDATE] Slow sign-in', '[UPDATE] Slow sign-in']);
    expect((await world.get('/readyz')).json.problems).toEqual([]);
  });

  test('the end: it stays over, with its words', async () => {
    const world = await opened();
    await write(world, 'resolved', 'It is fast again.');
    await world.pass(10, 5);
    await save(world, FILE + LATER);
    const text = await world.read(`${ID}.md`);
    for (const words of ['It is fast again.', 'From the old buffer.', '\nstatus: resolved\n'])
      expect(text).toContain(words);
    expect(subjects(world).filter(subject => subject?.startsWith('[RESOLVED]'))).toHaveLength(1);
    expect((await world.get('/api/v2/status.json')).json.status.indicator).toBe('none');
  });

  test('and what a person takes away on purpose stays away', async () => {
    const world = await opened();
    await write(world, 'identified', 'It is the database.');
    await world.pass(10, 5);
    await save(world, FILE);
    expect(await world.read(`${ID}.md`)).toBe(FILE);
  });
});

test('a section that a person wrote, and replaces by another one, stays replaced', async () => {
  const world = await opened();
  await save(world, `${FILE}\n## Identified 11:58 UTC\nIt is the database.\n`);
  const text = `${FILE}\n## Monitoring 11:59 UTC\nNo, a certificate expired. We have renewed it.\n`;
  await save(world, text);
  expect(await world.read(`${ID}.md`)).toBe(text);
});
