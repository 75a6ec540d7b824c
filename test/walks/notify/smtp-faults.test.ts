// Mail when the other side misbehaves: refused, silent, dropped, reset, busy, locked, the clock moved.
// Whatever happens, every subscriber gets every email, and twice only where nobody could know.
import { spawn } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import Sqlite from '#sqlite';
import { signToken } from '../../../src/core/model/token.ts';
import type { OutgoingMail } from '../../../src/core/notify/mail.ts';
import { makeMime } from '../../../src/outside/mail/mime.ts';
import { openSmtp } from '../../../src/outside/mail/smtp.ts';
import { openDatabase } from '../../../src/store/db/database.ts';
import { onSqlite, openWorld, SECRET, SITE } from '../world.ts';
import { enrolled } from './many-subscribers.ts';
import { openSmtpPeer, type SmtpPeer, STAGES, type Stage } from './smtp-peer.ts';

const INCIDENT = (at: string, minute = '00') => `---
title: API trouble
status: investigating
severity: major
started: ${at}:${minute}Z
---
Words.
`;
const mail = (to: string): OutgoingMail => ({
  to,
  form: { subject: 'Subject', text: 'Text', html: '<p>Text</p>' },
  blanks: {},
  sentAt: 0,
  messageId: `<${to}>`,
  references: null,
  headers: {},
});
const channel = (peer: SmtpPeer) => {
  const opened = openSmtp(`smtp://127.0.0.1:${peer.port}`, () => 'status@levqor.ai', {
    connectTimeout: 400,
    responseTimeout: 400,
  });
  onTestFinished(() => opened.close());
  return opened;
};

describe('the channel says what a failure means', () => {
  const BEFORE = ['greeting', 'EHLO'];
  const cases: [Stage, string, string][] = STAGES.flatMap((stage): [Stage, string, string][] => {
    const before = BEFORE.includes(stage);
    const silent = before ? 'unreachable' : 'dropped';
    return [
      [stage, 'silence', silent],
      [stage, 'drop', silent],
      [stage, 'reset', silent],
      [stage, '421 4.3.2 too busy', before ? 'unreachable' : 'busy'],
      // Refused as EHLO, the greeting is tried as HELO.
      ...(stage === 'EHLO'
        ? []
        : ([[stage, '451 4.7.1 greylisted', before ? 'unreachable' : 'later']] as [Stage, string, string][])),
    ];
  });
  test.each([
    ...cases,
    ['greeting', '554 go away', 'unreachable'],
    ['MAIL', '550 5.7.1 sender refused', 'unreachable'],
    ['MAIL', '552 5.3.4 too large', 'later'],
    ['RCPT', '550 no such user', 'refused'],
    ['RCPT', '550 5.1.1 no such user', 'refused'],
    ['RCPT', '554 5.7.1 relay access denied', 'rejected'],
    ['RCPT', '550 relaying denied', 'rejected'],
    ['RCPT', "553 sorry, that domain isn't in my list of allowed rcpthosts (#5.7.1)", 'rejected'],
    ['RCPT', '550 Sender verify failed', 'rejected'],
    ['RCPT', '452 4.2.2 mailbox full', 'later'],
    ['DATA', '554 no', 'rejected'],
    ['email', '550 5.1.1 unknown after all', 'refused'],
    ['email', '554 5.7.1 looks like spam', 'rejected'],
    ['email', '552 5.3.4 too large', 'rejected'],
  ] as [Stage, string, string][])('%s: %s → %s, and the next email goes', async (stage, fault, failure) => {
    const peer = await openSmtpPeer();
    const { send } = channel(peer);
    expect(await send(mail('first@example.com'))).toEqual({ ok: true });
    // Two lines may be open: the fault meets whichever is used, and new ones.
    peer.fault = at => (at === stage ? fault : null);
    if (BEFORE.includes(stage)) await Promise.all([send(mail('x@example.com')), faulty()]);
    else await faulty();
    async function faulty() {
      expect(await send(mail('second@example.com'))).toMatchObject({ ok: false, failure });
    }
    peer.fault = null;
    expect(await send(mail('third@example.com'))).toEqual({ ok: true });
  });

  test('with a DKIM key every email is signed, one click included (RFC 8058)', async () => {
    const { privateKey: key } = generateKeyPairSync('rsa', { modulusLength: 2048 });
    const privateKey = key.export({ type: 'pkcs8', format: 'pem' }).toString();
    const mime = makeMime(() => 'status@levqor.ai', { domain: 'levqor.ai', selector: 's1', privateKey });
    const headers = {
      'List-Unsubscribe': '<https://x.y/z>',
      'List-Unsubscribe-Post': 'List-Unsubscribe=One-Click',
    };
    const { bytes } = await mime({ ...mail('a@example.com'), headers });
    const signed =
      /^DKIM-Signature:[\s\S]*?\r\n(?=\S)/im.exec(bytes.toString())?.[0].replace(/\s+/g, '') ?? '';
    expect(signed).toMatch(/;d=levqor\.ai;/);
    const names = /;h=([^;]+)/.exec(signed)?.[1]?.toLowerCase().split(':');
    expect(names).toEqual(
      expect.arrayContaining(['from', 'to', 'subject', 'list-unsubscribe', 'list-unsubscribe-post']),
    );
  });

  test('nobody there, or an unknown name: unreachable, in words', async () => {
    const nobody = openSmtp('smtp://127.0.0.1:1', () => 'status@levqor.ai');
    expect(await nobody.send(mail('a@example.com'))).toMatchObject({ ok: false, failure: 'unreachable' });
    expect(await nobody.verify()).toMatch(/nothing answers there: check host and port in SMTP_URL/);
    const tls = openSmtp(`smtps://127.0.0.1:${(await openSmtpPeer()).port}`, () => 'status@levqor.ai', {
      connectTimeout: 500,
    });
    expect(await tls.verify()).toMatch(/TLS/);
  });
});

