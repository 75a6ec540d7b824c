// The exchange stops while the remote holds incidents that the page does not know: it is in doubt, never green.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { openWorld, type World } from '../world.ts';
import { git } from './repository.ts';

const SITE = (title: string) => `title: ${title}
components:
  - { id: api, name: API, check: { type: manual } }
content: { git: { remote: origin, branch: main, pull: "0 * * * * *" } }
`;
const OLD = '20260310_slow.md';
const NEW = '20260310_new.md';
const INCIDENT = (keys: string, words = 'Slow.') =>
  `---\ntitle: Uploads\nseverity: critical\nstarted: 2026-03-10T11:00:00Z\n${keys}components: []\n---\n\n## Update 11:00 UTC\n${words}\n`;
const OPEN = INCIDENT('status: investigating\n');
const RESOLVED = INCIDENT(
  'status: resolved\nresolved: 2026-03-10T11:30:00Z\n',
  'Slow. It was yesterday’s change.',
);

/** A world and a laptop that share one resolved incident, and have changed the title in two ways. */
async function openStopped(stop = true) {
  const root = mkdtempSync(path.join(tmpdir(), 'status-live-waiting-'));
  onTestFinished(() => rmSync(root, { recursive: true, force: true }));
  const [bare, laptop] = [path.join(root, 'bare.git'), path.join(root, 'laptop')];
  git(root, 'init', '-q', '--bare', '-b', 'main', bare);
  const world = await openWorld({
    site: () => SITE('Status'),
    env: { PATH: process.env.PATH ?? '' },
    files: { [OLD]: RESOLVED },
  });
  const status = path.join(world.dir, 'status');
  git(status, 'init', '-q', '-b', 'main');
  git(status, 'add', '-A');
  git(status, 'commit', '-qm', 'begin');
  git(status, 'remote', 'add', 'origin', bare);
  git(status, 'push', '-q', 'origin', 'main');
  git(root, 'clone', '-q', bare, laptop);
  const commit = (name: string, text: string | Buffer | null, clone = laptop) => {
    const file = path.join(clone, 'incidents', name);
    mkdirSync(path.dirname(file), { recursive: true });
    if (text === null) rmSync(file);
    else writeFileSync(file, text);
    git(clone, 'add', '-A');
    git(clone, 'commit', '-qm', name);
    if (clone === laptop) git(laptop, 'push', '-q', 'origin', 'main');
  };
  const minute = async () => {
    await world.pass(60);
    await world.pass(1);
  };
  if (stop) {
    commit('../status.yaml', SITE('Server'), status);
    commit('../status.yaml', SITE('Laptop'));
  }
  await minute();
  expect(unread(world)).toBe(0);
  return { world, status, bare, commit, minute };
}

const unread = (world: World) => world.system.snapshot().overall.unread;
const isGreen = (world: World) => world.system.snapshot().overall.state === 'operational';
const waits = (world: World) =>
  world.system.snapshot().problems.filter(({ what }) => what.includes('may describe an outage'));

