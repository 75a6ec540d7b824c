// A world for the walks: the whole system on temporary folders, a hand-moved clock, real HTTP and SMTP peers. With
// WALKS_ON=postgres in the environment (`npm run test:postgres`) its database is a PostgreSQL.
import { mkdir, mkdtemp, readdir, readFile, rename, rm, utimes, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type ParsedMail, simpleParser } from 'mailparser';
import { SMTPServer } from 'smtp-server';
import { onTestFinished } from 'vitest';
import { type Environment, readEnvironment } from '../../src/config/environment.ts';
import { parseInstant } from '../../src/core/model/time.ts';
import type { Network } from '../../src/outside/probes/network.ts';
import { makeProbes } from '../../src/outside/probes.ts';
import type { Db } from '../../src/store/db/database.ts';
import { openOrCreate } from '../../src/store/db/open.ts';
import type { Outside } from '../../src/wiring/base.ts';
import { openSystem, type System } from '../../src/wiring/wiring.ts';
import { dropSchema, freshPlace } from '../postgres.ts';
import { Stillness } from './stillness.ts';

/** What signs links in a world. */
export const SECRET = 'a secret that only this test knows';

export const SITE = (target: string) => `
title: Levqor Status
components:
  - { id: api, name: API, check: { type: http, url: "${target}/health", timeout: 2s } }
  - { id: dashboard, name: Dashboard, check: { type: manual } }
  - { id: jobs, name: Background Jobs, check: { type: heartbeat, period: 5m, grace: 1m } }
`;

/** Whether the database of worlds is a SQLite file: some tests are about that file. */
export const onSqlite = process.env.WALKS_ON !== 'postgres';

export interface WorldOptions {
  /** status.yaml, given the address of the failing HTTP server. */
  readonly site?: (target: string) => string;
  /** Incident files to begin with, by name. */
  readonly files?: Readonly<Record<string, string>>;
  /** Puts more into the folder of the world before the first start. */
  readonly prepare?: (dir: string) => void;
  /** Files beside status.yaml, by name. */
  readonly brand?: Readonly<Record<string, string | Uint8Array>>;
  readonly env?: Readonly<Record<string, string>>;
  readonly now?: string;
  /** What the probes trust and how they look names up. */
  readonly network?: Network;
  /** What Amazon's addresses answer; without it they cannot be reached. */
  readonly fetchText?: (url: URL) => Promise<string>;
  /** Whether the process is late with everything; never, by default: a busy machine is no part of a test. */
  readonly isOverloaded?: () => boolean;
  /** Where a chat service stands in place of its own address. */
  readonly dial?: (url: URL) => URL | null;
  /** Parts of the outside in place of the world's own: another timetable, a probe that hangs. */
  readonly outside?: Partial<Outside>;
}

export interface World {
  readonly system: System;
  readonly url: string;
  readonly dir: string;
  /** What the fake service answers next. */
  readonly service: { status: number; delay: number; body: string };
  readonly mails: ParsedMail[];
  /** What the SMTP server says to a recipient: null accepts. */
  readonly smtp: { refuse: ((address: string) => { code: number; text: string } | null) | null };
  readonly logged: { level: string; fields: Record<string, unknown>; message: string }[];
  now(): number;
  /**
   * Moves the clock by so many seconds: a tick at each `step` seconds at first and while something happens, at longer
   * steps while nothing does, and one at the end.
   */
  pass(seconds: number, step?: number): Promise<void>;
  /** Steps the wall clock by so many seconds (negative: back); what only grows stays as it is. */
  stepClock(seconds: number): void;
  write(name: string, text: string): Promise<void>;
  read(name: string): Promise<string>;
  files(): Promise<string[]>;
  get(path: string, headers?: Record<string, string>): Promise<Answer>;
  post(path: string, body?: unknown, headers?: Record<string, string>): Promise<Answer>;
  /** The settings of the system, for a command on the same folders and database. */
  readonly env: Environment;
  /** Opens the database as a command does, beside the system. Close it with `destroy()`. */
  openDb(): Promise<Db>;
  /** Removes the database; the system must be opened again. */
  loseDatabase(): Promise<void>;
  /** Closes the system and opens it again on the same folders. */
  restart(meanwhile?: () => Promise<void>): Promise<void>;
}

