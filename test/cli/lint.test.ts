// `lint`: what it says, in which format, with which exit code, and what merging would mail.
import { describe, expect, test } from 'vitest';
import { incident } from '../../src/cli/incident.ts';
import { lint } from '../../src/cli/lint.ts';
import { readSite } from '../../src/config/site-file.ts';
import { parseIncident } from '../../src/core/incidents/file/parse.ts';
import { EVERYTHING } from '../../src/core/model/subscriber.ts';
import { DAY, HOUR, iso, MINUTE } from '../../src/core/model/time.ts';
import { filedKey } from '../../src/core/notify/filed-words.ts';
import { openDatabase } from '../../src/store/db/database.ts';
import { announceUpdates, endFirstRound, noteQuietly } from '../../src/store/notify/announcements.ts';
import { noteHealth, syncChannels } from '../../src/store/notify/channels.ts';
import { confirmSubscriber, savePending } from '../../src/store/notify/subscribers.ts';
import { NOW, openTerminal } from './terminal.ts';

const GOOD =
  '---\ntitle: API slow\nstatus: investigating\nseverity: major\nstarted: 2026-11-23T10:00:00Z\ncomponents: [api]\n---\n\n## Update 10:05 UTC\nSlow.\n';

async function subscribe(
  db: ReturnType<typeof openDatabase>,
  id: string,
  components: readonly string[] | null,
) {
  const choice = { ...EVERYTHING, components };
  const fresh = { id, address: `${id}@example.com`, state: 'pending', choice, lang: 'en' } as const;
  await savePending(db, { ...fresh, nonce: id, createdAt: 1, confirmedAt: null });
  await confirmSubscriber(db, id, 1);
}

