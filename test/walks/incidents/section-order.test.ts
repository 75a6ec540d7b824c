// Sections from several hands in one file: wherever each puts its own, every update is told once, with its own time.
import { describe, expect, test } from 'vitest';
import { incident } from '../../../src/cli/incident.ts';
import type { Cli } from '../../../src/cli/shared/command.ts';
import { readEnvironment } from '../../../src/config/environment.ts';
import { parseIncident } from '../../../src/core/incidents/file/parse.ts';
import { addUpdate } from '../../../src/core/incidents/file/print.ts';
import { mergeIncident } from '../../../src/core/incidents/merge/merge.ts';
import { iso } from '../../../src/core/model/time.ts';
import { openWorld, SECRET, subscribed, type World } from '../world.ts';

const NAME = '20261129_exports.md';
const head = (started: number) =>
  `---\ntitle: Slow exports\nstatus: investigating\nseverity: major\nstarted: ${iso(started)}\ncomponents: [dashboard]\n---\n`;
const section = (at: number, words: string, seconds = false) =>
  `## Update ${iso(at).slice(11, seconds ? 19 : 16)} UTC\n${words}\n`;

type Step = 'appends' | 'prepends' | 'by command' | 'by API' | 'restart';

/** One step of the way; resolves to the words it told, null for none. */
async function done(world: World, step: Step, number: number): Promise<string | null> {
  const words = `words ${number} ${step}.`;
  const body = { status: 'identified', message: words };
  if (step === 'restart') {
    await world.restart();
    return null;
  }
  if (step === 'by API') {
    const auth = { authorization: 'Bearer secret-token-of-this-test' };
    expect((await world.post('/api/incidents/20261129_exports/updates', body, auth)).status).toBe(201);
  } else if (step === 'by command') {
    const { value } = readEnvironment({ SECRET }, world.dir);
    const say = () => {};
    const cli: Cli = {
      env: value!,
      cwd: world.dir,
      clock: world.now,
      out: say,
      err: say,
      interactive: false,
    };
    const update = incident.find(({ name }) => name === 'incident update')!;
    const args = ['--status', 'identified', '--message', words, '--yes'];
    expect(await update.run(['20261129_exports', ...args], cli)).toBe(0);
  } else {
    const text = await world.read(NAME);
    const own = section(world.now(), words, number % 2 === 0);
    const [, front = '', below = ''] = /^(---[\s\S]*?---\n)([\s\S]*)$/.exec(text) ?? [];
    await world.write(NAME, step === 'appends' ? `${text.trimEnd()}\n\n${own}` : `${front}${own}\n${below}`);
  }
  return words;
}

