// A copy of an incident's file beside it: nobody is told again, the page is never green by luck, and both are named.
import { rm } from 'node:fs/promises';
import path from 'node:path';
import { expect, test } from 'vitest';
import { openWorld, subscribed, type World } from '../world.ts';

const ID = '20260310_exports';
const FILE = `---
title: Slow exports
status: investigating
severity: major
started: 2026-03-10T11:40:00Z
components: [dashboard]
---

## Investigating 11:40 UTC
Exports take longer than usual.
`;
const MORE = '\n## Identified 11:50 UTC\nA full disk slows the workers.\n';
const ended = (text: string) =>
  `${text.replace('investigating', 'resolved\nresolved: 2026-03-10T12:00:00Z')}\n## Resolved 12:00 UTC\nFast again.\n`;

const subjects = ({ mails }: World) =>
  mails.map(({ subject }) => subject).filter(subject => subject?.startsWith('['));
const problems = async (world: World) => (await world.get('/readyz')).json.problems as { message: string }[];
const indicator = async (world: World) => (await world.get('/api/v2/status.json')).json.status.indicator;

test.each([`${ID} copy.md`, `${ID}.sync-conflict-20260310-114500-ABCDEFG.md`, `${ID}~.md`])(
  'beside a file, %s tells nobody anything and is named',
  async copy => {
    const world = await openWorld();
    await subscribed(world, 'olga@example.com');
    await world.write(`${ID}.md`, FILE);
    await world.pass(20, 5);
    await world.write(copy, FILE);
    await world.pass(20, 5);
    expect(subjects(world)).toEqual(['[INCIDENT] Slow exports']);
    expect(world.system.snapshot().incidents.map(({ id }) => id)).toEqual([ID]);
    const [problem] = await problems(world);
    expect(problem?.message).toContain(copy);
    expect(problem?.message).toContain(`tells the same incident as ${path.join(world.dir, 'status')}`);
    // The original goes on: it says more.
    await world.write(`${ID}.md`, FILE + MORE);
    await world.pass(20, 5);
    expect(subjects(world).slice(1)).toEqual(['[UPDATE] Slow exports']);
    // Ended in one of them only.
    await world.write(`${ID}.md`, ended(FILE + MORE));
    await world.pass(20, 5);
    expect(await indicator(world)).not.toBe('none');
    expect((await problems(world)).map(({ message }) => message).join()).toContain('(it is open)');
    expect(subjects(world)).toHaveLength(2);
    await rm(path.join(world.dir, 'status', 'incidents', copy));
    await world.pass(20, 5);
    expect(await indicator(world)).toBe('none');
    expect(await problems(world)).toEqual([]);
    expect(subjects(world).slice(2)).toEqual(['[RESOLVED] Slow exports']);
  },
);

test('files of one title and start are two incidents if they are about other components, or say other things', async () => {
  const world = await openWorld();
  await subscribed(world, 'olga@example.com');
  await world.write(`${ID}.md`, FILE);
  await world.write(`${ID}-api.md`, FILE.replace('dashboard', 'api'));
  await world.write(
    `${ID}-more.md`,
    FILE.replace('Exports take longer than usual.', 'Two regions are gone.'),
  );
  await world.pass(20, 5);
  expect(world.system.snapshot().incidents).toHaveLength(3);
  expect(await problems(world)).toEqual([]);
});
