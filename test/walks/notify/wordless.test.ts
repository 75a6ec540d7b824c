// Saved before its words: what has none waits for them, and once it is told without, they are told when they come.
import { expect, test } from 'vitest';
import { checked } from '../monitoring/two-checks.ts';
import { openWorld, saveNow, subscribed, type World } from '../world.ts';

const front = (status = 'investigating') =>
  `---\ntitle: Slow exports\nstatus: ${status}\nseverity: major\nstarted: 2026-03-10T11:55:20Z\ncomponents: [dashboard]\n---\n\n`;
const LOOK = 'Exports take longer than usual.';
const FOUND = 'A full disk slows the workers.';
const heading = (label: string, time: string, words = '') => `## ${label} ${time} UTC\n${words}\n\n`;
const OVER = 'resolved\nresolved: 2026-03-10T11:58:10Z';

const save = (world: World, text: string) => saveNow(world, '20260310_exports.md', text);

const sent = ({ mails }: World, to: string) =>
  mails
    .filter(mail => mail.subject?.startsWith('[') && JSON.stringify(mail.to).includes(to))
    .map(({ subject, text }) => {
      const words = [LOOK, FOUND, 'Fast again.'].find(one => text?.includes(one));
      return `${subject?.split(' ')[0]} ${words ?? '-'}`;
    });

async function told(steps: readonly (string | number)[], expected: readonly string[]) {
  const world = await openWorld();
  await subscribed(world, 'olga@example.com');
  await subscribed(world, 'edda@example.com', new URLSearchParams('detail=ends'));
  for (const step of steps) {
    if (typeof step === 'number') await world.pass(step, 5);
    else await save(world, step);
  }
  await world.pass(20, 5);
  expect(sent(world, 'olga')).toEqual(expected);
  await world.restart();
  await world.pass(20, 5);
  return world;
}

const BEGUN = heading('Investigating', '11:55', LOOK);
const EMPTY = heading('Investigating', '11:55');
const SOON = 240;
const LATER = 310;

test.each<[string, readonly (string | number)[], readonly string[]]>([
  ['an empty first heading', [front() + EMPTY, SOON, front() + BEGUN], [`[INCIDENT] ${LOOK}`]],
  ['front matter alone, heading and words', [front(), SOON, front() + BEGUN], [`[INCIDENT] ${LOOK}`]],
  [
    'front matter alone, an empty heading of another minute, words',
    [
      front(),
      SOON,
      front() + heading('Investigating', '11:57'),
      SOON,
      front() + heading('Investigating', '11:57', LOOK),
    ],
    [`[INCIDENT] ${LOOK}`],
  ],
  ['front matter alone, words without a heading', [front(), SOON, front() + LOOK], [`[INCIDENT] ${LOOK}`]],
  ['an empty first heading, until it is told', [front() + EMPTY, LATER], ['[INCIDENT] -']],
  [
    'an empty first heading, and the words late',
    [front() + EMPTY, LATER, front() + BEGUN, 20, `${front()}We are sorry.\n\n${BEGUN}`],
    ['[INCIDENT] -', `[UPDATE] ${LOOK}`],
  ],
  [
    'front matter alone, heading and words late',
    [front(), LATER, front() + BEGUN],
    ['[INCIDENT] -', `[UPDATE] ${LOOK}`],
  ],
  [
    'front matter alone, heading of another minute and words late',
    [front(), LATER, front() + heading('Investigating', '11:57', LOOK)],
    ['[INCIDENT] -', `[UPDATE] ${LOOK}`],
  ],
  [
    'front matter alone, words without a heading late',
    [front(), LATER, front() + LOOK, 20, front() + BEGUN],
    ['[INCIDENT] -', `[UPDATE] ${LOOK}`],
  ],
  [
    'an empty heading with a status, later in the file',
    [
      front() + BEGUN,
      20,
      front() + BEGUN + heading('Identified', '11:58'),
      SOON,
      front() + BEGUN + heading('Identified', '11:58', FOUND),
    ],
    [`[INCIDENT] ${LOOK}`, `[UPDATE] ${FOUND}`],
  ],
  [
    'the same, and the words late',
    [
      front() + BEGUN,
      20,
      front() + BEGUN + heading('Identified', '11:58'),
      LATER,
      front() + BEGUN + heading('Identified', '11:58', FOUND),
    ],
    [`[INCIDENT] ${LOOK}`, '[UPDATE] -', `[UPDATE] ${FOUND}`],
  ],
  [
    'an empty first heading, and a second one with words',
    [front() + EMPTY + heading('Identified', '11:58', FOUND)],
    ['[INCIDENT] -', `[UPDATE] ${FOUND}`],
  ],
  [
    'an empty first heading, over at once',
    [front() + EMPTY, 20, front(OVER) + EMPTY],
    ['[INCIDENT] -', '[RESOLVED] -'],
  ],
  [
    'an empty heading of the end, then its words',
    [
      front() + BEGUN,
      20,
      front(OVER) + BEGUN + heading('Resolved', '11:58'),
      20,
      front(OVER) + BEGUN + heading('Resolved', '11:58', 'Fast again.'),
    ],
    [`[INCIDENT] ${LOOK}`, '[RESOLVED] -', '[UPDATE] Fast again.'],
  ],
  [
    'the end in the front matter alone, then an empty heading, then its words',
    [
      front() + BEGUN,
      20,
      front(OVER) + BEGUN,
      20,
      front(OVER) + BEGUN + heading('Resolved', '11:58'),
      20,
      front(OVER) + BEGUN + heading('Resolved', '11:58', 'Fast again.'),
    ],
    [`[INCIDENT] ${LOOK}`, '[RESOLVED] -', '[UPDATE] Fast again.'],
  ],
  [
    'an empty heading with a status, the end, then its words',
    [
      front() + BEGUN,
      20,
      front() + BEGUN + heading('Identified', '11:57'),
      20,
      front(OVER) + BEGUN + heading('Identified', '11:57'),
      LATER,
      front(OVER) + BEGUN + heading('Identified', '11:57', FOUND),
    ],
    [`[INCIDENT] ${LOOK}`, '[RESOLVED] -', `[UPDATE] ${FOUND}`],
  ],
])('%s: all words are told once', async (_, steps, expected) => {
  const world = await told(steps, expected);
  expect(sent(world, 'olga')).toEqual(expected);
  // Who wants begin and end gets each once.
  const ends = expected.filter(one => !one.startsWith('[UPDATE]'));
  expect(sent(world, 'edda')).toEqual(ends);
  const olga = world.mails.filter(({ subject }) => subject?.startsWith('['));
  expect(new Set(olga.map(({ references, messageId }) => references ?? messageId)).size).toBe(2);
});

