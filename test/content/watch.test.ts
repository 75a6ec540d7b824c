// The watcher rings for a change, and again when nobody is writing any more: only then it is told.
import { mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { StatusFolder } from '../../src/content/folder.ts';

const OPEN = `---
title: API is slow
status: investigating
severity: major
started: 2026-03-10T11:50:00Z
---
We look.
`;

/** An empty status folder. */
function statusFolder() {
  const dir = mkdtempSync(path.join(tmpdir(), 'status-live-watch-'));
  onTestFinished(() => rmSync(dir, { recursive: true, force: true }));
  mkdirSync(path.join(dir, 'incidents'));
  return { dir, content: new StatusFolder(dir, {}, Date.now) };
}

/** A status folder that is read at each ring, as the server does; what it says of its files. */
async function watched() {
  const { dir, content } = statusFolder();
  let said: string[] = [];
  const read = async () => {
    const { problems } = await content.incidents();
    said = problems.map(({ where, what }) => `${path.relative(dir, where)}: ${what}`);
  };
  await read();
  onTestFinished(await content.watch(() => void read()));
  await read();
  return { dir, said: () => said };
}

test.each([
  ['is new', []],
  ['was there', ['there']],
  ['went, and is there again', ['there', 'away']],
])('an incident in a folder beside that %s is named at once', async (_, before) => {
  const { dir, said } = await watched();
  const place = path.join(dir, 'incident');
  if (before.includes('there')) mkdirSync(place);
  if (before.includes('away')) rmSync(place, { recursive: true });
  mkdirSync(place, { recursive: true });
  writeFileSync(path.join(place, '20260310_api.md'), OPEN);
  await expect
    .poll(said, { timeout: 10_000 })
    .toEqual([expect.stringContaining('incident/20260310_api.md: it is not read')]);
});

test('a file moved aside is named until its own name is there again', async () => {
  const { dir, said } = await watched();
  const file = path.join(dir, 'incidents', '20260310_api.md');
  writeFileSync(file, OPEN);
  await expect.poll(said, { timeout: 10_000 }).toEqual([]);
  renameSync(file, `${file}~`);
  await expect
    .poll(said, { timeout: 10_000 })
    .toContainEqual(expect.stringContaining('20260310_api.md~: it is not read'));
  writeFileSync(file, OPEN.replace('major', 'minor'));
  await expect.poll(said, { timeout: 10_000 }).toEqual([]);
});

test('a saved file rings twice, the second time when it is whole', async () => {
  const { dir, content } = statusFolder();
  const found: boolean[] = [];
  const close = await content.watch(async () => {
    await content.incidents();
    found.push(content.isBeingWritten('20260310_api', Date.now()));
  });
  onTestFinished(close);
  writeFileSync(path.join(dir, 'incidents', '20260310_api.md'), 'We look.');
  await expect.poll(() => found.length, { timeout: 10_000 }).toBe(2);
  expect(found[1]).toBe(false);
});
