// A section that says it is over, in an incident that is open: no end is told before page and API have one.
import { describe, expect, test } from 'vitest';
import { openWorld, subscribed, type World } from '../world.ts';

const FILE = '20260310_exports.md';
const file = (state: string, body: string) =>
  `---\ntitle: Slow exports\n${state}\nseverity: major\nstarted: 2026-03-10T11:30:00Z\ncomponents: [dashboard]\n---\n\n${body}`;
const over = (time: string) => `status: resolved\nresolved: 2026-03-10T${time}:00Z`;
const OPEN = 'status: identified';
const BODY = '## Investigating 11:30 UTC\nWe look.\n\n## Identified 11:57 UTC\nA full disk.\n';
const PART = '\n## Resolved 11:50 UTC\nThe login part was fixed then.\n';

const sent = ({ mails }: World, to = 'olga') =>
  mails.filter(mail => mail.subject?.startsWith('[') && JSON.stringify(mail.to).includes(to));
const subjects = (world: World, to?: string) => sent(world, to).map(({ subject }) => subject);
const indicator = async (world: World) => (await world.get('/api/v2/status.json')).json.status.indicator;

async function begun(text = file(OPEN, BODY)) {
  const world = await openWorld();
  await subscribed(world, 'olga@example.com');
  await subscribed(world, 'edda@example.com', new URLSearchParams('detail=ends'));
  await world.write(FILE, text);
  await world.pass(20, 5);
  return world;
}

async function save(world: World, text: string) {
  await world.write(FILE, text);
  await world.pass(20, 5);
}

test.each([
  ['the front matter alone', '', 'Ended'],
  ['a section', '\n## Resolved 12:00 UTC\nNow all is over.\n', 'Now all is over.'],
])('a Resolved that is not the newest is an update; the end by %s is told once', async (_, end, words) => {
  const world = await begun();
  const told = subjects(world).length;
  await save(world, file(OPEN, BODY + PART));
  expect(await indicator(world)).not.toBe('none');
  expect(subjects(world).slice(told)).toEqual(['[UPDATE] Slow exports']);
  const update = sent(world).at(-1)!;
  expect(update.text).toContain('The login part was fixed then.');
  expect(update.text).toContain('IDENTIFIED');
  expect(update.text).not.toContain('Ended');
  expect(subjects(world, 'edda')).toEqual(['[INCIDENT] Slow exports']);
  await save(world, file(over('12:00'), BODY + PART + end));
  await world.restart();
  await world.pass(20, 5);
  expect(await indicator(world)).toBe('none');
  expect(subjects(world).slice(told)).toEqual(['[UPDATE] Slow exports', '[RESOLVED] Slow exports']);
  expect(sent(world).at(-1)!.text).toContain(words);
  expect(subjects(world, 'edda')).toEqual(['[INCIDENT] Slow exports', '[RESOLVED] Slow exports']);
});

test('first seen with an end and what came after it: nobody is told of that end', async () => {
  const world = await begun(file(OPEN, BODY + PART));
  expect(subjects(world).filter(subject => subject?.startsWith('[RESOLVED]'))).toEqual([]);
  expect(subjects(world, 'edda')).toEqual(['[INCIDENT] Slow exports']);
});

test('an end by the front matter, with a section dated before what was told: one email has both', async () => {
  const world = await begun();
  const told = subjects(world).length;
  await save(world, file(over('12:00'), BODY + PART));
  await world.restart();
  await world.pass(20, 5);
  expect(subjects(world).slice(told)).toEqual(['[RESOLVED] Slow exports']);
  expect(sent(world).at(-1)!.text).toContain('The login part was fixed then.');
  expect(sent(world).at(-1)!.text).toContain('after 30 min');
});

test('first seen when over, after an end in between: one end is told', async () => {
  const world = await begun(file(OPEN, '## Investigating 11:30 UTC\nWe look.\n'));
  await save(world, file(over('12:00'), BODY + PART));
  expect(subjects(world, 'edda')).toEqual(['[INCIDENT] Slow exports', '[RESOLVED] Slow exports']);
  expect(subjects(world).filter(subject => subject?.startsWith('[RESOLVED]'))).toHaveLength(1);
});

describe('a section by hand in the minute of one that a program wrote, beside the oldest', () => {
  const API = '## Identified 2026-03-10 11:59:45 UTC\nA program says more.\n\n';
  const HAND = '## Investigating 11:30 UTC\nWe look.\n\n';
  const end = (time: string) => `status: resolved\nresolved: 2026-03-10T11:59:${time}Z`;

  test.each(['50', '45', '00'])('is the end, told once with its words (:%s)', async second => {
    const world = await begun(file(OPEN, API + HAND));
    const told = subjects(world).length;
    await save(world, file(end(second), `${API}${HAND}## Resolved 11:59 UTC\nAll is well.\n`));
    await world.restart();
    await world.pass(20, 5);
    expect(subjects(world).slice(told)).toEqual(['[RESOLVED] Slow exports']);
    expect(sent(world).at(-1)!.text).toContain('All is well.');
    const [incident] = (await world.get('/api/v2/incidents.json')).json.incidents;
    const said = incident.incident_updates.map(({ status }: { status: string }) => status);
    expect(said).toEqual(['resolved', 'identified', 'investigating']);
  });

  test('is the newest, for page, API and email', async () => {
    const started = 'status: investigating\nopened_by: "uptimerobot:7"';
    const machine =
      '## Investigating 2026-03-10 11:59:45 UTC\ncomponents: [dashboard, api]\n\nAPI, too.\n\n## Investigating 2026-03-10 11:59:10 UTC\nDown.\n\n';
    const at = (body: string) =>
      file(started, body).replace('started: 2026-03-10T11:30:00Z', 'started: 2026-03-10T11:59:10Z');
    const world = await begun(at(machine));
    await save(world, at(`${machine}## Identified 11:59 UTC\nA bad deploy.\n`));
    const [incident] = (await world.get('/api/v2/incidents/unresolved.json')).json.incidents;
    expect(incident.status).toBe('identified');
    expect(incident.incident_updates[0].body).toBe('A bad deploy.');
    expect(sent(world).at(-1)!.text).toMatch(
      /IDENTIFIED[\s\S]*Affects: (API and Dashboard|Dashboard and API)/,
    );
  });
});

test('a maintenance: a Completed that is not the newest does not complete it', async () => {
  const keys = 'scheduled_start: 2026-03-10T11:30:00Z\nscheduled_end: 2026-03-10T14:00:00Z';
  const work = (state: string, body: string) =>
    `---\ntitle: Disks\n${state}\n${keys}\ncomponents: [dashboard]\n---\n\n${body}`;
  const body =
    '## Scheduled 11:00 UTC\nNew disks.\n\n## In progress 11:30 UTC\nWe begin.\n\n## Verifying 11:57 UTC\nWe look.\n';
  const world = await begun(work('status: verifying', body));
  const part = '\n## Completed 11:50 UTC\nThe first disk is new.\n';
  await save(world, work('status: verifying', body + part));
  const update = sent(world).at(-1)!;
  expect(update.text).toContain('The first disk is new.');
  expect(update.text).toContain('VERIFYING');
  expect(subjects(world, 'edda')).toHaveLength(1);
  await save(world, work('status: completed\nresolved: 2026-03-10T12:00:00Z', body + part));
  expect(sent(world).at(-1)!.text).toContain('COMPLETED');
  expect(subjects(world, 'edda')).toHaveLength(2);
});
