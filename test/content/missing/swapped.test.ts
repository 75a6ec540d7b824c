// The folder goes away while a file is being written to it: the file goes with it, or is not written at all.
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { expect, onTestFinished, test } from 'vitest';
import { StatusFolder } from '../../../src/content/folder.ts';

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
    const content = new StatusFolder(dir);
    const known = (await content.incidents()).incidents.length;
    const writing = content
      .create(`20260311_new-${step}`, FILE.replace('Dashboard', `Dashboard ${step}`))
      .then(
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
    // What was said to be written is known, though nobody has read it yet.
    expect(incidents.length).toBeGreaterThanOrEqual(isWritten ? known + 1 : known);
    rmSync(folder, { recursive: true });
    renameSync(aside, folder);
  }
  expect(written).toBeGreaterThan(0);
  expect(refused).toBeGreaterThan(0);
});

test('a pipe where status.yaml should be is refused, and not waited for', async () => {
  const dir = mkdtempSync(path.join(tmpdir(), 'status-live-'));
  onTestFinished(() => rmSync(dir, { recursive: true, force: true }));
  spawnSync('mkfifo', [path.join(dir, 'status.yaml')]);
  await expect(new StatusFolder(dir).siteText()).rejects.toMatchObject({ code: 'not a file' });
});

test.each([
  ['a folder', (file: string) => mkdirSync(file)],
  ['a FIFO', (file: string) => spawnSync('mkfifo', [file])],
])(
  '%s where an incident should be: what stands for it is told only where something does',
  async (_what, make) => {
    const dir = mkdtempSync(path.join(tmpdir(), 'status-live-'));
    onTestFinished(() => rmSync(dir, { recursive: true, force: true }));
    const folder = path.join(dir, 'incidents');
    mkdirSync(folder);
    writeFileSync(path.join(dir, 'status.yaml'), 'title: T\n');
    const [never, bad, good] = ['never', 'bad', 'good'].map(name =>
      path.join(folder, `20260310_${name}.md`),
    ) as [string, string, string];
    writeFileSync(bad, '---\ntitle: [\n---\n');
    writeFileSync(good, FILE);
    const content = new StatusFolder(dir);
    await content.incidents();
    for (const file of [bad, good]) rmSync(file);
    for (const file of [never, bad, good]) make(file);
    const { problems, incidents } = await content.incidents();
    expect(incidents.map(({ id }) => id)).toEqual(['20260310_good']);
    const said = (file: string) => problems.find(({ where }) => where === file);
    for (const file of [never, bad]) {
      expect(said(file)).toMatchObject({
        what: 'it is not a file, and no earlier version of it is known',
        fix: 'put the file there, or delete what is there instead',
      });
    }
    expect(said(good)).toMatchObject({
      what: 'it is not a file, so the version last read is used instead',
      fix: 'put the file back, or delete what is there instead',
    });
  },
);

test('a file that is moved to another folder with a mistake in it keeps its last good version', async () => {
  const dir = mkdtempSync(path.join(tmpdir(), 'status-live-'));
  onTestFinished(() => rmSync(dir, { recursive: true, force: true }));
  const folder = path.join(dir, 'incidents');
  mkdirSync(path.join(folder, '2026'), { recursive: true });
  writeFileSync(path.join(dir, 'status.yaml'), 'title: T\n');
  writeFileSync(path.join(folder, '20260310_broken.md'), FILE);
  const content = new StatusFolder(dir);
  await content.incidents();
  const [texts, identity] = [content.goodTexts(), content.identity()];
  const shown = async (of: StatusFolder) => {
    const { incidents, unread, problems } = await of.incidents();
    return [incidents.map(({ title, severity }) => [title, severity]), unread, problems.length];
  };
  rmSync(path.join(folder, '20260310_broken.md'));
  writeFileSync(path.join(folder, '2026', '20260310_broken.md'), FILE.replace('critical', 'Critical!'));
  const kept = [[['Dashboard broken', 'critical']], [], 1];
  expect(await shown(content)).toEqual(kept);
  const restarted = new StatusFolder(dir);
  restarted.remember(texts, { folder: identity, copies: {}, begun: {}, wasMissing: false, isNew: false });
  expect(await shown(restarted)).toEqual(kept);
});
