// Mail: emails a second against nodemailer's own pool on the same sink, announcing to a hundred
// thousand, and what visitors feel of either.
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { createTransport } from 'nodemailer';
import { readEnvironment } from '../src/config/environment.ts';
import { openDatabase } from '../src/store/db/database.ts';
import { makeRender } from '../src/views.ts';
import { openSystem, type System } from '../src/wiring/wiring.ts';
import { makeEmails } from '../src/work/notify/email-texts.ts';

const CONNECTIONS = 5;
const quiet = { debug() {}, info() {}, warn() {}, error() {} };

interface Peer {
  readonly port: number;
  ask<T>(order: object): Promise<T>;
  tell(order: object): void;
}

/** Prints the mail benchmarks, one line a figure. */
export async function run(): Promise<void> {
  const peer = await openPeer();
  const bare = await barePool(peer, 1_000);
  say(`nodemailer pool, ${CONNECTIONS} connections: ${bare.toFixed(0)} emails/s (1,000 emails)`);
  const own = await withSystem(peer, 10_000, system => ours(peer, system, 10_000));
  say(
    `outbox and all, ${CONNECTIONS} connections: ${own.rate.toFixed(0)} emails/s (10,000 emails), ${(own.rate / bare).toFixed(1)} × the pool`,
  );
  say(`page while sending: ${latency(own.times)}`);
  const many = await withSystem(peer, 100_000, system => announced(peer, system));
  say(`100,000 subscribers announced: ${(many.millis / 1000).toFixed(2)} s`);
  say(`page while announcing: ${latency(many.times)}`);
  peer.tell({ end: true });
}

async function openPeer(): Promise<Peer> {
  const worker = fork(fileURLToPath(new URL('./mail-peer.ts', import.meta.url)), {
    execArgv: ['--import', 'tsx'],
  });
  const [{ port }] = (await once(worker, 'message')) as [{ port: number }];
  return {
    port,
    tell: order => void worker.send(order),
    async ask<T>(order: object) {
      worker.send(order);
      return (await once(worker, 'message'))[0] as T;
    },
  };
}