test('what has no words is told without when its file was quiet for five minutes, over a restart, too', async () => {
  const world = await openWorld();
  await subscribed(world, 'olga@example.com');
  await save(world, front() + EMPTY);
  await world.pass(SOON, 5);
  // The page does not wait.
  expect((await world.get('/status/live')).text).toContain('Slow exports');
  await save(world, front().replace('major', 'critical') + EMPTY);
  await world.pass(SOON, 5);
  expect(sent(world, 'olga')).toEqual([]);
  await world.pass(LATER - SOON, 5);
  expect(sent(world, 'olga')).toEqual(['[INCIDENT] -']);
  await world.restart(() => save(world, front().replace('major', 'critical') + BEGUN));
  await world.pass(20, 5);
  expect(sent(world, 'olga')).toEqual(['[INCIDENT] -', `[UPDATE] ${LOOK}`]);
});

test('with a grace period, words that come meanwhile are told by themselves, once', async () => {
  const world = await openWorld({
    site: () =>
      'title: T\nnotify: { grace: 60s }\ncomponents:\n  - { id: dashboard, name: Dashboard, check: { type: manual } }\n',
  });
  await subscribed(world, 'olga@example.com');
  await save(world, front() + EMPTY);
  await world.pass(LATER, 5);
  await save(world, front() + BEGUN);
  await world.pass(100, 5);
  expect(sent(world, 'olga')).toEqual(['[INCIDENT] -', `[UPDATE] ${LOOK}`]);
});

test('a maintenance whose plan is saved before its words waits for them', async () => {
  const plan = `---\ntitle: Upgrade\nstatus: scheduled\nscheduled_start: 2026-03-12T10:00:00Z\nscheduled_end: 2026-03-12T11:00:00Z\ncomponents: [dashboard]\n---\n\n`;
  const world = await openWorld();
  await subscribed(world, 'olga@example.com');
  await save(world, plan);
  await world.pass(SOON, 5);
  await save(world, plan + FOUND);
  await world.pass(20, 5);
  expect(sent(world, 'olga')).toEqual([`[MAINTENANCE] ${FOUND}`]);
});

const API = '20260310_api-down.md';

/** API is down, and a person writes a section; a number of `steps` is how long to wait, a list what to answer. */
async function inMachines(place: 'top' | 'bottom', steps: readonly (string | number | 'recovers')[]) {
  const world = await checked();
  world.answers.api = 500;
  await world.pass(30, 5);
  const time = new Date(world.now()).toISOString().slice(11, 16);
  const insert = (now: string, section: string) =>
    place === 'top' ? now.replace('## ', `${section}## `) : `${now}\n${section}`;
  let added = '';
  for (const step of steps) {
    if (step === 'recovers') world.answers.api = 200;
    else if (typeof step === 'number') await world.pass(step, 5);
    else {
      const section = heading('Identified', time, step);
      const now = await world.read(API);
      const next = added === '' ? insert(now, section) : now.replace(added.trim(), section.trim());
      expect(next).not.toBe(now);
      added = section;
      await saveNow(world, API, next);
    }
  }
  await world.pass(20, 5);
  return sent(world, 'ann');
}

test.each<[string, readonly (string | number | 'recovers')[], readonly string[]]>([
  ['and its words', ['', SOON, FOUND], [`[UPDATE] ${FOUND}`]],
  ['until it is told, and its words late', ['', LATER, FOUND], ['[UPDATE] -', `[UPDATE] ${FOUND}`]],
  ['and the end before its words', ['', 30, 'recovers', 400], ['[RESOLVED] -']],
  [
    'the end, and its words after that',
    ['', 30, 'recovers', 100, FOUND, 20],
    ['[RESOLVED] -', `[UPDATE] ${FOUND}`],
  ],
  [
    'the end, and its words before that is told',
    ['', 30, 'recovers', 30, FOUND, 90],
    [`[UPDATE] ${FOUND}`, '[RESOLVED] -'],
  ],
])('an empty heading with a status in a machine’s file, %s', async (_, steps, expected) => {
  for (const place of ['top', 'bottom'] as const)
    expect([place, ...(await inMachines(place, steps))]).toEqual([place, '[INCIDENT] -', ...expected]);
});
