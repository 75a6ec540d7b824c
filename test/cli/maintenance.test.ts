// `maintenance new` and `maintenance cancel` in a zone: what is asked, shown and written.

import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { incident } from '../../src/cli/incident.ts';
import { maintenance } from '../../src/cli/maintenance.ts';
import { parseIncident } from '../../src/core/incidents/file/parse.ts';
import { occurrencesOf } from '../../src/core/incidents/recurrence.ts';
import { iso } from '../../src/core/model/time.ts';
import { openDatabase } from '../../src/store/db/database.ts';
import { changePlans } from '../../src/store/incidents/plans.ts';
import { NOW, openTerminal, type Terminal } from './terminal.ts';

const [announce, cancel] = maintenance;
const named = (name: string) => incident.find(one => one.name === name);
const SITE =
  'title: T\ntimezone: Europe/Berlin\ncomponents:\n  - { id: api, name: API, check: { type: manual } }\n';

const read = async ({ dir }: Terminal, id: string) => {
  const text = await readFile(path.join(dir, 'status', 'incidents', `${id}.md`), 'utf8');
  return { text, file: parseIncident('x.md', id, text).value! };
};

describe('a time without a zone is in the site’s, and printed there before it is written', () => {
  const args = ['--title', 'Work', '--components', 'api', '--message', 'x', '--yes'];
  const at = async (start: string, ...more: string[]) => {
    const terminal = await openTerminal(SITE);
    const { out } = await terminal.run(announce, ...args, '--start', start, '--end', '1h', ...more);
    return { out, ...(await read(terminal, '20261123_work')) };
  };

  test.each([
    ['2026-12-06 02:00', '2026-12-06T01:00:00Z'],
    ['2026-07-05T02:00', '2026-07-05T00:00:00Z'],
    ['6 December 2026, 2 am', '2026-12-06T01:00:00Z'],
    ['2026-12-06T02:00:00Z', '2026-12-06T02:00:00Z'],
    ['2026-12-06 02:00 UTC', '2026-12-06T02:00:00Z'],
    ['2026-12-06T02:00:00-05:00', '2026-12-06T07:00:00Z'],
    ['2026-12-06', '2026-12-05T23:00:00Z'],
    ['2h', '2026-11-23T12:06:00Z'],
  ])('%s is %s', async (start, utc) => {
    const { out, file } = await at(start);
    expect(iso(file.scheduled!.start)).toBe(utc);
    expect(out).toContain('(Europe/Berlin)\n');
  });

  test('a series shows the next windows, over a change of the clocks', async () => {
    const { out, file } = await at('2027-03-27 00:30', '--rrule', 'FREQ=WEEKLY;BYDAY=SA');
    expect(file.rrule).toBe('FREQ=WEEKLY;BYDAY=SA');
    expect(out).toMatch(/When: 27 Mar 2027, 00:30 \S+ to 27 Mar 2027, 01:30 \S+ \(Europe\/Berlin\)/);
    expect(out).toMatch(/Then: 3 Apr 2027, 00:30 \S+ \| 10 Apr 2027, 00:30 \S+ \| 17 Apr 2027, 00:30/);
  });

  test('--timezone is written, and its times are there; it must be one', async () => {
    const { out, file } = await at(
      '2026-12-06 02:00',
      '--rrule',
      'FREQ=DAILY',
      '--timezone',
      'Asia/Kathmandu',
    );
    expect([file.timezone, iso(file.scheduled!.start)]).toEqual(['Asia/Kathmandu', '2026-12-05T20:15:00Z']);
    expect(out).toContain('(Asia/Kathmandu)');
    await expect(at('2026-12-06 02:00', '--timezone', 'Nepal/Standard')).rejects.toThrow(
      'is not a time zone',
    );
  });

  test('of an incident too', async () => {
    const terminal = await openTerminal(SITE);
    const words = [
      '--title',
      'Slow',
      '--severity',
      'minor',
      '--components',
      'api',
      '--message',
      'x',
      '--yes',
    ];
    const { out } = await terminal.run(named('incident new'), ...words, '--started', '2026-11-23 10:30');
    expect((await read(terminal, '20261123_slow')).text).toContain('started: 2026-11-23T09:30:00Z');
    expect(out).toMatch(/In Europe\/Berlin: began 23 Nov 2026, 10:30/);
  });
});

