// Reminders: an open incident nobody writes about nags, by mail, log and /readyz, until somebody does.
import { describe, expect, test } from 'vitest';
import { openWorld, SITE, type World } from '../world.ts';

const NAGGED = (target: string) => `reminders: { after: 30m, to: ops@levqor.ai }${SITE(target)}`;
const OPEN = `---
title: Slow exports
status: investigating
severity: minor
started: 2026-03-10T12:00:00Z
components: []
---
We are looking.
`;
const reminders = (world: World) =>
  world.mails.filter(mail => mail.subject?.startsWith('[REMINDER]')).map(mail => mail.subject);

describe('an open incident without news', () => {
  test('is mailed after `after`, again each `after`, and not once somebody wrote', async () => {
    const world = await openWorld({ site: NAGGED, files: { '20260310_slow.md': OPEN } });
    await world.pass(29 * 60, 60);
    expect(reminders(world)).toEqual([]);
    expect((await world.get('/readyz')).json.problems).toEqual([]);
    await world.pass(5 * 60, 60);
    expect(reminders(world)).toEqual(['[REMINDER] Slow exports: no update for 30 minutes']);
    const email = world.mails.at(-1)!;
    expect(JSON.stringify(email.to)).toContain('ops@levqor.ai');
    expect(email.text).toContain('incident update 20260310_slow');
    const ready = await world.get('/readyz');
    expect([ready.status, ready.json.problems[0].what]).toEqual([
      200,
      '"Slow exports" is open and has had no update since 2026-03-10T12:00:00Z',
    ]);
    await world.pass(30 * 60, 60);
    expect(reminders(world)).toHaveLength(2);

    await world.write('20260310_slow.md', `${OPEN}\n## Identified 13:05 UTC\nA lock.\n`);
    await world.pass(25 * 60, 60);
    expect(reminders(world)).toHaveLength(2);
    expect((await world.get('/readyz')).json.problems).toEqual([]);
    await world.pass(10 * 60, 60);
    expect(reminders(world)).toHaveLength(3);
  });

  test('past the moment its next update was promised for is mailed at once, and once', async () => {
    const promised = OPEN.replace('---\nWe', '---\n## Investigating 12:00 UTC\nnext_update: 12:10 UTC\n\nWe');
    const world = await openWorld({ site: NAGGED, files: { '20260310_slow.md': promised } });
    await world.pass(9 * 60, 60);
    expect(reminders(world)).toEqual([]);
    await world.pass(15 * 60, 60);
    expect(reminders(world)).toHaveLength(1);
    expect(world.mails.at(-1)?.text).toContain('The next one was promised for 2026-03-10T12:10:00Z.');
    await world.write(
      '20260310_slow.md',
      promised.replace('## Investigating', '## Identified 12:24 UTC\nA lock.\n\n## Investigating'),
    );
    await world.pass(20 * 60, 60);
    expect(reminders(world)).toHaveLength(1);
  });

  test('is not mailed twice over a restart, and is owed while the mail server refuses', async () => {
    const world = await openWorld({ site: NAGGED, files: { '20260310_slow.md': OPEN } });
    world.smtp.refuse = () => ({ code: 451, text: 'later' });
    await world.pass(31 * 60, 60);
    expect(reminders(world)).toEqual([]);
    world.smtp.refuse = null;
    await world.pass(60);
    expect(reminders(world)).toHaveLength(1);
    await world.restart();
    await world.pass(60);
    expect(reminders(world)).toHaveLength(1);
  });

  test('resolved, or a maintenance, nags nobody; without an address only log and /readyz do', async () => {
    const resolved = OPEN.replace('investigating', 'resolved\nresolved: 2026-03-10T12:10:00Z');
    const upkeep = `---\ntitle: Upkeep\nstatus: scheduled\nscheduled_start: 2026-03-10T11:00:00Z\nscheduled_end: 2026-03-10T18:00:00Z\ncomponents: []\n---\nx\n`;
    const quiet = await openWorld({
      site: NAGGED,
      files: { '20260310_slow.md': resolved, '20260310_upkeep.md': upkeep },
    });
    await quiet.pass(2 * 3600, 600);
    expect(reminders(quiet)).toEqual([]);

    const mute = await openWorld({ files: { '20260310_slow.md': OPEN } });
    await mute.pass(61 * 60, 60);
    expect(reminders(mute)).toEqual([]);
    expect(mute.logged.filter(({ message }) => /^reminding/.test(message))).toHaveLength(1);
    expect((await mute.get('/readyz')).json.problems).toHaveLength(1);
  });
});