describe('each update is told once, with its own time', () => {
  const hands: readonly (readonly [string, string, number, readonly Step[]])[] = [
    ['the command line, then two appended', '2026-11-29T02:48:40Z', 5, ['by command', 'appends', 'appends']],
    [
      'the API, then two appended, a restart between',
      '2026-11-29T02:48:40Z',
      70,
      ['by API', 'appends', 'restart', 'appends'],
    ],
    [
      'two appended, the command line, two appended',
      '2026-11-29T02:48:40Z',
      300,
      ['appends', 'appends', 'by command', 'appends', 'appends'],
    ],
    [
      'the command line between two appended',
      '2026-11-29T02:48:40Z',
      1800,
      ['by command', 'appends', 'by command', 'appends', 'by API', 'appends'],
    ],
    [
      'newest first',
      '2026-11-29T02:48:40Z',
      300,
      ['prepends', 'by command', 'prepends', 'restart', 'by API', 'prepends'],
    ],
    [
      'newest first, the command line first',
      '2026-11-29T02:48:40Z',
      300,
      ['by command', 'prepends', 'prepends'],
    ],
    ['midnight crossed', '2026-11-28T23:55:00Z', 1200, ['by command', 'appends', 'by command', 'appends']],
    [
      'midnight crossed by hand alone',
      '2026-11-28T23:55:00Z',
      1200,
      ['appends', 'appends', 'by command', 'appends'],
    ],
    [
      'a night long',
      '2026-11-28T20:00:00Z',
      3 * 3600,
      ['by command', 'appends', 'appends', 'by command', 'appends'],
    ],
  ];
  test.each(hands)('%s', async (_, now, wait, steps) => {
    const world = await openWorld({ now, env: { API_TOKEN: 'secret-token-of-this-test' } });
    await subscribed(world, 'olga@example.com');
    const started = world.now() - 30 * 60_000;
    await world.write(NAME, `${head(started)}\n${section(started, 'First words.')}`);
    const told: [string, string][] = [[iso(started - (started % 60_000)), 'First words.']];
    const tick = () => world.pass(10, 5);
    await tick();
    for (const [number, step] of steps.entries()) {
      await world.pass(wait, wait);
      const at = world.now();
      const words = await done(world, step, number);
      if (words) told.push([iso(at), words]);
      await tick();
    }
    await world.pass(20, 5);
    const { updates } = world.system.snapshot().incidents[0]!;
    expect(updates.map(({ body }) => body)).toEqual(told.map(([, words]) => words));
    for (const [index, { at }] of updates.entries()) {
      expect(Math.abs(at - Date.parse(told[index]![0]))).toBeLessThan(60_000);
    }
    const mails = world.mails.filter(({ subject }) => subject?.startsWith('['));
    expect(told.map(([, words]) => mails.filter(({ text }) => text?.includes(words)).length)).toEqual(
      told.map(() => 1),
    );
    expect(mails).toHaveLength(told.length);
    expect(JSON.stringify((await world.get('/readyz')).json.problems)).not.toContain('future');
  });
});

test('a machine’s incident told of by hand below: its end on top moves nothing', async () => {
  const world = await openWorld({ now: '2026-11-29T02:10:00Z' });
  await subscribed(world, 'olga@example.com');
  await world.pass(60, 20);
  world.service.status = 503;
  await world.pass(400, 20);
  const [name] = await world.files();
  const said: number[] = [];
  for (const words of ['We look.', 'Disk full.']) {
    await world.pass(1200, 60);
    said.push(world.now());
    await world.write(name!, `${(await world.read(name!)).trimEnd()}\n\n${section(world.now(), words)}`);
  }
  await world.pass(60, 20);
  world.service.status = 200;
  await world.pass(600, 20);
  said.push(world.now());
  await world.write(
    name!,
    `${(await world.read(name!)).trimEnd()}\n\n${section(world.now(), 'All is well.')}`,
  );
  await world.pass(60, 20);
  const { updates, resolved } = world.system.snapshot().incidents[0]!;
  expect(resolved).not.toBeNull();
  const moments = ['We look.', 'Disk full.', 'All is well.'].map(
    words => updates.find(({ body }) => body === words)?.at,
  );
  expect(moments).toEqual(said.map(at => at - (at % 60_000)));
  for (const words of ['We look.', 'Disk full.', 'All is well.']) {
    expect([words, world.mails.filter(({ text }) => text?.includes(words)).length]).toEqual([words, 1]);
  }
});

test.each([
  ['appended there', (text: string, own: string) => `${text}\n${own}`],
  ['put on top there', (text: string, own: string) => text.replace('## ', `${own}\n## `)],
])('merged with what was %s: every section keeps its day', (_, put) => {
  const started = Date.parse('2026-11-29T02:18:00Z');
  const now = Date.parse('2026-11-29T02:48:40Z');
  for (const apart of [-60_000, 60_000, 3_600_000]) {
    const base = `${head(started)}\n${section(started, 'First words.')}`;
    const ours = addUpdate(base, { status: 'identified', at: now, message: 'By command.' });
    const theirs = put(put(base, section(now + apart, 'One.')), section(now + apart + 60_000, 'Two.'));
    for (const [one, other] of [
      [ours, theirs],
      [theirs, ours],
    ] as const) {
      const merged = mergeIncident(base, one, other);
      if (merged?.kind !== 'merged') throw new Error(JSON.stringify(merged));
      const { updates } = parseIncident('', '', merged.text).value!;
      const at = Object.fromEntries(updates.map(({ key, body }) => [body, key.slice(0, 16)]));
      const minute = (time: number) => iso(time).slice(0, 16);
      expect(at).toEqual({
        'First words.': minute(started),
        'By command.': minute(now),
        'One.': minute(now + apart),
        'Two.': minute(now + apart + 60_000),
      });
    }
  }
});