export interface Answer {
  readonly status: number;
  readonly text: string;
  readonly headers: Headers;
  // biome-ignore lint/suspicious/noExplicitAny: bodies of many shapes, asserted field by field
  readonly json: any;
}

/** Opens a world; everything of it is closed and removed when the test ends. */
export async function openWorld(options: WorldOptions = {}): Promise<World> {
  const dir = await mkdtemp(path.join(tmpdir(), 'status-live-'));
  const service = { status: 200, delay: 0, body: 'ok' };
  const target = createServer((_req, res) => {
    setTimeout(() => res.writeHead(service.status).end(service.body), service.delay);
  });
  const targetUrl = await listening(target);
  const mails: ParsedMail[] = [];
  const smtp: World['smtp'] = { refuse: null };
  const sink = smtpSink(mails, smtp);
  await new Promise<void>(resolve => sink.listen(0, '127.0.0.1', resolve));
  const smtpPort = (sink.server.address() as { port: number }).port;

  const incidents = path.join(dir, 'status', 'incidents');
  await mkdir(incidents, { recursive: true });
  await writeFile(path.join(dir, 'status', 'status.yaml'), (options.site ?? SITE)(targetUrl));
  for (const [name, text] of Object.entries(options.brand ?? {})) {
    await writeFile(path.join(dir, 'status', name), text);
  }
  for (const [name, text] of Object.entries(options.files ?? {})) {
    await writeFile(path.join(incidents, name), text);
  }
  options.prepare?.(dir);
  const place = onSqlite ? null : await freshPlace();
  const database = place && { DATABASE_URL: place.url, DATABASE_SCHEMA: place.schema };
  let now = parseInstant(options.now ?? '2026-03-10T12:00:00Z') as number;
  let grown = 0;
  const logged: World['logged'] = [];
  const write = (level: string) => (fields: object, message: string) => {
    logged.push({ level, fields: fields as Record<string, unknown>, message });
  };
  const log = { debug: write('debug'), info: write('info'), warn: write('warn'), error: write('error') };
  const stillness = new Stillness();
  const environment = () => {
    const { value: env, problems } = readEnvironment(
      {
        PORT: '0',
        HOST: '127.0.0.1',
        SMTP_URL: `smtp://127.0.0.1:${smtpPort}`,
        MAIL_FROM: 'Levqor Status <status@levqor.ai>',
        WEBHOOK_TOKEN: 'the-webhook-token-of-this-test',
        SECRET,
        ...database,
        ...options.env,
      },
      dir,
    );
    if (!env) throw new Error(JSON.stringify(problems));
    return env;
  };
  const open = () => {
    const unreachable = () => Promise.reject(new Error('no network in tests'));
    return openSystem(environment(), {
      clock: () => now,
      monotonic: () => grown,
      // Its turns are called by hand.
      everySecond: () => () => {},
      fetchText: options.fetchText ?? unreachable,
      isOverloaded: options.isOverloaded ?? (() => false),
      ...(options.dial ? { dial: options.dial } : {}),
      log,
      ...options.outside,
      probe: stillness.heard(options.outside?.probe ?? makeProbes(options.network)),
    });
  };
  let system = await open();
  let closed = false;
  onTestFinished(async () => {
    if (!closed) await system.close();
    await new Promise<void>(resolve => sink.close(() => resolve()));
    target.closeAllConnections();
    await new Promise(resolve => target.close(resolve));
    await rm(dir, { recursive: true, force: true });
  });

  const ask = async (address: string, init: RequestInit): Promise<Answer> => {
    const response = await fetch(new URL(address, system.localUrl), { redirect: 'manual', ...init });
    const text = await response.text();
    const json = /json/.test(response.headers.get('content-type') ?? '') ? JSON.parse(text) : null;
    return { status: response.status, text, headers: response.headers, json };
  };
  const tick = async () => {
    const before = logged.length;
    await system.tick();
    // The server logs it and goes on; a test is told.
    const failed = logged.slice(before).find(({ message }) => message === 'job failed');
    if (failed) throw failed.fields.err;
  };
  const world: World = {
    get system() {
      return system;
    },
    get url() {
      return system.localUrl;
    },
    dir,
    service,
    mails,
    smtp,
    logged,
    now: () => now,
    get env() {
      return environment();
    },
    openDb: () => openOrCreate(environment()),
    async loseDatabase() {
      const { databaseFile, postgres } = environment();
      if (!postgres) return rm(databaseFile);
      if (!closed) await system.close();
      closed = true;
      await dropSchema(postgres);
    },
    async pass(seconds, step = seconds) {
      stillness.disturb();
      if (seconds === 0) await tick();
      let left = seconds;
      for (let by = step; left > 0; by = stillness.next(world, by, step)) {
        by = Math.min(by, left);
        left -= by;
        now += by * 1000;
        grown += by * 1000;
        await tick();
      }
    },
    stepClock(seconds) {
      now += seconds * 1000;
    },
    write: (name, text) => writeFile(path.join(incidents, name), text),
    read: name => readFile(path.join(incidents, name), 'utf8'),
    files: async () => (await readdir(incidents)).sort(),
    get: (address, headers = {}) => ask(address, { headers }),
    post(address, body, headers = {}) {
      const isForm = body instanceof URLSearchParams || body instanceof FormData || typeof body === 'string';
      const sent = body === undefined || isForm ? (body as BodyInit | undefined) : JSON.stringify(body);
      const type: Record<string, string> =
        body === undefined || isForm ? {} : { 'content-type': 'application/json' };
      return ask(address, { method: 'POST', body: sent ?? null, headers: { ...type, ...headers } });
    },
    async restart(meanwhile = async () => {}) {
      if (!closed) await system.close();
      closed = true;
      await meanwhile();
      system = await open();
      closed = false;
    },
  };
  return world;
}

