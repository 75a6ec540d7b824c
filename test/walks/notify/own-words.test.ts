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
});
