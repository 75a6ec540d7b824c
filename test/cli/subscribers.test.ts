// subscribers, outbox and mail on the command line: in and out as CSV, nothing left of who is removed.
import { existsSync } from 'node:fs';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { simpleParser } from 'mailparser';
import { describe, expect, test } from 'vitest';
import { outbox as outboxCommands } from '../../src/cli/outbox.ts';
import { subscribers } from '../../src/cli/subscribers.ts';
import { readImport } from '../../src/core/notify/subscriber-import.ts';
import { openDatabase } from '../../src/store/db/database.ts';
import * as store from '../../src/store/notify/subscribers.ts';
import { addressHash } from '../../src/work/notify/enrolment.ts';
import { NOW, openTerminal, type Terminal } from './terminal.ts';

const command = (name: string) => [...subscribers, ...outboxCommands].find(one => one.name === name);
const CSV = `email,components
ada@example.com,api database
"bob+status@example.com",
-eve@example.com,Background Jobs
ADA@example.com,api
nobody,api
carl@example.com,nothing
`;

async function filled(): Promise<Terminal> {
  const terminal = await openTerminal();
  await terminal.write('in.csv', CSV);
  const { code, out, err } = await terminal.run(
    command('subscribers import'),
    'status/in.csv',
    '--confirmed',
  );
  expect([code, out]).toEqual([0, '3 subscribed, 0 already known, 0 suppressed, 3 skipped\n']);
  expect(err.trim().split('\n')).toEqual([
    expect.stringMatching(/^No server has run with DATA_DIR=.*: a new database is created\./),
    'status/in.csv:5: skipped, the address is already in an earlier line',
    'status/in.csv:6: skipped, not an email address',
    'status/in.csv:7: skipped, no component "nothing"',
  ]);
  return terminal;
}

