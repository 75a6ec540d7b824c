// The operator's words for automatic incidents, saved while the server runs.
import { execFileSync } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { openWorld } from '../world.ts';

test('a template saved while running words the next incident; its mistakes are named', async () => {
  const world = await openWorld();
  await world.pass(60);
  const folder = `${world.dir}/status/templates/auto`;
  await mkdir(folder, { recursive: true });
  const text =
    '---\ntitle: "{{component}} cannot be reached"\n---\n## Down\nSince {{since}}: {{seen}} {{chekcs}}\n## Up\nBack after {{duration}}.\n';
  await writeFile(`${folder}/down.md`, text);
  world.service.status = 503;
  await world.pass(240, 10);
  const file = '20260310_api-down.md';
  expect(await world.read(file)).toMatch(/title: API cannot be reached\n[\s\S]*Since 2026-03-10 12:/);
  const { problems } = (await world.get('/readyz')).json;
  expect(problems[0].message).toMatch(/{{chekcs}} is not a placeholder — did you mean {{checks}}\?/);
  // A broken edit keeps the last good words.
  await writeFile(`${folder}/down.md`, 'no front matter');
  world.service.status = 200;
  await world.pass(180, 10);
  expect(await world.read(file)).toMatch(/status: resolved[\s\S]*Back after \d+ minutes/);
});

test('components that fail together have words of their own', async () => {
  const world = await openWorld({
    site: target => `
group_within: 30s
components:
  - { id: api, name: API, check: { type: http, url: "${target}" } }
  - { id: shop, name: Shop, check: { type: http, url: "${target}" } }
`,
  });
  await world.pass(60);
  const folder = `${world.dir}/status/templates/auto`;
  await mkdir(folder, { recursive: true });
  const text =
    '---\ntitle: "Trouble with {{component}}"\n---\n## Down\nSince {{since}}. {{seen}}. {{checks}}\n## Up\nAll of {{component}} are back after {{duration}}.\n';
  await writeFile(`${folder}/together.md`, text);
  world.service.status = 503;
  await world.pass(240, 10);
  const [file] = await world.files();
  expect(await world.read(file as string)).toMatch(/title: Trouble with (API and Shop|Shop and API)\n/);
  expect(await world.read(file as string)).toMatch(/Since 2026-03-10 12:[\s\S]*Shop: HTTP 503/);
  expect((await world.get('/readyz')).json.problems[0].message).toContain(
    '{{checks}} is known only for a single check',
  );
  world.service.status = 200;
  await world.pass(180, 10);
  expect(await world.read(file as string)).toMatch(
    /All of (API and Shop|Shop and API) are back after \d+ minutes/,
  );
});

test('words that hold git’s marks, headings of ours or fences leave the files readable', async () => {
  const world = await openWorld();
  await world.pass(60);
  const folder = `${world.dir}/status/templates/auto`;
  await mkdir(folder, { recursive: true });
  const words =
    '<<<<<<< a\n{{seen}}\n### x\n<!-- y -->\n====\n---\nseverity: none\n```\n>>>>>>> b\n```\n~~~\nopen\n~~~';
  const text = `---\ntitle: "\\u200b"\n---\n## Down\n${words}\n## Up\n>>>>>>> c\n`;
  await writeFile(`${folder}/down.md`, text);
  world.service.status = 503;
  await world.pass(240, 10);
  expect((await world.get('/readyz')).json.problems).toEqual([]);
  expect(world.system.snapshot().incidents[0]).toMatchObject({ title: 'API Down', status: 'investigating' });
  world.service.status = 200;
  await world.pass(180, 10);
  expect(world.system.snapshot().incidents[0]).toMatchObject({ status: 'resolved' });
  await writeFile(`${folder}/down.md`, `---\n---\n## Down\n${'long\n'.repeat(5000)}`);
  await world.pass(10);
  expect((await world.get('/readyz')).json.problems[0].message).toContain('longer than 20000 characters');
});

test('a pipe in the place of a template stops nothing, and is named', async () => {
  const world = await openWorld();
  const folder = `${world.dir}/status/templates/auto`;
  await mkdir(folder, { recursive: true });
  execFileSync('mkfifo', [`${folder}/down.md`]);
  await world.pass(60);
  world.service.status = 503;
  await world.pass(240, 10);
  expect(world.system.snapshot().incidents[0]).toMatchObject({ title: 'API Down', status: 'investigating' });
  expect((await world.get('/readyz')).json.problems[0].message).toContain('it cannot be read (not a file)');
  await world.restart();
  expect(world.system.snapshot().incidents).toHaveLength(1);
});
