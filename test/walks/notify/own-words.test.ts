// What a person writes in an automatic incident about its end is told once, and gives no end away that has not held.
import { describe, expect, test } from 'vitest';
import { expectTold, mailsTo, subjects, turn, type Watched, watched } from './watched.ts';

const HOOK = '/webhooks/uptime?token=the-webhook-token-of-this-test';
const WORDS = 'We put the disk back.';

/** By what an incident is opened and ended, and its file. */
const SOURCES = {
  check: {
    file: '20260310_api-down.md',
    title: 'API Down',
    turn: (world: Watched, isDown: boolean, seconds: number) =>
      turn(world, ['api'], isDown ? 503 : 200, seconds),
  },
  monitor: {
    file: '20260310_storage-down.md',
    title: 'Storage Down',
    async turn(world: Watched, isDown: boolean, seconds: number) {
      await world.post(HOOK, { alert_type: isDown ? 'down' : 'up', monitor_name: 'Storage' });
      await world.pass(seconds, 5);
    },
  },
} as const;
type Name = keyof typeof SOURCES;

const iso = (world: Watched) => new Date(world.now()).toISOString();
/** A heading with the time of now, and where it stands in the file. */
const HEADINGS: Readonly<Record<string, (world: Watched) => [string, 'top' | 'bottom']>> = {
  'with seconds': world => [`Resolved ${iso(world).slice(11, 19)} UTC`, 'top'],
  'with date': world => [`Resolved ${iso(world)}`, 'top'],
  'undated, at the bottom': world => [`Resolved ${iso(world).slice(11, 16)} UTC`, 'bottom'],
  'with words': world => [`Resolved ${iso(world).slice(11, 16)} UTC - fixed`, 'top'],
};

async function write(world: Watched, file: string, heading: string, place: 'top' | 'bottom', words = WORDS) {
  const text = await world.read(file);
  const section = `## ${heading}\n${words}\n\n`;
  await world.write(file, place === 'top' ? text.replace('## ', `${section}## `) : `${text}\n${section}`);
}

const toAnn = (world: Watched) =>
  mailsTo(world, 'ann').map(({ subject, text }) => [subject, text ?? ''] as const);
const inChat = (world: Watched) => world.chat.got.map(({ json }) => json.blocks[0].text.text);
const statuses = (world: Watched) => world.hook.got.map(({ json }) => json.incident.status);

/** Every heading for a check, and one for a monitor. */
const CASES: [Name, string][] = [
  ...Object.keys(HEADINGS).map((how): [Name, string] => ['check', how]),
  ['monitor', 'with seconds'],
];

describe('an operator’s Resolved section', () => {
  test.each(CASES)('of a %s, %s, in the hold: the end has its words, at once', async (name, how) => {
    const { file, title, ...source } = SOURCES[name];
    const world = await watched();
    await source.turn(world, true, 100);
    await source.turn(world, false, 15);
    expect(await world.read(file)).toContain('status: resolved');
    await write(world, file, ...HEADINGS[how]!(world));
    await world.pass(10, 5);
    const told = [`[INCIDENT] ${title}`, `[RESOLVED] ${title}`];
    expect(subjects(world, 'ann')).toEqual(told);
    expect(toAnn(world)[1]![1]).toContain(WORDS);
    await world.restart();
    await world.pass(900, 90);
    expect(subjects(world, 'ann')).toEqual(told);
    expect(inChat(world)).toEqual(told);
    expect(statuses(world)).toEqual(['investigating', 'resolved']);
    expect(world.hook.got.at(-1)!.json.incident.incident_updates[0].body).toBe(WORDS);
  });

  test.each(CASES)('of a %s, %s, after the end was told: an update, once', async (name, how) => {
    const { file, title, ...source } = SOURCES[name];
    const world = await watched();
    await source.turn(world, true, 100);
    await source.turn(world, false, 90);
    await write(world, file, ...HEADINGS[how]!(world));
    await world.pass(10, 5);
    await world.restart();
    await world.pass(900, 90);
    const told = [`[INCIDENT] ${title}`, `[RESOLVED] ${title}`, `[UPDATE] ${title}`];
    expect(subjects(world, 'ann')).toEqual(told);
    expect(toAnn(world)[2]![1]).toContain(WORDS);
    expect(inChat(world)).toEqual(told);
    expect(statuses(world)).toEqual(['investigating', 'resolved', 'resolved']);
  });

  test('dated before the end that was told: an update, once', async () => {
    const { file, title, ...source } = SOURCES.check;
    const world = await watched();
    await source.turn(world, true, 95);
    const heading = HEADINGS['with seconds']!(world);
    await source.turn(world, false, 90);
    await write(world, file, ...heading);
    await world.pass(900, 90);
    expect(subjects(world, 'ann')).toEqual([
      `[INCIDENT] ${title}`,
      `[RESOLVED] ${title}`,
      `[UPDATE] ${title}`,
    ]);
    expect(toAnn(world)[2]![1]).toContain(WORDS);
  });

  test.each(CASES)('of a %s, %s, just before the machine’s: told once', async (name, how) => {
    const { file, title, ...source } = SOURCES[name];
    const world = await watched();
    await source.turn(world, true, 100);
    await write(world, file, ...HEADINGS[how]!(world));
    await source.turn(world, false, 120);
    expect(toAnn(world).filter(([, text]) => text.includes(WORDS))).toHaveLength(1);
    const all = subjects(world, 'ann');
    expect(all.filter(subject => subject === `[RESOLVED] ${title}`)).toHaveLength(1);
    expect(all.at(-1)).toBe(`[RESOLVED] ${title}`);
  });

  test('while another component fails: an update; the machine’s end has its own words, and holds', async () => {
    const world = await watched();
    await turn(world, ['api', 'db'], 503, 100);
    await write(world, SOURCES.check.file, ...HEADINGS['with seconds']!(world));
    await turn(world, ['api'], 200, 30);
    await turn(world, ['db'], 200, 30);
    const begun = ['[INCIDENT] API and Database Down', '[UPDATE] API and Database Down'];
    expectTold(world, begun, ['investigating', 'investigating']);
    expect(toAnn(world)[1]![1]).toContain(WORDS);
    await world.pass(60, 5);
    expectTold(
      world,
      [...begun, '[RESOLVED] API and Database Down'],
      ['investigating', 'investigating', 'resolved'],
    );
    expect(toAnn(world)[2]![1]).toContain('API and Database are working again.');
    expect(toAnn(world)[2]![1]).not.toContain(WORDS);
  });
});