describe('subscribers', () => {
  test('a saved answer of Cachet’s API: those who are verified and follow everything', async () => {
    const terminal = await openTerminal();
    const of = (email: string, verified_at: string | null, global: boolean) => ({
      id: 1,
      email,
      verify_code: 'abc',
      global,
      phone_number: null,
      verified_at,
      subscriptions: [{ id: 1, subscriber_id: 1, component_id: 3 }],
    });
    const data = [
      of('ada@example.com', '2019-01-02 03:04:05', true),
      of('bob@example.com', null, true),
      of('eve@example.com', '2019-01-02 03:04:05', false),
      {
        id: '4',
        type: 'subscribers',
        attributes: { email: 'carl@example.com', email_verified_at: '2025-01-02' },
      },
    ];
    await terminal.write('in.json', JSON.stringify({ meta: {}, data }));
    const { code, out, err } = await terminal.run(
      command('subscribers import'),
      'status/in.json',
      '--confirmed',
    );
    expect([code, out]).toEqual([0, '2 subscribed, 0 already known, 0 suppressed, 2 skipped\n']);
    expect(err).toContain('skipped, the address is not verified');
    expect(err).toContain('skipped, components were chosen, which the answer does not name');
    const { out: list } = await terminal.run(command('subscribers export'));
    expect(list).toContain('ada@example.com,,confirmed');
    expect(list).toContain('carl@example.com,,confirmed');
    expect(list).not.toMatch(/bob|eve/);
  });

  test('come in and go out as CSV; a spreadsheet runs nothing of it', async () => {
    const terminal = await filled();
    const { out } = await terminal.run(command('subscribers export'));
    const at = new Date(NOW).toISOString().slice(0, 19);
    expect(out.trim().split('\n')).toEqual([
      'email,components,state,kinds,detail,lang,confirmed_at,url',
      `'-eve@example.com,jobs,confirmed,all,all,en,${at}Z,`,
      `ada@example.com,api database,confirmed,all,all,en,${at}Z,`,
      `bob+status@example.com,,confirmed,all,all,en,${at}Z,`,
    ]);
    const again = await terminal.run(command('subscribers import'), 'status/in.csv');
    expect(again.out).toBe('0 asked to confirm, 3 already known, 0 suppressed, 3 skipped\n');
    const listed = (await terminal.run(command('subscribers list'))).out;
    expect(listed).toMatch(/^ADDRESS +STATE +COMPONENTS +KINDS +DETAIL +LANG +ID\n/);
    expect(listed).toContain('3 confirmed, 0 waiting');
    const json = JSON.parse((await terminal.run(command('subscribers list'), '--json')).out);
    expect(json).toContainEqual(
      expect.objectContaining({ address: 'ada@example.com', components: 'api database' }),
    );
  });

  test('what is exported here is imported there: choices, languages, and who has not confirmed', async () => {
    const here = await openTerminal();
    await here.write('in.csv', 'email\n-eve@example.com\nann@example.com\nasked@example.com\n');
    await here.run(command('subscribers import'), 'status/in.csv');
    const db = openDatabase(here.cli.env.databaseFile);
    const [eve, ann] = await store.allSubscribers(db);
    for (const one of [eve, ann]) await store.confirmSubscriber(db, one!.id, NOW);
    await store.chooseFor(db, ann!.id, { components: ['api'], kinds: 'incidents', detail: 'ends' });
    await db.updateTable('subscribers').set({ lang: 'de' }).where('id', '=', ann!.id).execute();
    const urlKey = 'k';
    const channel = {
      id: 'c',
      type: 'slack',
      url: 'https://hooks.slack.com/services/T/B/c',
      urlKey,
    } as const;
    const { choice, lang, nonce, createdAt } = eve!;
    await store.savePendingChannel(db, { ...channel, secret: null, choice, lang, nonce, createdAt });
    await db.destroy();
    const exported = (await here.run(command('subscribers export'))).out;

    const there = await openTerminal();
    await there.write('in.csv', exported);
    const { out, err } = await there.run(command('subscribers import'), 'status/in.csv', '--confirmed');
    expect(out).toBe('2 subscribed, 1 asked to confirm, 0 already known, 0 suppressed, 1 skipped\n');
    expect(err).toContain('status/in.csv:5: skipped, a channel other than email must subscribe again');
    const emails = (text: string) => text.split('\n').filter(line => line.includes('@'));
    expect(emails((await there.run(command('subscribers export'))).out)).toEqual(emails(exported));
  });

  test('removed, nothing of the address stays in the database', async () => {
    const terminal = await filled();
    const done = await terminal.run(command('subscribers remove'), 'Ada@Example.com', 'who@example.com');
    expect(done).toMatchObject({
      code: 1,
      out: 'Ada@Example.com: removed\nwho@example.com: not subscribed\n',
    });
    const db = openDatabase(terminal.cli.env.databaseFile);
    expect(JSON.stringify(await store.allSubscribers(db))).not.toContain('ada@');
    const tables = [
      'subscribers',
      'deliveries',
      'subscribe_requests',
      'suppressed',
      'announcements',
      'meta',
    ] as const;
    for (const table of tables) {
      expect(JSON.stringify(await db.selectFrom(table).selectAll().execute())).not.toMatch(/ada@/i);
    }
    await db.destroy();
  });

  test('imported without --confirmed they are asked; suppressed ones stay out until cleared', async () => {
    const terminal = await openTerminal();
    await terminal.write('in.csv', 'email\nada@example.com\nbob@example.com\n');
    const db = openDatabase(terminal.cli.env.databaseFile);
    const hash = addressHash('only this test knows it', 'ada@example.com');
    await store.suppress(db, 'ada@example.com', hash, 'bounced', NOW);
    const first = await terminal.run(command('subscribers import'), 'status/in.csv');
    expect(first.out).toBe('1 asked to confirm, 0 already known, 1 suppressed, 0 skipped\n');
    expect((await terminal.run(command('outbox'))).out).toBe('email: 1 waiting, 0 given up\n');
    const listed = await terminal.run(command('subscribers suppressed'));
    expect(listed.out).toMatch(/^ADDRESS +REASON +AT\n/);
    expect(listed.out).toContain(`${hash}  bounced  2026-11-23T10:06:00Z\n1 suppressed\n`);
    const clear = () => terminal.run(command('subscribers suppressed'), '--clear', 'ADA@example.com');
    expect([(await clear()).code, (await clear()).code]).toEqual([0, 1]);
    expect((await terminal.run(command('subscribers import'), 'status/in.csv')).out).toMatch(
      /^1 asked.*1 already known/,
    );
    await db.destroy();
  });

  test('--confirmed lifts those who were asked and did not answer', async () => {
    const terminal = await openTerminal();
    await terminal.write('in.csv', 'email\nada@example.com\nbob@example.com\n');
    await terminal.run(command('subscribers import'), 'status/in.csv');
    const again = () => terminal.run(command('subscribers import'), 'status/in.csv', '--confirmed');
    expect((await again()).out).toBe(
      '0 subscribed, 2 pending confirmed, 0 already known, 0 suppressed, 0 skipped\n',
    );
    expect((await again()).err).toBe('');
    expect((await again()).out).toBe('0 subscribed, 2 already known, 0 suppressed, 0 skipped\n');
    expect((await terminal.run(command('subscribers list'))).out).toContain('2 confirmed, 0 waiting');
  });

  test.each([
    ['mail,components\nada@example.com,api\n', 'no column `email` (the first line is: mail, components)'],
    ['ada@example.com\nbob@example.com\n', 'no column `email`'],
    ['', 'no column `email` (the file is empty)'],
  ])('a CSV %j has no addresses', async (csv, why) => {
    const terminal = await openTerminal();
    await terminal.write('in.csv', csv);
    const done = terminal.run(command('subscribers import'), 'status/in.csv');
    await expect(done).rejects.toThrow(why);
    expect(existsSync(terminal.cli.env.databaseFile)).toBe(false);
  });

  test.each([
    [
      'a spreadsheet',
      Buffer.from('PK\u0003\u0004\u0014\0'),
      'this is a spreadsheet — save it as CSV, and import that',
    ],
    ['an old spreadsheet', Buffer.from('d0cf11e0a1b11ae1', 'hex'), 'this is a spreadsheet — save it as CSV'],
    ['a picture', Buffer.from('ffd8ffe000104a46', 'hex'), 'this is not a text file — give a CSV file'],
  ])('%s is no list, and none of its bytes are shown', async (_, bytes, why) => {
    const terminal = await openTerminal();
    const file = await terminal.write('in.csv', '');
    await writeFile(file, bytes);
    const done = terminal.run(command('subscribers import'), 'status/in.csv');
    await expect(done).rejects.toThrow(
      new Error(`status/in.csv: ${why}${why.endsWith('CSV') ? ', and import that' : ''}`),
    );
  });

  test('a file of which no line could be taken ends with 1', async () => {
    const terminal = await openTerminal();
    await terminal.write('in.csv', 'email\nnobody\n');
    const done = await terminal.run(command('subscribers import'), 'status/in.csv');
    expect([done.code, done.out]).toEqual([
      1,
      '0 asked to confirm, 0 already known, 0 suppressed, 1 skipped\n',
    ]);
  });

  test('a server that never started has none', async () => {
    const terminal = await openTerminal();
    await expect(terminal.run(command('subscribers list'))).rejects.toThrow(/There is no database yet/);
    await expect(terminal.run(command('subscribers import'))).rejects.toThrow(/Give the CSV file/);
  });

  test.each([
    [{ Email: 'a@b.co', Mode: 'email', 'Component IDs': 'api,database' }, ['api', 'database'], undefined],
    [{ email: 'a@b.co', components: 'Background Jobs; API' }, ['jobs', 'api'], undefined],
    [{ email: 'a@b.co', components: 'api database jobs' }, null, undefined],
    [{ email: 'a@b.co', mode: 'sms' }, undefined, 'sms is not email'],
    [{ email: 'a@b.co', quarantined_at: '2026-01-01' }, undefined, 'quarantined'],
    [{ endpoint: 'https://x.y/z' }, undefined, 'not an email address'],
  ])('a row %j', (row, components, why) => {
    const page = [
      { id: 'api', name: 'API' },
      { id: 'database', name: 'Database' },
      { id: 'jobs', name: 'Background Jobs' },
    ];
    const { entries, skipped } = readImport([row as Record<string, string>], page);
    expect(entries[0]?.choice.components).toEqual(components);
    expect(skipped[0]?.why).toBe(why);
  });
});

