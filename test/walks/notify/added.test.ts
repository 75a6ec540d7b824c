// A component that an operator adds to an open incident by a list alone is told once, to all whom it concerns.
import { expect, test } from 'vitest';
import { mailsTo, subjects, turn, type Watched, watched } from './watched.ts';

const MINE = '20260310_mine.md';
const mine = (components: string, body = '') =>
  `---\ntitle: API Down\nstatus: investigating\nseverity: major\nstarted: 2026-03-10T12:00:00Z\ncomponents: ${components}\n---\n## Investigating 12:00 UTC\nWe look.\n${body}`;
const FILE = '20260310_api-down.md';

async function begun(of: 'own' | 'machine', more = ''): Promise<[Watched, string]> {
  const world = await watched(more);
  const file = of === 'own' ? MINE : FILE;
  if (of === 'own') await world.write(MINE, mine('[api]'));
  else world.answers.api = 503;
  await world.pass(100, 5);
  expect([subjects(world, 'ann'), subjects(world, 'db')]).toEqual([['[INCIDENT] API Down'], []]);
  return [world, file];
}
const change = async (world: Watched, file: string, from: string, to: string, seconds = 10) => {
  const text = await world.read(file);
  expect(text).toContain(from);
  await world.write(file, text.replace(from, to));
  await world.pass(seconds, 5);
};
const ADDED = ['[INCIDENT] API Down', '[UPDATE] API Down'];

test.each(['own', 'machine'] as const)(
  'by the front matter of an %s file: an update, and a beginning to who follows only that, at once',
  async of => {
    const [world, file] = await begun(of);
    await change(world, file, 'components: [api]', 'components: [api, db, web]');
    const told = () => [subjects(world, 'ann'), subjects(world, 'db')];
    expect(told()).toEqual([ADDED, ['[INCIDENT] API Down']]);
    for (const to of ['ann', 'db']) {
      const { text } = mailsTo(world, to).at(-1)!;
      expect(text).toContain('Affects: API, Database and Web');
      expect(text).toContain('Also affected: Database and Web.');
    }
    // Who was told nothing before reads what it is about.
    const words = of === 'own' ? 'We look.' : 'API is not working';
    expect(mailsTo(world, 'db').at(-1)!.text).toContain(words);
    expect(mailsTo(world, 'ann').at(-1)!.text).not.toContain(words);
    expect(world.hook.got.at(-1)!.json.incident.incident_updates[0].body).toBe(
      'Also affected: Database and Web.',
    );
    await world.restart();
    await world.pass(900, 60);
    expect(told()).toEqual([ADDED, ['[INCIDENT] API Down']]);
    // It was told: taken off and added again, it is no news.
    await change(world, file, 'components: [api, db, web]', 'components: [api]');
    await change(world, file, 'components: [api]', 'components: [api, db]', 60);
    expect(told()).toEqual([ADDED, ['[INCIDENT] API Down']]);
  },
);

test('by the list of an update that was told', async () => {
  const [world, file] = await begun('own');
  await change(world, file, 'We look.', 'We look.\n\n## Identified 12:01 UTC\ncomponents: [api]\n\nA disk.');
  await change(world, file, '\ncomponents: [api]\n\nA disk.', '\ncomponents: [api, db]\n\nA disk.');
  expect(subjects(world, 'ann')).toEqual([...ADDED, '[UPDATE] API Down']);
  expect(mailsTo(world, 'ann').at(-1)!.text).toContain('Also affected: Database.');
});

