// A mistake in status.yaml does not take the page down, not even by a restart.
import { writeFileSync } from 'node:fs';
import { rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { expect, test } from 'vitest';
import { openWorld } from '../world.ts';

const SITE = 'title: Good\ncomponents: [{ id: dashboard, name: Dashboard, check: { type: manual } }]\n';
const OPEN = `---
title: Broken
status: investigating
severity: critical
started: 2026-03-10T11:50:00Z
components: [dashboard]
---
We look.
`;

test.each([
  ['empty', ''],
  ['cut in the middle', SITE.slice(0, 30)],
  ['no YAML', 'title: [\n'],
  ['of another kind', '- a\n- b\n'],
  ['half of UTF-16', Buffer.from(SITE, 'utf16le')],
])('%s at a start: the last good one serves, and the mistake is named', async (_, broken) => {
  const world = await openWorld({ site: () => SITE, files: { '20260310_b.md': OPEN } });
  await world.pass(2);
  const file = path.join(world.dir, 'status', 'status.yaml');
  await world.restart(() => writeFile(file, broken));
  expect((await world.get('/api/v2/status.json')).json).toMatchObject({
    page: { name: 'Good' },
    status: { indicator: 'critical' },
  });
  await world.pass(2);
  const { ok, problems } = (await world.get('/readyz')).json;
  expect(ok).toBe(false);
  expect(JSON.stringify(problems)).toContain('so the last valid one is still used');
  // Once more, and mended while it runs.
  await world.restart();
  expect(world.system.snapshot().site.title).toBe('Good');
  await writeFile(file, SITE.replace('Good', 'Mended'));
  await world.pass(2);
  expect(world.system.snapshot().site.title).toBe('Mended');
  expect((await world.get('/readyz')).json.problems).toEqual([]);
});

test('a variable that was never set is a mistake of the file; one that is gone keeps the server from starting', async () => {
  const site = SITE.replace('type: manual', 'type: http, url: "${SHOP}"');
  const world = await openWorld({
    site: () => site,
    prepare: dir => writeFileSync(path.join(dir, '.env'), 'SHOP=http://127.0.0.1:9/\n'),
  });
  await world.pass(2);
  await world.restart(() =>
    writeFile(path.join(world.dir, 'status', 'status.yaml'), site.replace('Good', '${TITLE}')),
  );
  expect(world.system.snapshot().site.title).toBe('Good');
  await world.pass(2);
  const { problems } = (await world.get('/readyz')).json;
  expect(problems.map(({ what }: { what: string }) => what)).toEqual([
    'the environment variable TITLE is not set, so the last valid one is still used',
  ]);
  await writeFile(path.join(world.dir, 'status', 'status.yaml'), site);
  await world.pass(2);
  // The text was good; the environment is not. Without its address, the component would be "no data" for no reason of its own.
  await expect(world.restart(() => rm(path.join(world.dir, '.env')))).rejects.toThrow(
    'the environment variable SHOP is not set — set it, or give a default',
  );
});

test('with no good one known the program does not start', async () => {
  await expect(openWorld({ site: () => 'title: [\n' })).rejects.toThrow('status.yaml');
});