describe('ten subscribers get their email', () => {
  const addresses = Array.from({ length: 10 }, (_, i) => `user${i}@example.com`);
  const world = async (peer: SmtpPeer, site = SITE) => {
    const opened = await openWorld({ site, env: { SMTP_URL: `smtp://127.0.0.1:${peer.port}` } });
    await enrolled(await opened.openDb(), addresses, opened.now());
    await opened.write('a.md', INCIDENT('2026-03-10T12:00'));
    return opened;
  };
  const got = (peer: SmtpPeer) => peer.arrived.map(({ to }) => to).sort();

  test.each([
    ['greylisted', 'RCPT', '451 4.7.1 come back'],
    ['told to wait under load', 'MAIL', '421 4.3.2 too many'],
    ['reset', 'DATA', 'reset'],
    ['refused at the greeting', 'greeting', '554 not today'],
    ['dropped while greeting', 'EHLO', 'drop'],
  ] as [string, Stage, string][])(
    '%s: each exactly once, as soon as it passes',
    async (_name, stage, fault) => {
      const peer = await openSmtpPeer();
      peer.fault = at => (at === stage ? fault : null);
      const { pass } = await world(peer);
      await pass(8, 2);
      expect(got(peer)).toEqual([]);
      peer.fault = null;
      await pass(60, 5);
      expect(got(peer)).toEqual(addresses);
    },
  );

  test('an unreachable server is tried within 30 seconds of its return, whole days later too', async () => {
    const peer = await openSmtpPeer();
    peer.fault = at => (at === 'greeting' ? 'drop' : null);
    const { pass, get } = await world(peer);
    await pass(3600 * 5, 600);
    expect((await get('/readyz')).json.outbox).toMatchObject({
      pending: 10,
      givenUp: 0,
      stopped: { by: 'server' },
    });
    await pass(120, 5);
    peer.fault = null;
    await pass(30, 5);
    expect(got(peer)).toEqual(addresses);
  });

  test.each([
    ['nothing but dropped connections', 'greeting', 'drop', /closed/i],
    ['our sender refused', 'MAIL', '550 5.7.1 not verified', /refuses the sender: check MAIL_FROM/],
    ['every text refused', 'DATA', '554 5.7.1 spam', /554 5\.7\.1 spam/],
    ['every mailbox busy', 'RCPT', '451 4.7.1 come back', /451 4\.7\.1 come back/],
    ['every address refused', 'RCPT', '550 not today', /550 not today/],
  ] as [string, Stage, string, RegExp][])(
    '%s: /readyz warns at once, and it is an error after ten minutes, until an email is accepted',
    async (_name, stage, fault, why) => {
      const peer = await openSmtpPeer();
      peer.fault = at => (at === stage ? fault : null);
      const { pass, get } = await world(peer);
      const found = async () => {
        const { ok, problems } = (await get('/readyz')).json;
        const about = problems.filter(({ where }: { where: string }) => where === 'email');
        return [ok, ...about.map(({ level }: { level: string }) => level)];
      };
      await pass(10, 1);
      expect(await found()).toEqual([true, 'warning']);
      const { problems } = (await get('/readyz')).json;
      expect(problems[0].message).toMatch(why);
      expect(problems[0].message).toMatch(
        /^email: no email has been accepted since 2026-03-10T12:00:\d\dZ: /,
      );
      await pass(600, 60);
      expect(await found()).toEqual([false, 'error']);
      peer.fault = null;
      await pass(3600, 60);
      if (!fault.startsWith('55') || stage === 'MAIL') expect(await found()).toEqual([true]);
    },
  );

  test('a full mailbox, and an address that does not exist, are no fault of the mail server', async () => {
    const peer = await openSmtpPeer();
    peer.fault = (at, to) =>
      at === 'RCPT' && to === 'user3@example.com'
        ? '452 4.2.2 full'
        : at === 'RCPT' && to === 'user4@example.com'
          ? '550 5.1.1 nobody'
          : null;
    const { pass, get } = await world(peer);
    await pass(900, 60);
    expect(got(peer)).toHaveLength(8);
    const { ok, problems, outbox } = (await get('/readyz')).json;
    const named = problems.map(({ where }: { where: string }) => where);
    expect([ok, outbox.pending, named.includes('email')]).toEqual([true, 1, false]);
  });

  test('a server that refuses every address empties no list; an address that is refused beside others is given up', async () => {
    const peer = await openSmtpPeer();
    peer.fault = at => (at === 'RCPT' ? '550 not today' : null);
    const { pass, write } = await world(peer);
    const update = async (minute: string) => {
      await write(
        'a.md',
        `${INCIDENT('2026-03-10T12:00')}${['01', '02', '03', '04', '05', '06', '07', '08']
          .filter(one => one <= minute)
          .map(one => `\n## Update 2026-03-10 12:${one}:30 UTC\nNews ${one}.\n`)
          .join('')}`,
      );
      await pass(60, 10);
    };
    await pass(60, 10);
    for (const minute of ['01', '02', '03']) await update(minute);
    expect(got(peer)).toEqual([]);
    peer.fault = (at, to) => (at === 'RCPT' && to === 'user4@example.com' ? '550 5.1.1 nobody' : null);
    for (const minute of ['04', '05', '06', '07']) await update(minute);
    const others = addresses.filter(one => one !== 'user4@example.com');
    expect(got(peer)).toEqual(others.flatMap(one => Array(4).fill(one)));
    peer.fault = null;
    await update('08');
    expect(got(peer)).toEqual(others.flatMap(one => Array(5).fill(one)));
  });

  test('a server that is away at the start is named without an email, until it answers', async () => {
    const peer = await openSmtpPeer();
    peer.fault = at => (at === 'greeting' ? 'drop' : null);
    const { pass, get } = await openWorld({ env: { SMTP_URL: `smtp://127.0.0.1:${peer.port}` } });
    const named = async () =>
      (await get('/readyz')).json.problems.map(({ where }: { where: string }) => where);
    await expect.poll(named).toContain('email');
    await pass(120, 60);
    expect(await named()).toContain('email');
    peer.fault = null;
    await pass(60, 60);
    expect(await named()).not.toContain('email');
  });

  test('dropped after the email, before the answer: sent again, recognisably the same', async () => {
    const peer = await openSmtpPeer();
    const dropped = new Set<string>();
    peer.fault = (at, to) => (at === 'email' && dropped.size < 4 && dropped.add(to) ? 'drop' : null);
    const { pass } = await world(peer);
    await pass(60, 5);
    const ids = new Set(peer.arrived.map(({ to, messageId }) => `${to} ${messageId}`));
    expect(ids.size).toBe(10);
    expect(peer.arrived.length).toBe(10 + dropped.size);
  });

  test('one email that breaks every conversation does not hold up the others', async () => {
    const peer = await openSmtpPeer();
    peer.fault = (at, to) =>
      at === 'RCPT' && to === '' ? null : at === 'DATA' && to === 'user3@example.com' ? 'reset' : null;
    const { pass } = await world(peer);
    await pass(5, 1);
    expect(got(peer)).toEqual(addresses.filter(address => address !== 'user3@example.com'));
  });

  test('who leaves while emails go out gets none that was not on its way', async () => {
    const peer = await openSmtpPeer();
    const opened = await world(peer, target => `${SITE(target)}mail: { connections: 1 }\n`);
    const leave = (subscriber: string) => {
      const token = signToken(SECRET, 'unsubscribe', { subscriber, nonce: '', expires: 0 });
      return opened.post(`/status/unsubscribe?token=${token}`);
    };
    // The first email's answer waits until three others have left.
    peer.hold = () => Promise.all(['reader00004', 'reader00005', 'reader00009'].map(leave));
    await opened.pass(2, 1);
    const stayed = addresses.filter(address => !/user[459]@/.test(address));
    expect(got(peer)).toEqual(stayed);
  });

  test('a clock set back: what waited for the old time goes now', async () => {
    const peer = await openSmtpPeer();
    peer.fault = at => (at === 'RCPT' ? '451 later' : null);
    const opened = await world(peer);
    await opened.pass(3600, 60);
    peer.fault = null;
    opened.stepClock(-3 * 3600);
    await opened.pass(2, 1);
    expect(got(peer)).toEqual(addresses);
  });

  test.runIf(onSqlite)(
    'a database locked by another process: nothing is lost, nothing repeated',
    async () => {
      const peer = await openSmtpPeer();
      const opened = await world(peer);
      const other = new Sqlite(`${opened.dir}/data/status.db`);
      onTestFinished(() => void other.close());
      let locked = false;
      // Locked as the first email arrives: its acceptance cannot be recorded for a while.
      peer.fault = at => {
        if (at !== 'email' || locked) return null;
        locked = true;
        other.exec('BEGIN IMMEDIATE');
        setTimeout(() => other.exec('COMMIT'), 300);
        return null;
      };
      await opened.pass(2, 1);
      await opened.pass(60, 10);
      expect(locked).toBe(true);
      expect(got(peer)).toEqual(addresses);
    },
  );
});

test('killed again and again while emails go out: everyone gets each, few twice, those recognisably', async () => {
  const count = 4_000;
  const kills = 4;
  const lines = 5;
  const peer = await openSmtpPeer();
  const dir = await mkdtemp(path.join(tmpdir(), 'status-live-kill-'));
  onTestFinished(() => rm(dir, { recursive: true, force: true }));
  await mkdir(path.join(dir, 'status', 'incidents'), { recursive: true });
  await writeFile(
    path.join(dir, 'status', 'status.yaml'),
    `title: T\nmail: { connections: ${lines} }\ncomponents: [ { id: api, name: API, check: { type: manual } } ]\n`,
  );
  const env = {
    ...process.env,
    PORT: '0',
    HOST: '127.0.0.1',
    STATUS_DIR: path.join(dir, 'status'),
    DATA_DIR: path.join(dir, 'data'),
    SMTP_URL: `smtp://127.0.0.1:${peer.port}`,
    MAIL_FROM: 'status@levqor.ai',
    LOG_LEVEL: 'error',
  };
  const start = () => spawn(process.execPath, ['dist/main.js'], { env, stdio: 'ignore' });
  const file = path.join(dir, 'data', 'status.db');
  let server = start();
  onTestFinished(() => void server.kill('SIGKILL'));
  // The first round of a new database announces nothing: it must be over before the news.
  await until(() => announced(file));
  const addresses = Array.from({ length: count }, (_, i) => `user${i}@example.com`);
  await enrolled(openDatabase(file), addresses, Date.now());
  const now = new Date().toISOString();
  await writeFile(
    path.join(dir, 'status', 'incidents', 'a.md'),
    INCIDENT(now.slice(0, 16), now.slice(17, 19)),
  );
  for (let kill = 1; kill <= kills; kill++) {
    await until(() => peer.arrived.length >= (count * kill) / (kills + 1));
    const gone = new Promise(resolve => server.once('exit', resolve));
    server.kill('SIGKILL');
    await gone;
    server = start();
  }
  await until(() => peer.arrived.length >= count && new Set(peer.arrived.map(({ to }) => to)).size === count);
  await until(() => pending(file) === 0);
  const ids = new Map(peer.arrived.map(({ to, messageId }) => [messageId, to]));
  expect([...ids.values()].sort()).toEqual([...addresses].sort());
  expect(peer.arrived.length - count).toBeLessThanOrEqual(kills * lines);
}, 180_000);

/** Asks again and again, for a minute at most. */
async function until(fine: () => boolean): Promise<void> {
  for (let tries = 0; tries < 2400; tries++) {
    if (fine()) return;
    await new Promise(resolve => setTimeout(resolve, 25));
  }
  throw new Error(`never came true: ${fine}`);
}

function announced(file: string): boolean {
  return ask(file, "SELECT COUNT(*) AS n FROM meta WHERE name = 'announced'") === 1;
}

function pending(file: string): number | null {
  return ask(file, "SELECT COUNT(*) AS n FROM deliveries WHERE state = 'pending'");
}

function ask(file: string, question: string): number | null {
  try {
    const db = new Sqlite(file, { readonly: true });
    const { n } = db.prepare(question).get() as { n: number };
    db.close();
    return n;
  } catch {
    return null;
  }
}