describe('`maintenance cancel`', () => {
  const ID = '20261101_work';
  const series = `---\ntitle: Weekly work\nstatus: scheduled\nstarted: 2026-11-01T10:00:00Z\nscheduled_start: 2026-11-08T00:30:00+01:00\nscheduled_end: 2026-11-08T01:30:00+01:00\nrrule: FREQ=WEEKLY\ncomponents: [api]\n---\n\nBrief pauses.\n`;
  const words = ['--message', 'Not this time.'];
  const open = async (text = series) => {
    const terminal = await openTerminal(SITE);
    await terminal.write(`incidents/${ID}.md`, text);
    return terminal;
  };

  test('one occurrence: previewed, asked, written with its day; the others stay', async () => {
    const terminal = await open();
    await expect(terminal.run(cancel, `${ID}--2026-12-06`, ...words)).rejects.toThrow('--yes');
    expect((await read(terminal, ID)).text).toBe(series);
    const { out } = await terminal.run(cancel, `${ID}--2026-12-06`, ...words, '--yes');
    expect(out).toContain(
      '+ ## Completed 2026-11-23 10:06:00 UTC\n+ occurrence: 2026-12-06\n+ \n+ Not this time.',
    );
    expect(out).toMatch(/When: 6 Dec 2026, 00:30 \S+ to 6 Dec 2026, 01:30 \S+ \(Europe\/Berlin\)\n/);
    expect(out).toContain(`Written. https://status.levqor.ai/status/incidents/${ID}--2026-12-06`);
    const { file, text } = await read(terminal, ID);
    expect(text).toContain('status: scheduled');
    const all = occurrencesOf(file, NOW, 'Europe/Berlin');
    const off = all.filter(({ status }) => status === 'completed');
    expect(off.map(({ id }) => id)).toEqual([`${ID}--2026-12-06`]);
    await expect(terminal.run(cancel, `${ID}--2026-12-06`, ...words, '--yes')).rejects.toThrow(
      'already completed',
    );
  });

  test('a series that was moved: days of its former plan are known, and are no warning', async () => {
    const done = (day: string) => `\n## Completed ${day}T00:10:00Z\noccurrence: ${day}\n\nDone.\n`;
    const moved = series.replaceAll('2026-11-08', '2026-11-25');
    const terminal = await open(moved + done('2026-11-15') + done('2026-11-17'));
    const span = (day: number) => ({
      start: Date.UTC(2026, 10, day, -1, 30),
      end: Date.UTC(2026, 10, day, 0, 30),
    });
    const zone = 'Europe/Berlin';
    const past = [{ ...span(8), rrule: 'FREQ=WEEKLY', zone, last: span(22).start, replaced: NOW }];
    const plan = { ...span(25), title: 'Weekly work', rrule: 'FREQ=WEEKLY', zone, components: ['api'] };
    const told = { plan: { ...plan, isOver: false, updates: 3, record: { past } }, sequence: 1 };
    const db = openDatabase(terminal.cli.env.databaseFile);
    await changePlans(db, [{ id: ID, ...told, changedAt: NOW, goneAt: null }], []);
    await db.destroy();
    const longer = ['--status', 'scheduled', '--message', 'It took longer.', '--yes'];
    const { out, err } = await terminal.run(named('incident update'), `${ID}--2026-11-22`, ...longer);
    expect(out).toMatch(/When: 22 Nov 2026, 00:30/);
    expect(err.match(/`occurrence: \S+`/g)).toEqual(['`occurrence: 2026-11-17`']);
  });

  test('a whole maintenance, before it begins', async () => {
    const terminal = await open(series.replace('rrule: FREQ=WEEKLY\n', '').replaceAll('11-08', '12-08'));
    await terminal.run(cancel, ID, ...words, '--yes');
    const { file } = await read(terminal, ID);
    expect([file.status, file.updates.at(-1)?.status]).toEqual(['completed', 'completed']);
  });

  test.each([
    [ID, `give one occurrence by its day, like ${ID}--2026-11-29`],
    [`${ID}--2026-11-22`, 'It began at 2026-11-21T23:30:00Z: `incident resolve` completes it.'],
    [`${ID}--2026-12-05`, 'has no occurrence that begins on 2026-12-05 (Europe/Berlin)'],
    ['20261101_none', 'There is no incident'],
  ])('%s: refused, and why', async (id, why) => {
    const terminal = await open();
    await expect(terminal.run(cancel, id, ...words, '--yes')).rejects.toThrow(why);
    expect((await read(terminal, ID)).text).toBe(series);
  });

  test('an incident, and an empty message, are refused', async () => {
    const terminal = await open(
      '---\ntitle: Slow\nstatus: investigating\nseverity: minor\nstarted: 2026-11-23T09:00:00Z\n---\nx\n',
    );
    await expect(terminal.run(cancel, ID, ...words, '--yes')).rejects.toThrow(
      'is an incident, not a maintenance',
    );
    const other = await open();
    await expect(other.run(cancel, `${ID}--2026-12-06`, '--message', ' ', '--yes')).rejects.toThrow(
      'is empty',
    );
  });

  test('is not said by `resolve`, which would complete what has not begun; other news of it can be', async () => {
    const terminal = await open();
    await expect(
      terminal.run(named('incident resolve'), `${ID}--2026-12-06`, ...words, '--yes'),
    ).rejects.toThrow('`maintenance cancel 20261101_work--2026-12-06` calls it off');
    const longer = ['--status', 'scheduled', '--message', 'It takes longer.', '--yes'];
    await terminal.run(named('incident update'), `${ID}--2026-12-06`, ...longer);
    const all = occurrencesOf((await read(terminal, ID)).file, NOW, 'Europe/Berlin');
    const told = all.filter(({ updates }) => updates.some(({ body }) => body === 'It takes longer.'));
    expect(told.map(({ id }) => id)).toEqual([`${ID}--2026-12-06`]);
  });
});
