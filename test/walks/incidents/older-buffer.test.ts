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

const minute = (world: World) => new Date(world.now()).toISOString().slice(11, 16);
const withEnd = (world: World, text: string) =>
  text.replace(/^status: .*$/m, `status: resolved\nresolved: ${new Date(world.now()).toISOString()}`);
const withWords = (world: World, text: string, label = 'Resolved') =>
  `${text}\n## ${label} ${minute(world)} UTC\nWe restarted the sign-in.\n`;

/** Expects the operator's end, told once, and all words in the file and on the page. */
async function expectEnded(world: World, words: readonly string[]) {
  const text = await world.read(`${ID}.md`);
  for (const one of words) expect(text.split(one)).toHaveLength(2);
  expect(text.match(/^status: .*$/gm)).toEqual(['status: resolved']);
  expect(text.match(/^resolved: /gm)).toHaveLength(1);
  expect(text.match(/^## /gm)).toHaveLength(words.length + 1);
  const [incident] = world.system.snapshot().incidents;
  expect(incident!.status).toBe('resolved');
  for (const one of words) expect((await world.get(`/status/incidents/${ID}`)).text).toContain(one);
  expect((await world.get('/readyz')).json.problems).toEqual([]);
  expect(subjects(world).filter(one => one?.startsWith('[RESOLVED]'))).toHaveLength(1);
}

describe.each([
  ['the API', byApi],
  ['a command', byCommand],
])('an end in a save from before %s wrote', (_, write) => {
  const [THEIRS, MINE] = ['It is the database.', 'We restarted the sign-in.'];

  async function identified(): Promise<World> {
    const world = await opened();
    await write(world, 'identified', THEIRS);
    await world.pass(70, 5);
    return world;
  }

  test('with words: it is over, and both are told', async () => {
    const world = await identified();
    await save(world, withWords(world, withEnd(world, FILE)));
    await expectEnded(world, [THEIRS, MINE]);
    expect(subjects(world)).toEqual(['[UPDATE] Slow sign-in', '[RESOLVED] Slow sign-in']);
    expect(world.mails.at(-1)!.text).toContain(MINE);
    const { updates } = world.system.snapshot().incidents[0]!;
    expect(updates.at(-1)).toMatchObject({ status: 'resolved', body: MINE });
  });

  test('that was before what they wrote: it is over since then', async () => {
    const world = await opened();
    const ended = withWords(world, withEnd(world, FILE));
    await world.pass(60, 5);
    await write(world, 'identified', THEIRS);
    await world.pass(70, 5);
    await save(world, ended);
    const text = await world.read(`${ID}.md`);
    for (const one of [THEIRS, MINE, '\nstatus: resolved\n']) expect(text).toContain(one);
    expect(world.system.snapshot().incidents[0]!.status).toBe('resolved');
    expect(subjects(world)).toEqual(['[UPDATE] Slow sign-in', '[RESOLVED] Slow sign-in']);
  });

  test('by front matter alone', async () => {
    const world = await identified();
    await save(world, withEnd(world, FILE));
    await expectEnded(world, [THEIRS]);
  });

  test.each([
    ['front matter, and the words', withEnd, withWords],
    ['words, and the front matter', withWords, withEnd],
  ])('by %s seconds later', async (_name, one, other) => {
    const world = await identified();
    const first = one(world, FILE);
    await world.write(`${ID}.md`, first);
    await world.pass(3, 1);
    await save(world, other(world, first));
    await expectEnded(world, [THEIRS, MINE]);
  });

  test('which they wrote, too: the later end stands, and the words of both, also if they are alike', async () => {
    const world = await opened();
    const ALIKE = 'We restarted the database.';
    await write(world, 'resolved', ALIKE);
    await world.pass(130, 5);
    const { resolved } = world.system.snapshot().incidents[0]!;
    await save(world, withWords(world, withEnd(world, FILE)));
    await expectEnded(world, [ALIKE, MINE]);
    expect(world.system.snapshot().incidents[0]!.resolved).toBeGreaterThan(resolved!);
    expect(subjects(world)).toEqual(['[RESOLVED] Slow sign-in', '[UPDATE] Slow sign-in']);
    expect(world.mails.at(-1)!.text).toContain(MINE);
  });

  test('and the same status as theirs: both sections stay', async () => {
    const world = await identified();
    const mine = withWords(world, FILE.replace('status: investigating', 'status: identified'), 'Identified');
    await save(world, mine);
    for (const one of [THEIRS, MINE]) expect(await world.read(`${ID}.md`)).toContain(one);
    expect(subjects(world)).toEqual(['[UPDATE] Slow sign-in', '[UPDATE] Slow sign-in']);
  });
});

test('two commands at once: both stay', async () => {
  const world = await opened();
  await byCommand(world, 'identified', 'It is the database.');
  await byCommand(world, 'identified', 'It is being restarted.');
  await world.pass(70, 5);
  await save(world, withWords(world, withEnd(world, FILE)));
  await expectEnded(world, ['It is the database.', 'It is being restarted.', 'We restarted the sign-in.']);
});

describe('keys that the API changed', () => {
  const change = (world: World, body: object) =>
    fetch(new URL(`/api/incidents/${ID}`, world.url), {
      method: 'PATCH',
      headers: { authorization: `Bearer ${API_TOKEN}`, 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
  const CHANGED = { severity: 'critical', components: ['api', 'dashboard'], title: 'No sign-in' };
  const front = (text: string, keys: readonly string[]) =>
    keys.map(key => new RegExp(`^${key}: (.*)$`, 'm').exec(text)?.[1]);

  test('stay in a save from before, with what the operator wrote', async () => {
    const world = await opened();
    await change(world, CHANGED);
    await world.pass(70, 5);
    await save(world, withWords(world, withEnd(world, FILE)));
    await expectEnded(world, ['We restarted the sign-in.']);
    const keys = front(await world.read(`${ID}.md`), ['severity', 'components', 'title']);
    expect(keys).toEqual(['critical', '[api, dashboard]', 'No sign-in']);
  });

  test('and the operator, too: the save is the later word, the other keys stay', async () => {
    const world = await opened();
    await change(world, { ...CHANGED, status: 'identified', message: 'It is the database.' });
    await world.pass(70, 5);
    await save(world, withWords(world, FILE.replace('severity: major', 'severity: minor'), 'Update'));
    const text = await world.read(`${ID}.md`);
    for (const one of ['It is the database.', 'We restarted the sign-in.']) expect(text).toContain(one);
    expect(front(text, ['status', 'severity', 'components'])).toEqual([
      'identified',
      'minor',
      '[api, dashboard]',
    ]);
  });

  test('and that an operator sets back, stay so', async () => {
    const world = await opened();
    await change(world, { severity: 'critical' });
    await world.pass(70, 5);
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