describe('lint', () => {
  test('a good folder: nothing but a count', async () => {
    const terminal = await openTerminal();
    await terminal.write('incidents/20261123_api.md', GOOD);
    expect(await terminal.run(lint)).toEqual({
      code: 0,
      out: '1 incident file: 0 errors, 0 warnings\n',
      err: '',
    });
  });

  test('a logo that is not there is told together with other mistakes', async () => {
    const terminal = await openTerminal(
      'brand: { logo: logo.png }\ncomponents:\n  - { name: A }\n  - { id: b, name: B }\n',
    );
    const { out } = await terminal.run(lint);
    expect(out).toContain(
      'status/status.yaml:3: `components.0.id` is missing — write a short name of lowercase letters, for instance website\n',
    );
    expect(out).toContain('status/status.yaml:1: `brand.logo`: there is no file "logo.png"');
  });

  test('a folder by name: says what to do instead', async () => {
    const terminal = await openTerminal();
    await terminal.write('incidents/20261123_api.md', GOOD);
    await expect(terminal.run(lint, 'status')).rejects.toThrow(
      'status is a folder. Name files, or set STATUS_DIR to check a status folder.',
    );
  });

  test('problems as file:line, errors exit with 1', async () => {
    const terminal = await openTerminal();
    await terminal.write('incidents/20261123_a.md', GOOD.replace('major', 'mayor'));
    await terminal.write(
      'incidents/20261123_b.md',
      GOOD.replace('[api]', '\n  - apu').replace(
        '## Update',
        '## Update 10:01 UTC\ncomponents: [databse]\n\n## Update',
      ),
    );
    await terminal.write('incidents/20261123_c.md', GOOD.replace('started', 'notfy: false\nstarted'));
    await terminal.write('incidents/20261123_d.md', GOOD.replace('[api]', '{ apo: major_outage }'));
    const { code, out } = await terminal.run(lint);
    expect(code).toBe(1);
    expect(out.split('\n')).toEqual([
      'status/incidents/20261123_a.md:4: `severity` is "mayor" — did you mean major?',
      'status/incidents/20261123_c.md:5: unknown key `notfy` — did you mean `notify`? (warning)',
      'status/incidents/20261123_b.md:7: there is no component "apu" — did you mean api?',
      'status/incidents/20261123_b.md:11: there is no component "databse" — did you mean database?',
      'status/incidents/20261123_d.md:6: there is no component "apo" — did you mean api?',
      '4 incident files: 4 errors, 1 warning',
      '',
    ]);
  });

  test('what a machine named was there then: nobody has to mend it; what a person adds is a warning while it is open', async () => {
    const terminal = await openTerminal();
    const by = GOOD.replace('[api]', '[gone]\nopened_by: probe:gone');
    await terminal.write('incidents/20261123_open.md', by);
    expect((await terminal.run(lint)).out).toBe('1 incident file: 0 errors, 0 warnings\n');
    const added = `${by}\n## Update 10:20 UTC\ncomponents: [apo, gone]\nMore.\n`;
    await terminal.write('incidents/20261123_open.md', added);
    const { code, out } = await terminal.run(lint);
    expect([code, out]).toEqual([
      0,
      expect.stringContaining('there is no component "apo" — did you mean api?'),
    ]);
    expect(out).not.toContain('"gone"');
    const over = by.replace('investigating', 'resolved\nresolved: 2026-11-23T10:05:30Z');
    await terminal.write('incidents/20261123_open.md', over);
    expect((await terminal.run(lint)).out).toBe('1 incident file: 0 errors, 0 warnings\n');
    await terminal.write('incidents/20261123_open.md', over.replace('probe:gone', 'probe:gone, probe:db'));
    expect((await terminal.run(lint)).code).toBe(0);
    // A person's slip is one still.
    await terminal.write('incidents/20261123_open.md', over.replace('opened_by: probe:gone\n', ''));
    expect((await terminal.run(lint)).code).toBe(1);
  });

  test('a brand file that is not there: a warning with its line, in status.yaml by name too', async () => {
    const terminal = await openTerminal(
      'title: T\nbrand:\n  logo: logo.png\ncomponents:\n  - { id: api, name: API, check: { type: manual } }\n',
    );
    const line =
      'status/status.yaml:3: `brand.logo`: there is no file "logo.png" in the status folder, so the page does not use it — put it there, or correct the name (warning)';
    expect((await terminal.run(lint)).out).toBe(`${line}\n0 incident files: 0 errors, 1 warning\n`);
    expect((await terminal.run(lint, 'status/status.yaml')).out).toContain(line);
    await terminal.write('logo.png', 'a logo');
    expect(await terminal.run(lint)).toMatchObject({
      code: 0,
      out: '0 incident files: 0 errors, 0 warnings\n',
    });
  });

  test('times that are a guess or lie in the future are warnings at their lines', async () => {
    const terminal = await openTerminal();
    await terminal.write('incidents/20261123_a.md', GOOD.replace('10:05', '08:55'));
    const series =
      '---\ntitle: Work\nstatus: scheduled\nstarted: 2026-11-01T10:00:00Z\nscheduled_start: 2026-11-08T02:00:00Z\nscheduled_end: 2026-11-08T03:00:00Z\nrrule: FREQ=WEEKLY\ncomponents: [api]\n---\nWork.\n\n## Completed 02:41 UTC\nDone.\n';
    const file = await terminal.write('incidents/20261101_b.md', series);
    const guess =
      'status/incidents/20261101_b.md:12: this section has a time but no date, and the maintenance repeats: its day is a guess, so this is not an update — write the date too, like `## Completed 2025-11-06 02:41 UTC`';
    expect((await terminal.run(lint)).out.split('\n')).toEqual([
      guess,
      'status/incidents/20261123_a.md:9: this update is in the future: 2026-11-24T08:55:00Z (it has no date, and this is the next such time) — it is 2026-11-23 10:06 UTC now; correct the date or the zone (warning)',
      '2 incident files: 1 error, 1 warning',
      '',
    ]);
    expect(await terminal.run(lint, file)).toMatchObject({ code: 1, out: expect.stringContaining(guess) });
  });

  test('a date that may be two, and a comment nobody closed, are errors at their lines; a misspelt status is a hint', async () => {
    const terminal = await openTerminal();
    const body =
      '\n## Update 03/04/2026 09:00\nStill slow.\n\n## Identifed 10:06 UTC\nFound.\n\n### Monitoring 10:07 UTC\n<!-- later\n';
    const file = await terminal.write('incidents/20261123_a.md', GOOD + body);
    const at = GOOD.split('\n').length;
    const told = await terminal.run(lint, file);
    expect(told.code).toBe(1);
    expect(told.out.split('\n').slice(0, -2).sort()).toEqual([
      `status/incidents/20261123_a.md:${at + 1}: "03/04/2026" may be 2026-04-03 or 2026-03-04, so this is not an update — write the date like 2025-11-06`,
      `status/incidents/20261123_a.md:${at + 4}: "Identifed" is not a status, so this update keeps the status before it — did you mean Identified? (warning)`,
      `status/incidents/20261123_a.md:${at + 7}: "### Monitoring 10:07 UTC" is a heading of a different level, so it is not an update — write it like \`## Monitoring 15:00 UTC\`, at the start of the line (warning)`,
      `status/incidents/20261123_a.md:${at + 8}: this comment is never closed, so it is shown as text — write \`-->\` where it ends, or \`\\<!--\`: until then, nothing new is emailed, and what is new below it changes no component`,
    ]);
    expect((await terminal.run(lint)).out).toBe(told.out);
  });

  test('a year that is most likely wrong is a warning with the right one', async () => {
    const terminal = await openTerminal();
    const add = '\n## Identified 2025-11-23 10:06 UTC\nFound.\n';
    await terminal.write('incidents/20261123_a.md', GOOD + add);
    await terminal.write('incidents/20261123_b.md', GOOD.replace('started: 2026', 'started: 2025'));
    const old = GOOD.replace('investigating', 'resolved\nresolved: 2026-11-20T12:00:00Z');
    await terminal.write('incidents/20261120_c.md', old.replace('11-23T10:00', '11-15T10:00'));
    const { code, out } = await terminal.run(lint);
    expect(code).toBe(0);
    expect(out.trim().split('\n').sort()).toEqual([
      '3 incident files: 0 errors, 2 warnings',
      'status/incidents/20261123_a.md:12: this update is dated 2025-11-23T10:06:00Z, before the incident began (2026-11-23T10:00:00Z), so no email is sent — did you mean 2026-11-23 10:06 UTC? (warning)',
      'status/incidents/20261123_b.md:5: `started` is 2025-11-23T10:00:00Z, but the file is named after 2026-11-23 — did you mean 2026-11-23T10:00:00Z? (warning)',
    ]);
  });

  test.each([
    ['components: [api', 'the `[` is not closed — add `]`'],
    ['started: 2026-11-23T10:00:00Z\nnext_update: "soon', 'a `"` is not closed — add `"`'],
    [
      'title: API: slow',
      'there is a second colon in one line — put text that contains a colon into "quotes"',
    ],
    ['started:', '`started` is empty — write a date and time: 2025-11-06T14:30:00Z'],
    ['components: api, db', 'there is no component "api, db" — write `[api, db]`'],
    ['components: "*"', 'there is no component "*" — write `all`'],
    ['components: web', 'there is no component "web" — known here: api, database'],
    ['components: apo', 'there is no component "apo" — did you mean api?'],
  ])('%s: what to write instead', async (line, said) => {
    const terminal = await openTerminal();
    const key = line.split(':')[0]!;
    const text = GOOD.replace(new RegExp(`^${key}:.*$`, 'm'), line);
    await terminal.write('incidents/20261123_a.md', text);
    expect((await terminal.run(lint)).out).toContain(said);
  });

  test('a short id that is not near is no hint', async () => {
    const terminal = await openTerminal(
      'components: [{ id: db, name: Database, check: { type: manual } }]\n',
    );
    await terminal.write('incidents/20261123_a.md', GOOD.replace('[api]', '[web]'));
    expect((await terminal.run(lint)).out).toContain('there is no component "web" — known here: db');
  });

  test('a maintenance that names no component is asked for them; one that says so, or names it in its title, is not', async () => {
    const terminal = await openTerminal();
    const work = (title: string, more = '') =>
      `---\ntitle: ${title}\nstatus: scheduled\nstarted: 2026-11-20T10:00:00Z\nscheduled_start: 2026-11-28T20:00:00Z\nscheduled_end: 2026-11-29T06:00:00Z\n${more}---\nWe move it.\n`;
    const ask =
      'this maintenance names no component, so it covers none: failures during it count as outages — write `components: [api, database]`, `components: all`, or `components: []` if none is meant (warning)';
    const file = await terminal.write('incidents/20261120_a.md', work('Ledger migration'));
    const told = await terminal.run(lint, file);
    expect(told.out.split('\n')[0]).toBe(`status/incidents/20261120_a.md:5: ${ask}`);
    expect(told.code).toBe(0);
    for (const [title, more] of [
      ['Ledger migration', 'components: all\n'],
      ['Ledger migration', 'components: [all]\n'],
      ['Ledger migration', 'components: []\n'],
      ['Work on the API', ''],
    ] as const) {
      await terminal.write('incidents/20261120_a.md', work(title, more));
      expect((await terminal.run(lint)).out).toBe('1 incident file: 0 errors, 0 warnings\n');
    }
  });

  test('warnings alone exit with 0; a file named by path; status.yaml too', async () => {
    const terminal = await openTerminal(
      'titel: x\ncomponents:\n  - { id: api, name: API, check: { type: http, url: "${NOT_SET_HERE}" } }\n',
    );
    const file = await terminal.write(
      'incidents/20261123_c.md',
      GOOD.replace('started', 'notfy: false\nstarted'),
    );
    await terminal.write('incidents/20261123_bad.md', '');
    expect((await terminal.run(lint, file)).code).toBe(0);
    const { out, code } = await terminal.run(lint, 'status/status.yaml');
    expect(out).toContain('status/status.yaml:1: unknown key `titel` — did you mean `title`? (warning)');
    expect(out).toContain('status/status.yaml:3: the environment variable NOT_SET_HERE is not set here');
    expect(code).toBe(0);
  });

  test('what variables would hold is not judged where they are not set; each is named once', async () => {
    const terminal = await openTerminal(`title: "\${TITLE}"
brand: { color: "\${COLOR:-#4f46e5}" }
notify:
  channels:
    - { type: slack, url: "\${SLACK_URL}" }
    - { type: slack, url: "\${OTHER_URL}" }
    - { type: webhook, url: "\${SLACK_URL}", secret: "\${SECRET_OF_IT}" }
components:
  - { id: api, name: API, check: { type: tcp, host: "\${HOST_OF_IT}", port: 5432 } }
`);
    const { code, out } = await terminal.run(lint);
    expect(code).toBe(0);
    const names = ['TITLE:1', 'SLACK_URL:5', 'OTHER_URL:6', 'SECRET_OF_IT:7', 'HOST_OF_IT:9'];
    const told = names.map(one => {
      const [name, line] = one.split(':');
      return `status/status.yaml:${line}: the environment variable ${name} is not set here — the server refuses to start without it: set it there, or give a default: \${${name}:-…} (warning)`;
    });
    expect(out.trim().split('\n')).toEqual([...told, '0 incident files: 0 errors, 5 warnings']);
  });

  test('the rest of a check that a variable is missing of is judged', async () => {
    const terminal = await openTerminal(
      'components:\n  - { id: api, name: API, check: { type: http, url: "${NOT_SET_HERE}", timeout: soon } }\n',
    );
    const { code, out } = await terminal.run(lint);
    expect(code).toBe(1);
    expect(out).toContain('`components.0.check.timeout`');
  });

  test('as annotations and as JSON', async () => {
    const terminal = await openTerminal();
    await terminal.write('incidents/20261123_a,b.md', GOOD.replace('major', '"100%\\n:"'));
    const github = await terminal.run(lint, '--format', 'github');
    expect(github.out).toMatch(
      /^::error file=status\/incidents\/20261123_a%2Cb\.md,line=4::`severity` is "100%25%0A:" — write minor, major or critical\n$/,
    );
    const json = JSON.parse((await terminal.run(lint, '--format', 'json')).out);
    expect(json).toMatchObject({ problems: [{ level: 'error', line: 4 }], emails: [] });
    await expect(terminal.run(lint, '--format', 'xml')).rejects.toThrow('"xml" is not a format');
  });

  test('says whom merging would mail, and touches nothing', async () => {
    const terminal = await openTerminal();
    const db = openDatabase(terminal.cli.env.databaseFile);
    await endFirstRound(db, NOW - 1000);
    for (const [id, components] of [
      ['a', null],
      ['b', ['api']],
      ['c', ['database']],
    ] as const) {
      await subscribe(db, id, components);
    }
    await db.destroy();
    await terminal.write('incidents/20261123_api.md', `${GOOD}\n## Identified 10:05:30 UTC\nFound.\n`);
    for (const _ of [1, 2]) {
      const { out } = await terminal.run(lint);
      expect(out).toContain('2 subscribers of API would get 2 emails: 20261123_api\n');
    }
  });

  test('the end of a machine’s incident is told when it has held: the preview counts it', async () => {
    const terminal = await openTerminal();
    const db = openDatabase(terminal.cli.env.databaseFile);
    await endFirstRound(db, NOW - 1000);
    await subscribe(db, 'a', null);
    const text = GOOD.replace('components: [api]', 'components: [api]\nopened_by: probe:api');
    expect(text).toContain('opened_by');
    await terminal.write('incidents/20261123_api.md', text);
    const told = parseIncident('', '20261123_api', text).value!.updates.map(({ key }) => key);
    await noteQuietly(db, '20261123_api', told, NOW);
    await db.destroy();
    const resolve = incident.find(({ name }) => name === 'incident resolve')!;
    const { out } = await terminal.run(resolve, '20261123_api', '--message', 'Over.', '--yes');
    expect(out).toContain('1 subscriber of API would get 1 email: 20261123_api\n');
  });

  test('an update that a machine’s incident has to wait with: the preview says when', async () => {
    const terminal = await openTerminal();
    const db = openDatabase(terminal.cli.env.databaseFile);
    await endFirstRound(db, NOW - 10 * MINUTE);
    await subscribe(db, 'a', null);
    await subscribe(db, 'b', ['database']);
    const id = '20261123_api';
    const section = (ago: number, body: string) =>
      `\n## Investigating ${iso(NOW - ago)
        .slice(0, 16)
        .replace('T', ' ')} UTC\n${body}\n`;
    const begun =
      GOOD.replace('components: [api]', 'components: [api]\nopened_by: probe:api') +
      section(5 * MINUTE, 'It goes on.');
    const told = parseIncident('', id, begun).value!;
    const owed = (at: number) =>
      [told.updates.at(at)!].map(update => {
        return { incidentId: id, key: update.key, incident: told, update, quiet: false };
      });
    // The first update after the beginning need not wait; this one had it.
    await announceUpdates(db, owed(0), NOW - 8 * MINUTE, NOW);
    await announceUpdates(db, owed(-1), NOW - 4 * MINUTE, NOW);
    const joins = begun + section(3 * MINUTE, 'components: [api, database]\nIt is worse.');
    await terminal.write(`incidents/${id}.md`, joins);
    await noteQuietly(
      db,
      id,
      [...told.updates.map(({ body }) => filedKey(body)), filedKey('It is worse.')],
      NOW - 3 * MINUTE,
    );
    const when = iso(NOW + 6 * MINUTE)
      .slice(0, 19)
      .replace('T', ' ');
    const { out } = await terminal.run(lint);
    expect(out.split('\n').filter(line => line.includes('would get'))).toEqual([
      // To them it is the beginning.
      `1 subscriber of API, Database would get 1 email: ${id}`,
      `1 subscriber of API, Database would get 1 email at ${when} UTC: ${id}`,
    ]);
    // The end does not wait, and tells all.
    const { out: saved } = await terminal.run(
      incident.find(({ name }) => name === 'incident resolve')!,
      ...[id, '--message', 'Over.', '--yes'],
    );
    expect(saved).toContain(`2 subscribers of API, Database would get 1 email: ${id}\n`);
    await db.destroy();
  });

  test('channels too: those of status.yaml by name, without what is disabled or about something else', async () => {
    const channel = (id: string, more = '') =>
      `    - { type: slack, id: ${id}, url: "https://hooks.slack.com/services/${id}-secret"${more} }\n`;
    const site = `title: T\ncomponents:\n  - { id: api, name: API, check: { type: manual } }\n  - { id: web, name: Web, check: { type: manual } }\nnotify:\n  channels:\n${channel('ops')}${channel('off')}${channel('web-team', ', components: [web]')}`;
    const terminal = await openTerminal(site);
    const db = openDatabase(terminal.cli.env.databaseFile);
    await endFirstRound(db, NOW - 1000);
    const { value } = readSite(site, 'status.yaml', {}, null, 'http://localhost:3000');
    await syncChannels(db, value!.notify.channels, NOW);
    const health = { strikes: 9, failingSince: NOW, pausedUntil: null, error: 'gone', dead: true };
    await noteHealth(db, 'off', health);
    await db.destroy();
    await terminal.write('incidents/20261123_api.md', GOOD);
    const { out } = await terminal.run(lint);
    expect(out).toContain('slack at hooks.slack.com (ops) would get 1 message: 20261123_api\n');
    expect(out).not.toContain('subscriber');
    expect(out).not.toMatch(/secret|off|web-team/);
  });

  test('of a series only what is new in its occurrences, and nothing once it is told', async () => {
    const terminal = await openTerminal();
    const db = openDatabase(terminal.cli.env.databaseFile);
    await endFirstRound(db, NOW - 1000);
    await subscribe(db, 'a', null);
    const day = (ago: number) => iso(NOW - ago * DAY).slice(0, 10);
    const minutes = (ago: number) =>
      iso(NOW - ago * MINUTE)
        .slice(0, 16)
        .replace('T', ' ');
    const start = iso(NOW - 7 * DAY - HOUR);
    const text = `---\ntitle: API upgrade\nstatus: scheduled\nstarted: ${day(9)}T10:00:00Z\nscheduled_start: ${start}\nscheduled_end: ${iso(NOW - 7 * DAY + HOUR)}\nrrule: FREQ=WEEKLY\ncomponents: [api]\n---\n\nWe upgrade.\n`;
    await terminal.write('incidents/20261120_work.md', text);
    await noteQuietly(db, '20261120_work', [`${day(9)}T10:00:00Z#-preface`], NOW);
    const today = `20261120_work--${iso(NOW - HOUR).slice(0, 10)}`;
    const told = parseIncident('', '20261120_work', text).value!.updates.map(({ key }) => key);
    await noteQuietly(db, today, told, NOW);
    expect((await terminal.run(lint)).out).not.toContain('would get');
    const { out } = await terminal.run(
      incident.find(({ name }) => name === 'incident resolve')!,
      today,
      '--message',
      'Done.',
      '--yes',
    );
    expect(out).toContain(`1 subscriber of API would get 1 email: ${today}\n`);
    await terminal.write('incidents/20261120_work.md', `${text}\n## Completed ${minutes(5)} UTC\nDone.\n`);
    expect((await terminal.run(lint)).out).toContain(`1 subscriber of API would get 1 email: ${today}\n`);
    await noteQuietly(db, today, [`${minutes(5).replace(' ', 'T')}:00Z#0`, 'end#0'], NOW);
    await db.destroy();
    expect((await terminal.run(lint)).out).not.toContain('would get');
  });

  test('10,000 files in seconds', { timeout: 120_000 }, async () => {
    const terminal = await openTerminal();
    for (let index = 0; index < 10_000; index += 500) {
      await Promise.all(
        Array.from({ length: 500 }, (_, i) =>
          terminal.write(`incidents/20261123_${index + i}.md`, GOOD.replace('slow', `slow ${index + i}`)),
        ),
      );
    }
    const before = process.cpuUsage();
    expect((await terminal.run(lint)).out).toContain('10000 incident files: 0 errors');
    // Of this processor's time: what else the machine does is not counted.
    expect(process.cpuUsage(before).user / 1e6).toBeLessThan(15);
  });
});
