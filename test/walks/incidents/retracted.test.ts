// An incident that was opened by mistake: retracted, it counts for nothing, stays in the history, and its end is told.
import { describe, expect, test } from 'vitest';
import { incident } from '../../../src/cli/incident.ts';
import type { Cli } from '../../../src/cli/shared/command.ts';
import { readEnvironment } from '../../../src/config/environment.ts';
import { openWorld, SECRET, subscribed, type World } from '../world.ts';

const ID = '20260310_login-fails';
const FILE = `---
title: Login fails
status: identified
severity: critical
started: 2026-03-10T12:00:00Z
components:
  - api
  # Only a part of it.
  - { id: dashboard, status: degraded_performance }
---
<!-- keep me -->

## Identified 2026-03-10 12:00:00 UTC
severity: major
components:
  - jobs
  - api

Nobody can log in.

\`\`\`
components: [api]
\`\`\`
`;

async function retract(world: World, ...args: string[]) {
  const said: string[] = [];
  const say = (text: string) => void said.push(text);
  const { value } = readEnvironment({ SECRET }, world.dir);
  const cli: Cli = { env: value!, cwd: world.dir, clock: world.now, out: say, err: say, interactive: false };
  const command = incident.find(({ name }) => name === 'incident retract')!;
  return { code: await command.run([...args, '--yes'], cli), said: said.join('\n') };
}

const subjects = ({ mails }: World) =>
  mails
    .map(({ subject, to }) => [subject, [to].flat()[0]?.text])
    .filter(([subject]) => subject?.startsWith('['));

describe('retracted', () => {
  test('it changes no uptime, stays in the history, and is told as resolved to whoever was told', async () => {
    const world = await openWorld();
    await subscribed(world, 'olga@example.com', ['api']);
    await subscribed(world, 'nils@example.com', ['dashboard']);
    await world.write(
      `${ID}.md`,
      FILE.replace('  # Only a part of it.\n  - { id: dashboard, status: degraded_performance }\n', ''),
    );
    await world.pass(60, 5);
    expect(subjects(world)).toEqual([['[INCIDENT] Login fails', 'olga@example.com']]);
    await world.pass(600, 60);
    const { code, said } = await retract(world, ID, '--message', 'It was a test.');
    expect(code).toBe(0);
    expect(said).toContain('1 subscriber would get 1 email: 20260310_login-fails');
    await world.pass(120, 5);
    expect(subjects(world).slice(1)).toEqual([['[RESOLVED] Login fails', 'olga@example.com']]);
    const uptime = (await world.get('/api/uptime.json')).json;
    for (const one of uptime.components) expect([one.id, one.intervals]).toEqual([one.id, []]);
    expect((await world.get('/status/history')).text).toContain('Login fails');
    expect((await world.get(`/status/incidents/${ID}`)).text).toContain('Opened by mistake. It was a test.');
    await world.pass(7200, 600);
    expect(subjects(world)).toHaveLength(2);
  });

  test('every list of components is empty, and all other bytes stay', async () => {
    const world = await openWorld({ files: { [`${ID}.md`]: FILE } });
    await retract(world, ID);
    expect(await world.read(`${ID}.md`)).toBe(
      FILE.replace('status: identified', 'status: resolved')
        .replace(
          'started: 2026-03-10T12:00:00Z\n',
          'started: 2026-03-10T12:00:00Z\nresolved: 2026-03-10T12:00:00Z\n',
        )
        .replace(/components:\n {2}- api\n[\s\S]*?---/, 'components: []\n---')
        .replace('components:\n  - jobs\n  - api', 'components: []')
        .replace('## Identified', '## Resolved 2026-03-10 12:00:00 UTC\nOpened by mistake.\n\n## Identified'),
    );
  });

  test('what is over already counts no more, and its words are added', async () => {
    const over = FILE.replace('status: identified', 'status: resolved\nresolved: 2026-03-10T12:10:00Z');
    const world = await openWorld({ files: { [`${ID}.md`]: over }, now: '2026-03-10T13:00:00Z' });
    await retract(world, ID);
    const text = await world.read(`${ID}.md`);
    expect(text).toContain('resolved: 2026-03-10T12:10:00Z\n');
    expect(text).toContain('## Update 2026-03-10 13:00:00 UTC\nOpened by mistake.\n');
    await world.pass(60, 5);
    const uptime = (await world.get('/api/uptime.json')).json;
    for (const one of uptime.components) expect([one.id, one.intervals]).toEqual([one.id, []]);
  });

  test('the server’s own incident is not opened again while its check still fails', async () => {
    const world = await openWorld();
    await subscribed(world, 'olga@example.com');
    world.service.status = 500;
    await world.pass(240, 5);
    expect(await world.files()).toEqual(['20260310_api-down.md']);
    await retract(world, '20260310_api-down');
    await world.pass(600, 5);
    expect(await world.files()).toEqual(['20260310_api-down.md']);
    const text = await world.read('20260310_api-down.md');
    expect(text).toContain('status: resolved');
    expect(subjects(world).map(([subject]) => subject)).toEqual([
      '[INCIDENT] API Down',
      '[RESOLVED] API Down',
    ]);
  });

  test.each([
    ['after its end', 200],
    ['while its check fails', 500],
  ])(
    'retracted %s, it is not continued by a relapse, and followers of others are told nothing',
    async (_, then) => {
      const world = await openWorld();
      await subscribed(world, 'olga@example.com', ['api']);
      await subscribed(world, 'nils@example.com', ['dashboard']);
      world.service.status = 500;
      await world.pass(120, 5);
      world.service.status = then;
      await world.pass(240, 5);
      await retract(world, '20260310_api-down', '--message', 'The check was wrong.');
      await world.pass(120, 5);
      world.service.status = 200;
      await world.pass(240, 5);
      expect(await world.files()).toHaveLength(1);
      const told = subjects(world);
      world.service.status = 500;
      await world.pass(240, 5);
      world.service.status = 200;
      await world.pass(240, 5);
      expect(await world.files()).toEqual(['20260310_api-down-2.md', '20260310_api-down.md']);
      expect(await world.read('20260310_api-down.md')).not.toContain('Still unstable');
      expect(subjects(world).slice(told.length)).toEqual([
        ['[INCIDENT] API Down', 'olga@example.com'],
        ['[RESOLVED] API Down', 'olga@example.com'],
      ]);
      expect(told.map(([, to]) => to)).not.toContain('nils@example.com');
    },
  );

  test('twice, and a maintenance, are refused', async () => {
    const maintenance =
      '---\ntitle: Disks\nstatus: scheduled\nscheduled_start: 2026-03-11T12:00:00Z\nscheduled_end: 2026-03-11T13:00:00Z\ncomponents: [api]\n---\nNew disks.\n';
    const world = await openWorld({
      files: { [`${ID}.md`]: FILE, '20260310_disks.md': maintenance },
    });
    await retract(world, ID);
    await expect(retract(world, ID)).rejects.toThrow(`"${ID}" is retracted already.`);
    await expect(retract(world, '20260310_disks')).rejects.toThrow('`maintenance cancel` calls it off');
  });
});
