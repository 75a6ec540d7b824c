// What is kept of the files, by a database that gives nothing for a while: nothing is forgotten for it.
import { mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { StatusFolder } from '../../../src/content/folder.ts';
import type { Log } from '../../../src/core/model/ports/log.ts';
import { StorageFault } from '../../../src/core/model/ports/storage.ts';
import { openDatabase } from '../../../src/store/db/database.ts';
import { readKeptFiles } from '../../../src/store/incidents/last-good-files.ts';
import { LastGoodFiles } from '../../../src/work/incidents/last-good-files.ts';
import { ignoreStorageFault } from '../../../src/work/timing/storage.ts';

const OPEN =
  '---\ntitle: Dashboard broken\nstatus: investigating\nseverity: critical\nstarted: 2026-03-10T11:50:00Z\ncomponents: []\n---\nWe look.\n';

function openPlace() {
  const dir = mkdtempSync(path.join(tmpdir(), 'status-live-kept-'));
  onTestFinished(() => rmSync(dir, { recursive: true, force: true }));
  const incidents = path.join(dir, 'incidents');
  mkdirSync(incidents);
  writeFileSync(path.join(dir, 'status.yaml'), 'title: T\n');
  writeFileSync(path.join(incidents, '20260310_broken.md'), OPEN);
  const db = openDatabase(':memory:');
  let broken: 'read' | 'write' | null = null;
  const flaky = new Proxy(db, {
    get(of, key) {
      if (broken === 'read' && key === 'selectFrom') throw new StorageFault('io', 'SQLITE_IOERR');
      if (broken === 'write' && key === 'transaction') throw new StorageFault('full', 'SQLITE_FULL');
      const found = Reflect.get(of, key);
      return typeof found === 'function' ? found.bind(of) : found;
    },
  });
  const open = async () => {
    const folder = new StatusFolder(dir);
    const log = { info() {} } as unknown as Log;
    const { kept } = await LastGoodFiles.open(flaky, folder, log);
    return async () => {
      await kept.catchUp();
      const { incidents: found, missing } = await folder.incidents();
      const missingSince = missing === null ? null : 1;
      await ignoreStorageFault(kept.round({ missingSince, site: 'title: T\n' }));
      return {
        titles: found.map(({ title }) => title),
        isMissing: missing !== null,
        isRecalled: kept.isRecalled,
      };
    };
  };
  const turn = (is: typeof broken) => {
    broken = is;
  };
  return { db, incidents, open, turn };
}

test('it cannot be read at a start, with the folder away: the page is not green, and what is kept stays', async () => {
  const { db, incidents, open, turn } = openPlace();
  await (await open())();
  renameSync(incidents, `${incidents}.aside`);
  turn('read');
  const round = await open();
  expect((await round()).isRecalled).toBe(false);
  // The disk is mended bit by bit: what was not read is not taken for nothing.
  turn(null);
  expect(await round()).toMatchObject({ titles: ['Dashboard broken'], isMissing: true });
  await round();
  expect([...(await readKeptFiles(db)).keys()]).toEqual(['20260310_broken.md']);
  renameSync(`${incidents}.aside`, incidents);
  expect(await round()).toEqual({ titles: ['Dashboard broken'], isMissing: false, isRecalled: true });
});

test('it is full while it is written, and the process ends: the version kept before is known', async () => {
  const { db, incidents, open, turn } = openPlace();
  const round = await open();
  await round();
  turn('write');
  writeFileSync(path.join(incidents, '20260310_broken.md'), OPEN.replace('We look.', 'We found it.'));
  await round();
  renameSync(incidents, `${incidents}.aside`);
  await round();
  expect([...(await readKeptFiles(db)).values()]).toEqual([OPEN]);
  expect(await (await open())()).toMatchObject({ titles: ['Dashboard broken'], isMissing: true });
});