describe('an operator’s words in the hold', () => {
  /** Expects that what was told last shows the incident as open; `ends`: how many updates say resolved. */
  function expectOpen(world: Watched, status: string, ends = 0): void {
    const [subject, text] = toAnn(world).at(-1)!;
    expect(subject).toMatch(/^\[UPDATE\]/);
    expect(text).toContain(WORDS);
    expect(text).toMatch(new RegExp(`^${status} `, 'i'));
    expect(text).not.toMatch(/Ended|RESOLVED/);
    expect(JSON.stringify(world.chat.got.at(-1)!.json)).not.toMatch(/Ended|Resolved/);
    const { incident } = world.hook.got.at(-1)!.json;
    expect(incident).toMatchObject({ status, resolved_at: null });
    expect(incident.incident_updates[0]).toMatchObject({ status, body: WORDS });
    const said = incident.incident_updates.map((one: { status: string }) => one.status);
    expect(said.filter((one: string) => one === 'resolved')).toHaveLength(ends);
  }

  test('Update: told as of an open incident; its end once, when it has held', async () => {
    const { file, title, ...source } = SOURCES.check;
    const world = await watched();
    await source.turn(world, true, 100);
    await source.turn(world, false, 15);
    await write(world, file, `Update ${iso(world)}`, 'top');
    await world.pass(10, 5);
    expectOpen(world, 'investigating');
    await world.restart();
    await world.pass(60, 5);
    const told = [`[INCIDENT] ${title}`, `[UPDATE] ${title}`, `[RESOLVED] ${title}`];
    expect(subjects(world, 'ann')).toEqual(told);
    expect(inChat(world)).toEqual(told);
    expect(statuses(world)).toEqual(['investigating', 'investigating', 'resolved']);
    expect(toAnn(world)[2]![1]).toContain('is working again.');
  });

  test('the source fails again: nobody was told of an end, also of a second one', async () => {
    const { file, title, ...source } = SOURCES.check;
    const world = await watched();
    await source.turn(world, true, 100);
    await source.turn(world, false, 15);
    await write(world, file, `Update ${iso(world)}`, 'top');
    await world.pass(5, 5);
    await source.turn(world, true, 30);
    expectOpen(world, 'investigating');
    await source.turn(world, false, 90);
    const told = [`[INCIDENT] ${title}`, `[UPDATE] ${title}`, `[RESOLVED] ${title}`];
    expect(subjects(world, 'ann')).toEqual(told);
    await source.turn(world, true, 30);
    await source.turn(world, false, 20);
    await write(world, file, `Update ${iso(world)}`, 'top');
    await world.pass(10, 5);
    // The one that did not hold, the words after it, and the one that was told.
    expectOpen(world, 'investigating', 3);
    await world.pass(60, 5);
    expect(subjects(world, 'ann').slice(3)).toEqual(
      ['UPDATE', 'UPDATE', 'RESOLVED'].map(tag => `[${tag}] ${title}`),
    );
  });
});