describe('while a conflict elsewhere stands', () => {
  test('a new critical incident at the remote: in doubt and named, over a restart, until it is merged', async () => {
    const { world, status, commit, minute } = await openStopped();
    expect(isGreen(world)).toBe(true);
    commit(NEW, OPEN);
    await minute();
    expect([unread(world), isGreen(world)]).toEqual([1, false]);
    expect((await world.get('/')).text).toContain('One incident report cannot be read at the moment');
    const [told] = (await world.get('/readyz')).json.problems.filter(({ what }: { what: string }) =>
      what.includes('may describe an outage'),
    );
    expect(told).toMatchObject({ level: 'error', what: expect.stringContaining(`incidents/${NEW}`) });
    expect(told.fix).toContain('merge --no-commit');
    expect((await world.get('/api/v2/status.json')).json.status.description).not.toBe(
      'All Systems Operational',
    );
    // At once, before the remote has been asked again.
    await world.restart();
    expect([unread(world), isGreen(world)]).toEqual([1, false]);
    await world.pass(1);
    expect([unread(world), isGreen(world)]).toEqual([1, false]);
    // Somebody merges: while it is not committed, what stands in the folder is shown, and what does not is not known.
    expect(() => git(status, 'merge', '-q', '--no-commit', 'status-live/main')).toThrow();
    await minute();
    expect([unread(world), world.system.snapshot().incidents.length]).toEqual([0, 2]);
    writeFileSync(path.join(status, 'status.yaml'), SITE('Both'));
    git(status, 'commit', '-qam', 'both');
    await minute();
    expect([unread(world), waits(world)]).toEqual([0, []]);
    expect(world.system.snapshot().overall.severity).toBe('critical');
  });

  test.each<[name: string, text: string | Buffer | null, doubts: number]>([
    ['an old one goes on', OPEN, 1],
    ['its end lies ahead', INCIDENT('status: resolved\nresolved: 2026-03-10T18:00:00Z\n'), 1],
    ['it cannot be read', OPEN.replace('started: 2026-03-10T11:00:00Z', 'started: half past'), 1],
    ['it is no text', Buffer.from([0x2d, 0x2d, 0x2d, 0x0a, 0xff, 0xfe, 0x00]), 1],
    ['another word in what is over', RESOLVED.replace('Slow.', 'Slower.'), 0],
    ['it is deleted', null, 0],
  ])('%s', async (_, text, doubts) => {
    const { world, commit, minute } = await openStopped();
    commit(OLD, text);
    await minute();
    expect([unread(world), isGreen(world), waits(world).length]).toEqual([doubts, doubts === 0, doubts]);
  });

  test('in a folder, with capitals and spaces; a note and a maintenance are none', async () => {
    const { world, commit, minute } = await openStopped();
    commit('2026/20260310 Über alles.MD', OPEN);
    commit('README.md', OPEN);
    commit(
      '20260320_disk.md',
      '---\ntitle: Disk\nstatus: scheduled\nscheduled_start: 2026-03-20T10:00:00Z\nscheduled_end: 2026-03-20T11:00:00Z\ncomponents: [api]\n---\n\nA disk.\n',
    );
    await minute();
    expect(unread(world)).toBe(1);
    expect(waits(world)[0]?.what).toContain('incidents/2026/20260310 Über alles.MD');
    commit('2026/20260310 Über alles.MD', RESOLVED);
    await minute();
    expect([unread(world), isGreen(world)]).toEqual([0, true]);
  });

  test('what only this side has is known, and waits for nobody', async () => {
    const { world, status, commit, minute } = await openStopped();
    commit(NEW, OPEN, status);
    await minute();
    expect([unread(world), world.system.snapshot().incidents.length]).toEqual([0, 2]);
  });

  test('the section is removed from status.yaml: nothing is carried, nothing waits', async () => {
    const { world, status, commit, minute } = await openStopped();
    commit(NEW, OPEN);
    await minute();
    writeFileSync(path.join(status, 'status.yaml'), SITE('Server').replace(/content.*\n/, ''));
    await minute();
    expect([unread(world), isGreen(world)]).toEqual([0, true]);
  });
});

test('two people on one incident: resolved here, going on there', async () => {
  const { world, status, commit, minute } = await openStopped(false);
  commit(OLD, OPEN);
  await minute();
  commit(OLD, OPEN.replace('status: investigating', 'status: resolved').replace('Slow.', 'Mended.'), status);
  commit(OLD, OPEN.replace('investigating', 'identified').replace('Slow.', 'Still bad.'));
  await minute();
  expect([unread(world), isGreen(world)]).toEqual([1, false]);
  expect(waits(world)[0]?.what).toContain(`incidents/${OLD}`);
  // git's marks in the file leave the last good version, which is not what the remote says.
  expect(() => git(status, 'merge', '-q', '--no-edit', 'status-live/main')).toThrow();
  await minute();
  expect([unread(world), isGreen(world)]).toEqual([1, false]);
});

test.each<[name: string, stop: (status: string) => void, end: (status: string) => void]>([
  [
    'a detached HEAD',
    status => void git(status, 'checkout', '-q', '--detach'),
    status => void git(status, 'checkout', '-q', 'main'),
  ],
  [
    'another branch',
    status => void git(status, 'checkout', '-qb', 'other'),
    status => void git(status, 'checkout', '-q', 'main'),
  ],
  [
    'a rebase begun',
    status => mkdirSync(path.join(status, '.git', 'rebase-merge')),
    status => rmSync(path.join(status, '.git', 'rebase-merge'), { recursive: true }),
  ],
  [
    'a file of that name, not committed',
    status => writeFileSync(path.join(status, 'incidents', NEW), RESOLVED),
    status => rmSync(path.join(status, 'incidents', NEW)),
  ],
])('the exchange is stopped by %s', async (_, stop, end) => {
  const { world, status, commit, minute } = await openStopped(false);
  stop(status);
  commit(NEW, OPEN);
  await minute();
  expect([unread(world), isGreen(world), waits(world).length]).toEqual([1, false, 1]);
  end(status);
  await minute();
  expect([unread(world), waits(world)]).toEqual([0, []]);
  expect(world.system.snapshot().overall.severity).toBe('critical');
});
