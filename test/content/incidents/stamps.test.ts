// Whether a file is read again, by its metadata, when the wall clock is far from the times of files.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, onTestFinished, test, vi } from 'vitest';
import { isRacy, type ReadFile, scanFolder } from '../../../src/content/incidents/scan.ts';
import { DAY } from '../../../src/core/model/time.ts';

const FILE =
  '---\ntitle: API slow\nstatus: investigating\nseverity: minor\nstarted: 2026-03-10T11:50:00Z\n---\n';

test.each([
  ['right', 0],
  ['set back by a day since the start', DAY],
  ['set forward by a day since the start', -DAY],
  ['set forward by fifty years since the start', -50 * 365 * DAY],
])(
  'with a clock that is %s, a changed file is read again until it has rested, and then no more',
  async (_, ahead) => {
    const folder = mkdtempSync(path.join(tmpdir(), 'status-live-stamps-'));
    onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
    const file = path.join(folder, '20260310_api.md');
    const began = performance.now() + ahead;
    let passed = 0;
    const monotonic = vi.spyOn(performance, 'now').mockImplementation(() => began + passed);
    onTestFinished(() => monotonic.mockRestore());
    let known: ReadonlyMap<string, ReadFile> = new Map();
    const scan = async (at: number) => {
      passed = at;
      known = (await scanFolder(folder, known, 0)).files;
      return known.get(file)!;
    };
    writeFileSync(file, FILE);
    expect(isRacy(await scan(0), 0)).toBe(true);
    expect(isRacy(await scan(50), 0)).toBe(true);
    const settled = await scan(200);
    expect(isRacy(settled, 0)).toBe(false);
    expect(await scan(300)).toBe(settled);
    // As long as before, within one tick of the disk's clock at worst.
    writeFileSync(file, FILE.replace('slow', 'fast'));
    const changed = await scan(400);
    expect([isRacy(changed, 0), changed.good?.title]).toEqual([true, 'API fast']);
    expect(isRacy(await scan(600), 0)).toBe(false);
  },
);

test.each([true, false])('at the start an old file is read once: %s', async isFirst => {
  const folder = mkdtempSync(path.join(tmpdir(), 'status-live-stamps-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  writeFileSync(path.join(folder, '20260310_api.md'), FILE);
  // A day: the machine's wall clock may have moved since this process began.
  const later = performance.now() + DAY;
  const monotonic = vi.spyOn(performance, 'now').mockReturnValue(later);
  onTestFinished(() => monotonic.mockRestore());
  const { files } = await scanFolder(folder, new Map(), 0, isFirst);
  expect([...files.values()].map(isRacy)).toEqual([!isFirst]);
});