test('by the list of a section that only says when the next check of a group failed', async () => {
  const world = await watched();
  await turn(world, ['api'], 503, 10);
  await turn(world, ['web'], 503, 100);
  const file = '20260310_api-down.md';
  expect(await world.read(file)).toContain('components: [api, web]\nnotify: false');
  expect(subjects(world, 'ann')).toEqual(['[INCIDENT] API and Web Down']);
  await change(world, file, 'components: [api, web]', 'components: [api, web, db]', 900);
  expect(subjects(world, 'ann').slice(1)).toEqual(['[UPDATE] API and Web Down']);
  expect(subjects(world, 'db')).toEqual(['[INCIDENT] API and Web Down']);
  await turn(world, ['api', 'web'], 200, 120);
  expect(subjects(world, 'db').slice(1)).toEqual(['[RESOLVED] API and Web Down']);
});

test('with an update, that tells it; that of one that is not to be emailed is told to nobody', async () => {
  const [world] = await begun('own');
  const said = '\n## Identified 12:01 UTC\ncomponents: [api, db]\n\nA disk.\n';
  await world.write(MINE, mine('[api]', said));
  await world.pass(60, 5);
  expect(subjects(world, 'ann')).toEqual(ADDED);
  const quiet = '\n## Update 12:03 UTC\nnotify: false\ncomponents: all\n\nAll.\n';
  await world.write(MINE, mine('[api]', said + quiet));
  await world.pass(60, 5);
  expect(subjects(world, 'ann')).toEqual(ADDED);
});

test('a check that fails later brings nothing new, and the end is told to all', async () => {
  const [world, file] = await begun('machine');
  await change(world, file, 'components: [api]', 'components: [api, db]');
  await turn(world, ['db'], 503, 60);
  await turn(world, ['api', 'db'], 200, 120);
  const end = '[RESOLVED] API and Database Down';
  expect([subjects(world, 'ann'), subjects(world, 'db')]).toEqual([
    [...ADDED, end],
    [ADDED[0], end],
  ]);
});

test('within the grace period it belongs to what waits; taken off again, it is not told', async () => {
  const [world, file] = await begun('own', 'grace: 30s, ');
  await change(world, file, 'components: [api]', 'components: [api, db]', 15);
  await change(world, file, 'components: [api, db]', 'components: [api]', 60);
  expect(subjects(world, 'ann')).toEqual(['[INCIDENT] API Down']);
  const late = '20260310_late.md';
  await world.write(late, mine('[api]').replaceAll('API Down', 'Late').replaceAll('12:00', '12:04'));
  await world.pass(10, 5);
  await change(world, late, 'components: [api]', 'components: [api, db]', 90);
  expect(subjects(world, 'ann')).toEqual(['[INCIDENT] API Down', '[INCIDENT] Late']);
  expect(mailsTo(world, 'ann').at(-1)!.text).toContain('Affects: API and Database');
});

test.each(['[]', '[apii]'])('to one that was told to everybody while it named none (%s)', async none => {
  const world = await watched();
  await world.write(MINE, mine(none));
  await world.pass(10, 5);
  await change(world, MINE, none, '[api]');
  expect(mailsTo(world, 'ann').at(-1)!.text).toContain('Also affected: API.');
  expect([subjects(world, 'ann'), subjects(world, 'db')]).toEqual([ADDED, ADDED.slice(0, 1)]);
  await world.restart();
  await change(world, MINE, '[api]', '[api, db]', 60);
  // Who follows that alone knows of the incident.
  const told = [[...ADDED, ADDED[1]], ADDED];
  expect([subjects(world, 'ann'), subjects(world, 'db')]).toEqual(told);
  await change(world, MINE, '[api, db]', none);
  await change(world, MINE, none, '[api, db]', 60);
  expect([subjects(world, 'ann'), subjects(world, 'db')]).toEqual(told);
});

test('not of an incident that is over', async () => {
  const [world, file] = await begun('machine');
  await turn(world, ['api'], 200, 90);
  await change(world, file, 'components: [api]', 'components: [api, db]', 60);
  const told = ['[INCIDENT] API Down', '[RESOLVED] API Down'];
  expect(subjects(world, 'ann')).toEqual(told);
  expect(subjects(world, 'db')).toEqual([]);
});
