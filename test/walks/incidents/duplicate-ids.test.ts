// Several files with one id: the page is never green by luck, and whoever edits is told which file it is.
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { incident } from '../../../src/cli/incident.ts';
import { lint } from '../../../src/cli/lint.ts';
import type { Cli } from '../../../src/cli/shared/command.ts';
import { readEnvironment } from '../../../src/config/environment.ts';
import { openWorld, SECRET, type World } from '../world.ts';

const file = (title: string, over: { severity?: string; resolved?: string; components?: string } = {}) => `---
title: ${title}
status: ${over.resolved ? 'resolved' : 'investigating'}
severity: ${over.severity ?? 'critical'}
started: 2026-03-10T11:00:00Z
${over.resolved ? `resolved: 2026-03-10T${over.resolved}:00Z\n` : ''}components: ${over.components ?? '[api]'}
---
We look.
`;
const UPKEEP = `---
title: Upkeep
status: scheduled
scheduled_start: 2026-03-10T11:30:00Z
scheduled_end: 2026-03-10T13:00:00Z
components: [dashboard]
---
We upgrade.
`;
const BROKEN = file('Spoilt').replace('investigating', 'investigatin');

const folderOf = ({ dir }: World) => path.join(dir, 'status', 'incidents');
const lay = async (world: World, files: Readonly<Record<string, string>>) => {
  for (const [name, text] of Object.entries(files)) {
    await mkdir(path.dirname(path.join(folderOf(world), name)), { recursive: true });
    await world.write(name, text);
  }
  await world.pass(1);
};
const titles = (world: World) => {
  const { incidents, maintenances } = world.system.snapshot();
  return [...incidents, ...maintenances].map(({ title }) => title).sort();
};

describe('of two files with one id, whichever stands first', () => {
  test.each<[string, string, string, string]>([
    ['the open one before the resolved', file('Open'), file('Over', { resolved: '11:30' }), 'Open'],
    [
      'a mild open one before a bad resolved',
      file('Open', { severity: 'minor' }),
      file('Over', { resolved: '11:30' }),
      'Open',
    ],
    ['of two open the worse', file('Bad'), file('Mild', { severity: 'minor' }), 'Bad'],
    [
      'of two open the one with the worse component',
      file('Bad', { severity: 'minor', components: '{ api: major_outage }' }),
      file('Mild', { severity: 'major' }),
      'Bad',
    ],
    [
      'of two open the one that has become worse',
      `${file('Bad', { severity: 'minor' })}\n## Identified 11:30 UTC\nseverity: critical\n\nWorse.\n`,
      file('Mild', { severity: 'major' }),
      'Bad',
    ],
    ['the open one before a maintenance', file('Open', { severity: 'minor' }), UPKEEP, 'Open'],
    ['a maintenance before what is over', UPKEEP, file('Over', { resolved: '11:30' }), 'Upkeep'],
    ['what can be read before what cannot', file('Over', { resolved: '11:30' }), BROKEN, 'Over'],
    ['what ended last', file('Late', { resolved: '11:40' }), file('Early', { resolved: '11:30' }), 'Late'],
  ])('%s', async (_, shown, hidden, title) => {
    for (const [first, second] of [
      [shown, hidden],
      [hidden, shown],
    ] as const) {
      const world = await openWorld();
      await lay(world, { 'a/20260310_x.md': first, 'b/20260310_x.md': second });
      expect(titles(world)).toEqual([title]);
      const { ok, problems } = (await world.get('/readyz')).json;
      expect(ok).toBe(false);
      const told = JSON.stringify(
        problems.find(({ message }: { message: string }) => /another file/.test(message)),
      );
      expect(told).toContain('a/20260310_x.md');
      expect(told).toContain('b/20260310_x.md');
      await world.restart();
      expect(titles(world)).toEqual([title]);
    }
  });

  test('the page, API and feeds have one incident, and it is open', async () => {
    const world = await openWorld();
    await lay(world, {
      'a/20260310_x.md': file('Over', { resolved: '11:30' }),
      'b/20260310_x.md': file('Open'),
    });
    const { json } = await world.get('/api/v2/summary.json');
    expect(json.status.indicator).not.toBe('none');
    expect(json.incidents).toHaveLength(1);
    expect((await world.get('/status/feed.json')).json.items).toHaveLength(1);
    expect((await world.get('/status/incidents/20260310_x')).text).toContain('Open');
  });
});

