// The watcher rings for a change, and again when nobody is writing any more: only then it is told.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { StatusFolder } from '../../src/content/folder.ts';

test('a saved file rings twice, the second time when it is whole', async () => {
  const dir = mkdtempSync(path.join(tmpdir(), 'status-live-watch-'));
  onTestFinished(() => rmSync(dir, { recursive: true, force: true }));
  mkdirSync(path.join(dir, 'incidents'));
  const content = new StatusFolder(dir, {}, Date.now);
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