test.each([
  ['by hand', (at: number, words: string) => section(at, words)],
  [
    'by command',
    (at: number, words: string) => `## Identified ${iso(at).slice(0, 19).replace('T', ' ')} UTC\n${words}\n`,
  ],
])('one puts on top %s what another appends: merged, every section keeps its day', (_, own) => {
  const started = Date.parse('2026-11-29T23:18:00Z');
  const minutes = (count: number) => started + count * 60_000;
  const first = section(started, 'First words.');
  const base = `${head(started)}\n${first}`;
  const onTop = `${head(started)}\n${own(minutes(50), 'Three.')}\n${section(minutes(30), 'One.')}\n${first}`;
  const below = `${base}\n${section(minutes(40), 'Two.')}\n${section(minutes(60), 'Four.')}`;
  for (const [ours, theirs] of [
    [onTop, below],
    [below, onTop],
  ] as const) {
    const merged = mergeIncident(base, ours, theirs);
    if (merged?.kind !== 'merged') throw new Error(JSON.stringify(merged));
    const { updates } = parseIncident('', '', merged.text).value!;
    expect(updates.map(({ body, at }) => [body, at])).toEqual([
      ['First words.', started],
      ['One.', minutes(30)],
      ['Two.', minutes(40)],
      ['Three.', minutes(50)],
      ['Four.', minutes(60)],
    ]);
  }
});

describe('a time before that of the beginning, added the next day', () => {
  const begun = '## Investigating 08:30 UTC\nWe look.\n';
  const added = '## Update 08:10 UTC\nStill slow this morning.\n';
  const times = (world: World) =>
    world.system.snapshot().incidents[0]!.updates.map(({ at, status }) => `${iso(at)} ${status}`);
  const openAt = async (now: string) => {
    const world = await openWorld({ now });
    await subscribed(world, 'olga@example.com');
    return world;
  };
  const START = Date.parse('2026-11-29T08:30:00Z');

  test.each([
    ['above', `${added}\n${begun}`],
    ['below', `${begun}\n${added}`],
  ])('%s it is of that day', async (_, body) => {
    const world = await openAt('2026-11-29T08:31:00Z');
    await world.write(NAME, `${head(START)}${begun}`);
    await world.pass(23 * 3600 + 40 * 60, 3600);
    await world.write(NAME, `${head(START)}${body}`);
    await world.pass(20, 5);
    for (const again of [false, true]) {
      if (again) await world.restart();
      await world.pass(20, 5);
      expect(times(world)).toEqual([
        '2026-11-29T08:30:00Z investigating',
        '2026-11-30T08:10:00Z investigating',
      ]);
    }
    const mails = world.mails.filter(({ subject }) => subject?.startsWith('['));
    expect(mails.map(({ subject }) => subject)).toEqual(['[INCIDENT] Slow exports', '[UPDATE] Slow exports']);
    expect(mails[1]!.text).toMatch(/Nov(ember)? 30|30 Nov|2026-11-30/);
  });

  test('is of the day of the beginning if it was there from the first, or is no time of now', async () => {
    const world = await openAt('2026-11-30T08:11:00Z');
    await world.write(NAME, `${head(START)}${added}\n${begun}`);
    await world.pass(20, 5);
    expect(times(world)[0]).toContain('2026-11-29T08:10:00Z');
    const other = await openAt('2026-11-29T08:31:00Z');
    await other.write(NAME, `${head(START)}${begun}`);
    await other.pass(27 * 3600, 3600);
    await other.write(NAME, `${head(START)}${added}\n${begun}`);
    await other.pass(20, 5);
    expect(times(other)[0]).toContain('2026-11-29T08:10:00Z');
  });
});