test('edits go to the file that is shown, and the operator is told of the other', async () => {
  const world = await openWorld({ env: { API_TOKEN: 'the-api-token-of-this-test-is-long' } });
  const over = file('Over', { resolved: '11:30' });
  await lay(world, { 'a/20260310_x.md': over, 'b/20260310_x.md': file('Open') });
  const said: string[] = [];
  const { value } = readEnvironment({ SECRET }, world.dir);
  const say = (text: string) => void said.push(text);
  const cli: Cli = { env: value!, cwd: world.dir, clock: world.now, out: say, err: say, interactive: false };
  const update = incident.find(({ name }) => name === 'incident update')!;
  expect(
    await update.run(['20260310_x', '--status', 'identified', '--message', 'Found.', '--yes'], cli),
  ).toBe(0);
  expect(said.join('\n')).toContain('there is another file with the id "20260310_x"');
  expect(said.join('\n')).toContain('Changed: status/incidents/b/20260310_x.md');
  const answer = await world.post(
    '/api/incidents/20260310_x/updates',
    { status: 'resolved', message: 'Done.' },
    { authorization: 'Bearer the-api-token-of-this-test-is-long' },
  );
  expect(answer.status).toBe(201);
  expect(await world.read('a/20260310_x.md')).toBe(over);
  const text = await readFile(path.join(folderOf(world), 'b/20260310_x.md'), 'utf8');
  expect(text).toContain('Found.');
  expect(text).toContain('Done.');
  // What was just resolved stays in sight.
  expect(titles(world)).toEqual(['Open']);
});

test('lint names both, for the whole folder and for either file alone', async () => {
  const world = await openWorld();
  await lay(world, {
    'a/20260310_x.md': file('Over', { resolved: '11:30' }),
    'b/20260310_x.md': file('Open'),
  });
  const { value } = readEnvironment({ SECRET }, world.dir);
  for (const args of [[], ['status/incidents/a/20260310_x.md'], ['status/incidents/b/20260310_x.md']]) {
    const said: string[] = [];
    const say = (text: string) => void said.push(text);
    const cli: Cli = {
      env: value!,
      cwd: world.dir,
      clock: world.now,
      out: say,
      err: say,
      interactive: false,
    };
    expect(await lint.run(args, cli)).toBe(1);
    expect(said.join('\n')).toMatch(/a\/20260310_x\.md: there is another file.*b\/20260310_x\.md/);
  }
});

test('of two files of which one was broken since, the command line takes the one that the server takes', async () => {
  const world = await openWorld();
  const good = file('Open');
  await lay(world, { 'a/20260310_x.md': file('Over', { resolved: '11:30' }), 'b/20260310_x.md': good });
  await lay(world, { 'b/20260310_x.md': good.replace('investigating', 'investigatin') });
  expect(titles(world)).toEqual(['Open']);
  const served = JSON.stringify((await world.get('/readyz')).json.problems);
  expect(served).toMatch(/b\/20260310_x\.md; that one is shown and edited \(it is open\)/);
  const said: string[] = [];
  const say = (text: string) => void said.push(text);
  const { value } = readEnvironment({ SECRET }, world.dir);
  const cli: Cli = { env: value!, cwd: world.dir, clock: world.now, out: say, err: say, interactive: false };
  expect(await lint.run([], cli)).toBe(1);
  expect(said.join('\n')).toMatch(/b\/20260310_x\.md; that one is shown and edited \(it is open\)/);
  expect(said.join('\n')).toContain('investigatin');
  const resolve = incident.find(({ name }) => name === 'incident resolve')!;
  await expect(resolve.run(['20260310_x', '--message', 'Over.', '--yes'], cli)).rejects.toThrow(
    'investigatin',
  );
  expect(await world.read('a/20260310_x.md')).not.toContain('Over.');
});

test('the same emails are the same id, however an accent is written', async () => {
  const world = await openWorld();
  const [one, other] = ['20260310_café'.normalize('NFC'), '20260310_café'.normalize('NFD')];
  await lay(world, { [`${one}.md`]: file('Over', { resolved: '11:30' }), [`${other}.md`]: file('Open') });
  expect(titles(world)).toEqual(['Open']);
  expect((await world.get('/readyz')).text).toContain('another file with the id');
  const address = (id: string) => `/status/incidents/${encodeURIComponent(id)}`;
  expect((await world.get(address(one))).text).toContain('Open');
  const former = await world.get(address(other));
  expect([former.status, former.headers.get('location')]).toEqual([308, address(one)]);
});

test('ids that differ by capitals are both shown, and named', async () => {
  const world = await openWorld();
  await lay(world, {
    'a/20260310_X.md': file('Over', { resolved: '11:30' }),
    'b/20260310_x.md': file('Open'),
  });
  expect(titles(world)).toEqual(['Open', 'Over']);
  const told = (await world.get('/readyz')).text;
  expect(told).toContain('differs only by capital letters');
  expect(told).toContain('a/20260310_X.md');
  expect(told).toContain('b/20260310_x.md');
  expect((await world.get('/status/incidents/20260310_X')).text).toContain('Over');
  await writeFile(path.join(folderOf(world), 'b/20260310_x.md'), file('Open', { resolved: '11:50' }));
  await world.pass(1);
  expect(titles(world)).toEqual(['Open', 'Over']);
});