describe('a list as a spreadsheet writes it', () => {
  const rows = ['email;components', 'ada@example.com;Zürich', '"bob@example.com";"api, Zürich"', ''];
  const list = (delimiter: string, end = '\r\n') => rows.map(row => row.replace(';', delimiter)).join(end);
  const utf16be = (text: string) => Buffer.from(`\uFEFF${text}`, 'utf16le').swap16();
  test.each([
    ['commas', Buffer.from(list(','))],
    ['semicolons, UTF-8 with BOM', Buffer.from(`\uFEFF${list(';')}`)],
    ['the separator above', Buffer.from(`sep=;\r\n${list(';')}`)],
    ['another separator above', Buffer.from(`\uFEFFsep=|\r\n${list('|')}`)],
    ['tabs, UTF-16 with BOM (Unicode text)', Buffer.from(`\uFEFF${list('\t')}`, 'utf16le')],
    ['tabs, UTF-16 with the BOM of the other order', utf16be(list('\t'))],
    ['semicolons, Windows-1252', Buffer.from(list(';'), 'latin1')],
  ])('%s', async (_, bytes) => {
    const terminal = await openTerminal(
      'components: [{ id: api, name: API }, { id: zh, name: Zürich }, { id: x, name: X }]',
    );
    await writeFile(path.join(terminal.dir, 'list.csv'), bytes);
    const { out, err } = await terminal.run(command('subscribers import'), 'list.csv', '--confirmed');
    expect([out, err.includes('skipped')]).toEqual([
      '2 subscribed, 0 already known, 0 suppressed, 0 skipped\n',
      false,
    ]);
    const json = JSON.parse((await terminal.run(command('subscribers list'), '--json')).out);
    expect(json).toMatchObject([
      { address: 'ada@example.com', components: 'zh' },
      { address: 'bob@example.com', components: 'api zh' },
    ]);
  });
});

