// An end that was told and is moved ahead of now: the incident is open, whatever was told before, and its end is told again
// if something was told meanwhile.
import { expect, test } from 'vitest';
import { openWorld, subscribed, type World } from '../world.ts';

const file = (end: string, body = '') =>
  `---\ntitle: Slow\nseverity: critical\ncomponents: [dashboard]\nstatus: ${end ? `resolved\nresolved: 2026-03-10T${end}:00Z` : 'investigating'}\nstarted: 2026-03-10T11:50:00Z\n---\n\n## Investigating 11:50 UTC\nWe look.\n${body}`;
const subjects = ({ mails }: World) =>
  mails.flatMap(({ subject }) => (subject?.startsWith('[') ? [subject] : []));
const TOLD = ['[INCIDENT] Slow', '[RESOLVED] Slow'];

async function shown(world: World) {
  const { json } = await world.get('/api/v2/summary.json');
  const dashboard = json.components.find(({ name }: { name: string }) => name === 'Dashboard');
  const ready = JSON.stringify((await world.get('/readyz')).json.problems);
  return [dashboard.status, json.incidents.length, ready.includes('`resolved` is in the future')];
}
const OPEN = ['major_outage', 1, true];
const OVER = ['operational', 0, false];

test.each([
  ['without a section', (_: string) => ''],
  ['with one', (at: string) => `\n## Resolved ${at} UTC\nOver.\n`],
])('%s: open, over a restart, and over when it comes', async (_, section) => {
  const world = await openWorld();
  await subscribed(world, 'ann@example.com');
  const save = async (end: string, more = '') => {
    await world.write('20260310_slow.md', file(end, more + (end && section(end))));
    await world.pass(20, 5);
  };
  await save('');
  await save('12:00');
  expect([subjects(world), await shown(world)]).toEqual([TOLD, OVER]);
  await save('12:30');
  expect([subjects(world), await shown(world)]).toEqual([TOLD, OPEN]);
  await world.restart();
  await world.pass(60, 5);
  expect([subjects(world), await shown(world)]).toEqual([TOLD, OPEN]);
  const more = '\n## Update 12:01 UTC\nIn fact it lasts.\n';
  await save('12:30', more);
  const { text } = world.mails.at(-1)!;
  expect([subjects(world), await shown(world)]).toEqual([[...TOLD, '[UPDATE] Slow'], OPEN]);
  expect(text).toContain('INVESTIGATING');
  expect(text).toContain('In fact it lasts.');
  await world.restart();
  await world.pass(1_800, 60);
  const all = [...TOLD, '[UPDATE] Slow', '[RESOLVED] Slow'];
  expect([subjects(world), await shown(world)]).toEqual([all, OVER]);
});
