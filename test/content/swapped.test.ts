// The folder goes away while a file is being written to it: the file goes with it, or is not written at all.
import { mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { expect, onTestFinished, test } from 'vitest';
import { openContent } from '../../src/content/folder.ts';

const FILE = `---
title: Dashboard broken
status: investigating
severity: critical
started: 2026-03-10T11:50:00Z
components: []
---
We look.
`;

test('whenever it goes, nothing of ours stands in its place, and what was known stays', async () => {
  const dir = mkdtempSync(path.join(tmpdir(), 'status-live-'));
  onTestFinished(() => rmSync(dir, { recursive: true, force: true }));
  const folder = path.join(dir, 'incidents');
  const aside = path.join(dir, 'aside');
  mkdirSync(folder);
  writeFileSync(path.join(dir, 'status.yaml'), 'title: T\n');
  writeFileSync(path.join(folder, '20260310_broken.md'), FILE);
  let written = 0;
  let refused = 0;
  // From the first turn of the loop to long after the file was written.
  for (let step = 0; step < 60; step++) {
    const turns = Math.floor(1.2 ** step);
    const content = openContent(dir);
    const known = (await content.incidents()).incidents.length;
    const writing = content.create(`20260311_new-${step}`, FILE).then(
      () => true,
      () => false,
    );
    for (let turn = 0; turn < turns; turn++) await setImmediate();
    renameSync(folder, aside);
    mkdirSync(folder, { recursive: true });
    const isWritten = await writing;
    expect(readdirSync(folder), `after ${turns} turns`).toEqual([]);
    // One that was being linked at that moment may be refused and written: the server reads what it finds.
    if (isWritten) expect(readdirSync(aside)).toContain(`20260311_new-${step}.md`);
    if (isWritten) written++;
    else refused++;
    const { incidents, missing } = await content.incidents();
    expect(missing).not.toBeNull();
    expect(incidents.length).toBeGreaterThanOrEqual(known);
    rmSync(folder, { recursive: true });
    renameSync(aside, folder);
  }
  expect(written).toBeGreaterThan(0);
  expect(refused).toBeGreaterThan(0);
});
