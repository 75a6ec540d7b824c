// An incident that was told as over, and beside it a file of it that is open: red and named, and nobody is told before it
// says something of a later time.
import { mkdir, rm } from 'node:fs/promises';
import path from 'node:path';
import { expect, test } from 'vitest';
import { checked } from '../monitoring/two-checks.ts';
import { openWorld, subscribed, type World } from '../world.ts';

const ID = '20260310_exports';
const FILE = `---
title: Slow exports
status: identified
severity: major
started: 2026-03-10T11:40:00Z
components: [dashboard]
---

## Investigating 11:40 UTC
Exports take longer than usual.

## Identified 11:50 UTC
A full disk slows the workers.
`;
const ENDED = `${FILE.replace('identified', 'resolved\nresolved: 2026-03-10T11:59:00Z')}\n## Resolved 11:59 UTC\nFast again.\n`;
const COPIES = [`${ID}.sync-conflict-20260310-114500-ABCDEFG.md`, `${ID} 2.md`, `2026/${ID}.md`];

const subjects = ({ mails }: World) =>
  mails.map(({ subject }) => subject).filter(subject => subject?.startsWith('['));
const indicator = async (world: World) => (await world.get('/api/v2/status.json')).json.status.indicator;
const at = (world: World, name: string) => path.join(world.dir, 'status', 'incidents', name);
const save = async (world: World, name: string, text: string) => {
  await world.write(name, text);
  await world.pass(20, 5);
};

async function ended(copy: string) {
  const world = await openWorld();
  await mkdir(at(world, '2026'));
  await subscribed(world, 'olga@example.com');
  await save(world, `${ID}.md`, FILE);
  await save(world, `${ID}.md`, ENDED);
  expect(subjects(world).at(-1)).toBe('[RESOLVED] Slow exports');
  const told = subjects(world).length;
  await save(world, copy, FILE);
  return { world, told };
}

test.each(COPIES)('%s is open: nobody is told, also of what is written in it', async copy => {
  const { world, told } = await ended(copy);
  expect(await indicator(world)).not.toBe('none');
  const { problems } = (await world.get('/readyz')).json;
  expect(problems.map(({ level }: { level: string }) => level)).toContain('error');
  await save(world, copy, `${FILE}\n## Update 11:55 UTC\nWe move files away.\n`);
  await save(world, copy, FILE.replace('severity: major', 'severity: critical'));
  await world.restart();
  await world.pass(400, 60);
  expect(subjects(world).slice(told)).toEqual([]);
  await rm(at(world, copy));
  await world.pass(20, 5);
  expect(await indicator(world)).toBe('none');
  expect(subjects(world).slice(told)).toEqual([]);
  // Opened again by its operator.
  await save(world, `${ID}.md`, `${FILE}\n## Identified 12:10 UTC\nThe disk is full again.\n`);
  expect(subjects(world).slice(told)).toEqual(['[UPDATE] Slow exports']);
});

test.each(COPIES)(
  '%s is open, and the file that is over goes: told as open again, and its end',
  async copy => {
    const { world, told } = await ended(copy);
    await rm(at(world, `${ID}.md`));
    await world.pass(20, 5);
    expect(subjects(world).slice(told)).toEqual(['[UPDATE] Slow exports']);
    await save(world, copy, ENDED.replaceAll('11:59', '12:00'));
    expect(subjects(world).slice(told)).toEqual(['[UPDATE] Slow exports', '[RESOLVED] Slow exports']);
  },
);

const MACHINES = '20260310_db-down';
test.each([`${MACHINES}.sync-conflict-20260310-114500-ABCDEFG.md`, `2026/${MACHINES}.md`])(
  'a real outage while %s is open, an old copy of the machine’s incident: told once, with its end',
  async copy => {
    const world = await checked();
    const turn = async (status: number, seconds: number) => {
      world.answers.db = status;
      await world.pass(seconds, 5);
      return subjects(world);
    };
    await turn(500, 20);
    const open = await world.read(`${MACHINES}.md`);
    const before = ['[INCIDENT] Database Down', '[RESOLVED] Database Down'];
    expect(await turn(200, 90)).toEqual(before);
    await mkdir(at(world, '2026'));
    await world.write(copy, open);
    expect(await turn(200, 90)).toEqual(before);
    const again = [...before, '[UPDATE] Database Down'];
    expect(await turn(500, 120)).toEqual(again);
    expect(await turn(200, 90)).toEqual([...again, '[RESOLVED] Database Down']);
    const told = world.mails.filter(({ subject }) => subject?.startsWith('['));
    expect(told.slice(1).map(({ references }) => references)).toEqual(Array(3).fill(told[0]?.messageId));
    expect(await indicator(world)).toBe('none');
  },
);