async function barePool({ port }: Peer, count: number): Promise<number> {
  const transport = createTransport({ host: '127.0.0.1', port, pool: true, maxConnections: CONNECTIONS });
  const email = sameEmail();
  const start = performance.now();
  await Promise.all(
    Array.from({ length: count }, (_, i) => transport.sendMail({ ...email, to: `user${i}@example.com` })),
  );
  transport.close();
  return (count * 1000) / (performance.now() - start);
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

/** What the program would send, ready to be sent by anybody. */
function sameEmail() {
  const emails = makeEmails(makeRender('views'));
  const update = { key: 'x-0', at: 0, status: 'investigating', label: null, body: WORDS } as const;
  const incident = { id: 'a', title: 'API trouble', status: 'investigating', severity: 'major' } as const;
  const rest = { resolved: null, scheduled: null, openedBy: null, notify: true, postmortem: null } as const;
  const whole = { ...incident, ...rest, started: 0, components: null, updates: [update] };
  const link = `http://localhost:3000/status/unsubscribe?token=${'x'.repeat(64)}`;
  const links = { incident: 'http://localhost:3000/status/incidents/a', unsubscribe: link, manage: link };
  const site = {
    title: 'Levqor Status',
    timezone: 'UTC',
    url: 'https://s',
    brand: { logo: null, color: '#4f46e5' },
  } as Parameters<typeof emails.update>[0];
  const headers = {
    'List-Id': '"Levqor Status" <status.levqor.ai>',
    'Auto-Submitted': 'auto-generated',
    'List-Unsubscribe': `<${link}>`,
    'List-Unsubscribe-Post': 'List-Unsubscribe=One-Click',
  };
  return { from: 'status@levqor.ai', ...emails.update(site, 'en', whole, update, ['API'], links), headers };
}

async function ours(peer: Peer, system: System, count: number) {
  const before = (await peer.ask<{ emails: number }>({ count: true })).emails;
  peer.tell({ visit: `${system.localUrl}/status/live` });
  const start = performance.now();
  await system.tick();
  const millis = performance.now() - start;
  const { times } = await peer.ask<{ times: number[] }>({ rest: true });
  const { emails } = await peer.ask<{ emails: number }>({ count: true });
  if (emails - before !== count) throw new Error(`${emails - before} emails arrived, not ${count}`);
  return { rate: (count * 1000) / millis, times };
}

async function announced(peer: Peer, system: System) {
  peer.tell({ visit: `${system.localUrl}/status/live` });
  const start = performance.now();
  await system.tick();
  const millis = performance.now() - start;
  const { times } = await peer.ask<{ times: number[] }>({ rest: true });
  const { outbox } = (await (await fetch(`${system.localUrl}/readyz`)).json()) as {
    outbox: { pending: number };
  };
  // One email may leave within the rate of a second.
  if (outbox.pending < 99_990) throw new Error(`${outbox.pending} emails are enqueued`);
  return { millis, times };
}

/** A system with so many subscribers and one new incident; sending is throttled when it only announces. */
async function withSystem<T>(peer: Peer, count: number, work: (system: System) => Promise<T>): Promise<T> {
  const dir = await mkdtemp(path.join(tmpdir(), 'status-live-bench-'));
  await mkdir(path.join(dir, 'status', 'incidents'), { recursive: true });
  const rate = count > 50_000 ? 'mail: { rate: 1 }' : `mail: { connections: ${CONNECTIONS} }`;
  const components = 'components: [ { id: api, name: API, check: { type: manual } } ]';
  await writeFile(path.join(dir, 'status', 'status.yaml'), `title: Levqor Status\n${rate}\n${components}\n`);
  const variables = {
    PORT: '0',
    HOST: '127.0.0.1',
    SMTP_URL: `smtp://127.0.0.1:${peer.port}`,
    SECRET: 'x'.repeat(32),
  };
  const { value: env } = readEnvironment({ ...variables, MAIL_FROM: 'status@levqor.ai' }, dir);
  if (!env) throw new Error('the environment is not accepted');
  const now = Date.now();
  const system = await openSystem(env, {
    clock: () => Date.now(),
    monotonic: () => performance.now(),
    everySecond: () => () => {},
    probe: async () => ({ outcome: 'unknown', at: now, latency: null, seen: '' }) as never,
    fetchText: async () => '',
    log: quiet,
  });
  try {
    await fill(env.databaseFile, count, now);
    const started = new Date(Date.now() - 1000).toISOString();
    const text = `---\ntitle: API trouble\nstatus: investigating\nseverity: major\nstarted: ${started}\n---\n${WORDS}\n`;
    await writeFile(path.join(dir, 'status', 'incidents', 'a.md'), text);
    return await work(system);
  } finally {
    await system.close();
    await rm(dir, { recursive: true, force: true });
  }
}

async function fill(file: string, count: number, now: number): Promise<void> {
  const db = openDatabase(file);
  const rows = Array.from({ length: count }, (_, i) => ({
    id: `subscriber${((i * 7919) % count).toString(36).padStart(5, '0')}`,
    address: `user${i}@example.com`,
    address_key: `user${i}@example.com`,
    state: 'confirmed' as const,
    components: i % 3 === 0 ? '["api"]' : null,
    nonce: 'n',
    created_at: now,
    confirmed_at: now,
    confirmed_seq: i + 1,
  }));
  await db.transaction().execute(async trx => {
    for (let i = 0; i < rows.length; i += 2000) {
      await trx
        .insertInto('subscribers')
        .values(rows.slice(i, i + 2000))
        .execute();
    }
    await trx
      .updateTable('meta')
      .set({ value: String(count) })
      .where('name', '=', 'confirmed_seq')
      .execute();
  });
  await db.destroy();
}

function latency(times: readonly number[]): string {
  const at = (share: number) => (times[Math.floor((times.length - 1) * share)] ?? 0).toFixed(1);
  return `median ${at(0.5)} ms, 99 % ${at(0.99)} ms, longest ${at(1)} ms (${times.length} requests)`;
}

const WORDS = 'We see elevated error rates on the API and are looking into it. '.repeat(12);