test('an email given up is seen with its reason, and tried again when asked', async () => {
  const terminal = await openTerminal();
  await terminal.write('in.csv', 'email\nada@example.com\n');
  await terminal.run(command('subscribers import'), 'status/in.csv');
  const db = openDatabase(terminal.cli.env.databaseFile);
  await db.updateTable('deliveries').set({ state: 'given_up', attempts: 14, error: '451 no' }).execute();
  expect((await terminal.run(command('outbox'))).out).toBe(
    'ID  KIND     NEXT      ATTEMPTS  ERROR\n1   confirm  given up  14        451 no\nemail: 0 waiting, 1 given up\n',
  );
  await expect(terminal.run(command('outbox'), 'bogus')).rejects.toThrow('Unknown argument "bogus"');
  expect((await terminal.run(command('outbox retry'))).out).toBe('Due now: 1 email\n');
  // A confirmation, a retry and what was released before are not held back by the storm guard.
  const row = await db.selectFrom('deliveries').selectAll().executeTakeFirstOrThrow();
  const add = (id: number, over: object) =>
    db
      .insertInto('deliveries')
      .values({ ...row, id, ref: `a#${id}`, kind: 'update', attempts: 0, error: null, ...over })
      .execute();
  await add(2, {});
  await add(3, { attempts: 1, error: '451 no' });
  expect((await terminal.run(command('outbox release'))).out).toBe('1 incident email released\n');
  expect((await terminal.run(command('outbox release'))).out).toBe('0 incident emails released\n');
  await db.destroy();
});

test('mail test writes an email any mail program opens, or says what is wrong', async () => {
  const terminal = await openTerminal();
  expect((await terminal.run(command('mail test'), 'ada@example.com')).out).toMatch(/^Written to .*mail/);
  const folder = `${terminal.cli.env.dataDir}/mail`;
  const [file] = await readdir(folder);
  const mail = await simpleParser(await readFile(`${folder}/${file}`));
  expect([mail.subject, mail.text]).toEqual(['Test: Levqor Status', expect.stringContaining('test email')]);
  await expect(terminal.run(command('mail test'), 'bad')).rejects.toThrow('"bad" is not an email address');
  const broken = { ...terminal.cli, env: { ...terminal.cli.env, smtpUrl: 'smtp://127.0.0.1:1' } };
  const sent = command('mail test')!.run(['ada@example.com'], broken);
  await expect(sent).rejects.toThrow(/was not sent: nothing answers there/);
});