function smtpSink(mails: ParsedMail[], smtp: World['smtp']): SMTPServer {
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS'],
    onRcptTo({ address }, _session, callback) {
      const refused = smtp.refuse?.(address);
      if (!refused) return callback();
      callback(Object.assign(new Error(refused.text), { responseCode: refused.code }));
    },
    onData(stream, _session, callback) {
      simpleParser(stream).then(mail => {
        mails.push(mail);
        callback();
      }, callback);
    },
  });
  // A world that closes cuts its emails short: this end is told of it, and no test is about that.
  server.on('error', () => {});
  return server;
}

async function listening(server: Server): Promise<string> {
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as { port: number }).port}`;
}

/** The first link of a mail's text whose path begins so, as a path for `get` and `post`. */
export function linkIn(mail: ParsedMail | undefined, start: string): string {
  const links = mail?.text?.match(/https?:\/\/\S+/g) ?? [];
  const found = links.map(link => new URL(link)).find(({ pathname }) => pathname.startsWith(start));
  if (!found) throw new Error(`no link to ${start} in: ${mail?.text}`);
  return found.pathname + found.search;
}

/** Saves an incident file at the time of the world's clock, in one step. */
export async function saveNow(world: World, name: string, text: string): Promise<void> {
  const aside = path.join(world.dir, 'aside');
  const at = new Date(world.now());
  await writeFile(aside, text);
  await utimes(aside, at, at);
  await rename(aside, path.join(world.dir, 'status', 'incidents', name));
}

/** Subscribes an address and confirms it through the email it gets. */
export async function subscribed(
  world: World,
  email: string,
  wishes: readonly string[] | URLSearchParams = [],
): Promise<void> {
  const chosen = Array.isArray(wishes)
    ? wishes.map(id => ['components', id])
    : [...(wishes as URLSearchParams)];
  const query = new URLSearchParams([['email', email], ...chosen]);
  await world.get(`/status/subscribe?${query}`);
  await world.pass(1);
  const confirmation = world.mails.findLast(mail => JSON.stringify(mail.to).includes(email));
  const token = new URL(linkIn(confirmation, '/status/confirm'), world.url).searchParams.get(
    'token',
  ) as string;
  const confirmed = await world.post('/status/confirm', new URLSearchParams({ token }));
  if (confirmed.status !== 200) throw new Error(`confirm answered ${confirmed.status}`);
}
