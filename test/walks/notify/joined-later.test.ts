// A component that joins an incident later: those who follow only that one are told of a beginning, and of its end.
import { expect, test } from 'vitest';
import { openWorld, subscribed, type World } from '../world.ts';

const SITE = (target: string) =>
  `title: T\ngroup_within: 0s\ncomponents:\n${['api', 'db', 'jobs']
    .map(
      id =>
        `  - { id: ${id}, name: ${id.toUpperCase()}, check: { type: http, url: "${target}/${id}" }, detect: { failures: 2, recoveries: 1 } }\n`,
    )
    .join('')}`;
const subjects = ({ mails }: World, to: string) =>
  mails
    .filter(mail => mail.subject?.startsWith('[') && JSON.stringify(mail.to).includes(`${to}@`))
    .map(({ subject }) => subject);
const FILE = '20260310_outage.md';
const file = (state: string, body: string) =>
  `---\ntitle: Outage\n${state}\nseverity: major\nstarted: 2026-03-10T12:00:00Z\ncomponents: [api]\n---\n\n${body}`;
const BEGUN = '## Investigating 12:00 UTC\nThe API fails.\n\n';
const MORE = '## Identified 12:05 UTC\ncomponents: [api, db]\nThe database too.\n\n';

async function readers(): Promise<World> {
  const world = await openWorld({ site: SITE });
  await subscribed(world, 'api@example.com', ['api']);
  await subscribed(world, 'db@example.com', ['db']);
  await subscribed(world, 'ends@example.com', new URLSearchParams('components=db&detail=ends'));
  await subscribed(world, 'jobs@example.com', ['jobs']);
  await subscribed(world, 'all@example.com');
  await world.write(FILE, file('status: investigating', BEGUN));
  await world.pass(60, 10);
  return world;
}

test('they get [INCIDENT] when it joins, and [RESOLVED]; the others get an update', async () => {
  const world = await readers();
  await world.pass(240, 60);
  await world.write(FILE, file('status: identified', BEGUN + MORE));
  await world.pass(30, 10);
  await world.restart();
  const over = `${BEGUN}${MORE}## Resolved 12:06 UTC\nFixed.\n`;
  await world.write(FILE, file('status: resolved\nresolved: 2026-03-10T12:06:00Z', over));
  await world.pass(120, 10);
  for (const to of ['api', 'all'])
    expect([to, subjects(world, to)]).toEqual([
      to,
      ['[INCIDENT] Outage', '[UPDATE] Outage', '[RESOLVED] Outage'],
    ]);
  for (const to of ['db', 'ends'])
    expect([to, subjects(world, to)]).toEqual([to, ['[INCIDENT] Outage', '[RESOLVED] Outage']]);
  expect(subjects(world, 'jobs')).toEqual([]);
  const first = world.mails.find(
    mail => JSON.stringify(mail.to).includes('db@') && mail.subject?.startsWith('['),
  )!;
  expect(first.text).toContain('The database too.');
});

test('if nothing was told of it, they get no end either', async () => {
  const world = await readers();
  await world.pass(240, 60);
  const quiet = MORE.replace('The database', 'notify: false\nThe database');
  await world.write(FILE, file('status: identified', BEGUN + quiet));
  await world.pass(5, 5);
  // Only the end names a component more.
  const over = `${BEGUN}## Resolved 12:06 UTC\ncomponents: [api, db]\nFixed, the database too.\n`;
  await world.write(FILE, file('status: resolved\nresolved: 2026-03-10T12:06:00Z', over));
  await world.pass(120, 10);
  expect(subjects(world, 'all')).toEqual(['[INCIDENT] Outage', '[RESOLVED] Outage']);
  expect(subjects(world, 'api')).toEqual(['[INCIDENT] Outage', '[RESOLVED] Outage']);
  for (const to of ['db', 'ends', 'jobs']) expect([to, subjects(world, to)]).toEqual([to, []]);
});
