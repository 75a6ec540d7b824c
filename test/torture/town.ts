// Everything around the server under torture: folders, a small disk, services, a mail server, a clock, and for every
// second seed a git remote with a colleague's clone.
import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Worker } from 'node:worker_threads';
import { freePort } from '../free-port.ts';
import { git } from '../walks/git/repository.ts';
import { type SmtpPeer, startSmtpPeer } from '../walks/notify/smtp-conversation.ts';
import { CHECK_TIMEOUT } from './server.ts';

/** Opens the webhooks. */
export const TOKEN = 'the-webhook-token-of-the-torture';

export interface Town {
  readonly dir: string;
  readonly dataDir: string;
  /** Where the small disk is mounted; null where nobody may mount. */
  readonly disk: string | null;
  readonly siteFile: string;
  readonly site: string;
  incidentFile(id: string): string;
  readonly smtp: SmtpPeer;
  readonly connections: number;
  readonly services: readonly Service[];
  /** The bare remote and a colleague's clone of it; null where the folder is no git work tree. */
  readonly git: { readonly remote: string; readonly desk: string } | null;
  /** The folder is not where it belongs. */
  away: boolean;
  /** Until when the disk or the database, or these or the folder, are in the way of writing, ms of the real clock. */
  unkeptUntil: number;
  troubledUntil: number;
  /** The colleague is at work. */
  busyDesk: boolean;
  /** 0 … 1: in a short torture faults are short, too. */
  readonly haste: number;
  /** How far the server's clock is off, ms, at the beginning and now. */
  readonly ahead: number;
  offset: number;
  /** The farthest that the clock was ahead, ms. */
  farthest: number;
  clock(): number;
  readonly env: NodeJS.ProcessEnv;
  readonly url: string;
  /** Takes it down; with `keep` what it left behind stays in the folder returned. */
  close(keep: boolean): Promise<string | null>;
}

export interface Service {
  /** What it answers; 0: nothing at all. */
  status: number;
  /** Since when it is as it is, ms of the real clock. */
  since: number;
  /** When it was last not well; 0 when it never was. */
  lastBad: number;
  /** Checks of it hang. */
  hanging: boolean;
  /** A look that hung holds its place until then at the latest, ms of the real clock; 0 when none ever did. */
  heldUntil: number;
}

/** The clocks of Rome are set back at this moment; the torture passes it early. */
const END_OF_SUMMER = Date.UTC(2026, 9, 25, 1);
/** Half-hour steps, steps at midnight, none. */
const ZONES = ['Europe/Rome', 'Australia/Lord_Howe', 'America/Havana', 'Asia/Kathmandu', 'UTC'];
export const zoneOf = (start: number): string => ZONES[start % ZONES.length] as string;
export const HEARTBEAT = 'the-heartbeat-token-of-the-torture';

/** Small enough to be filled in no time, large enough for the emails of so many seconds: they are kept for a while. */
const diskMb = (seconds: number) => 16 + Math.ceil(seconds / 4);

export async function openTown(seconds: number, withGit: boolean): Promise<Town> {
  const dir = mkdtempSync(path.join(tmpdir(), 'status-live-torture-'));
  const dataDir = path.join(dir, 'data');
  mkdirSync(dataDir);
  const disk =
    spawnSync('mount', ['-t', 'tmpfs', '-o', `size=${diskMb(seconds)}m`, 'tmpfs', dataDir]).status === 0
      ? dataDir
      : null;
  mkdirSync(path.join(dir, 'status', 'incidents'), { recursive: true });
  const smtp = await startSmtpPeer();
  const { services, ports, end } = await openServices(2);
  const port = await freePort();
  const connections = 3;
  const check = (index: number) => {
    const fields = `schedule: "*/2 * * * * *", detect: { failures: 2, recoveries: 1 }`;
    return `check: { type: http, url: "http://127.0.0.1:${ports[index]}/", timeout: ${CHECK_TIMEOUT}ms }, ${fields}`;
  };
  const site = `title: Torture
reminders: { after: 24h }
inbound: { unmatched: publish }
mail: { connections: ${connections} }
components:
  - { id: api, name: API, ${check(0)} }
  - { id: web, name: Web, ${check(1)} }
  - { id: shop, name: Shop, check: { type: manual } }
  - { id: jobs, name: Jobs, check: { type: heartbeat, period: 30s, grace: 30s, token: ${HEARTBEAT} } }
${withGit ? 'content: { git: { remote: origin, branch: main, pull: "*/3 * * * * *" } }\n' : ''}`;
  const siteFile = path.join(dir, 'status', 'status.yaml');
  writeFileSync(siteFile, site);
  const remote = path.join(dir, 'remote.git');
  const desk = path.join(dir, 'desk');
  if (withGit) {
    const status = path.join(dir, 'status');
    git(dir, 'init', '-q', '--bare', '-b', 'main', remote);
    git(status, 'init', '-q', '-b', 'main');
    git(status, 'config', 'user.name', 'Operator');
    git(status, 'config', 'user.email', 'operator@example.com');
    git(status, 'add', '-A');
    git(status, 'commit', '-qm', 'Begin');
    git(status, 'remote', 'add', 'origin', remote);
    git(status, 'push', '-q', 'origin', 'main');
    git(dir, 'clone', '-q', remote, desk);
  }
  const ahead = END_OF_SUMMER - seconds * 300 - Date.now();
  const town: Town = {
    dir,
    dataDir,
    disk,
    siteFile,
    site,
    incidentFile: id => path.join(dir, 'status', 'incidents', `${id}.md`),
    smtp,
    connections,
    services,
    git: withGit ? { remote, desk } : null,
    away: false,
    unkeptUntil: 0,
    troubledUntil: 0,
    busyDesk: false,
    haste: Math.min(1, seconds / 30),
    ahead,
    offset: ahead,
    farthest: ahead,
    clock: () => Date.now() + town.offset,
    env: {
      ...process.env,
      PORT: String(port),
      HOST: '127.0.0.1',
      STATUS_DIR: path.join(dir, 'status'),
      DATA_DIR: dataDir,
      SMTP_URL: `smtp://127.0.0.1:${smtp.port}`,
      MAIL_FROM: 'status@example.com',
      SECRET: 'a secret that only the torture knows',
      WEBHOOK_TOKEN: TOKEN,
      TRUST_PROXY: '1',
      LOG_LEVEL: 'info',
    },
    url: `http://127.0.0.1:${port}`,
    async close(keep) {
      await smtp.close();
      await end();
      const kept = `${dir}-kept`;
      if (keep) cpSync(dir, kept, { recursive: true });
      if (disk) execFileSync('umount', ['-l', disk]);
      rmSync(dir, { recursive: true, force: true });
      return keep ? kept : null;
    },
  };
  return town;
}

const SERVE = `
  const { createServer } = require('node:http');
  const { parentPort, workerData } = require('node:worker_threads');
  workerData.forEach((_, index) => {
    const server = createServer((_req, res) => {
      const status = Atomics.load(workerData, index);
      if (status > 0) res.writeHead(status).end('ok');
    });
    server.listen(0, '127.0.0.1', () => parentPort.postMessage([index, server.address().port]));
  });
`;

/** In a thread of their own: while the torture judges thousands of emails, they must answer all the same. */
async function openServices(
  count: number,
): Promise<{ services: Service[]; ports: number[]; end: () => Promise<unknown> }> {
  const statuses = new Int32Array(new SharedArrayBuffer(4 * count)).fill(200);
  const worker = new Worker(SERVE, { eval: true, workerData: statuses });
  const ports: number[] = [];
  await new Promise<void>((resolve, reject) => {
    worker.once('error', reject);
    worker.on('message', ([index, port]: [number, number]) => {
      ports[index] = port;
      if (Object.keys(ports).length === count) resolve();
    });
  });
  const services = Array.from({ length: count }, (_, index) => ({
    get status() {
      return Atomics.load(statuses, index);
    },
    set status(status) {
      Atomics.store(statuses, index, status);
    },
    since: Date.now(),
    lastBad: 0,
    hanging: false,
    heldUntil: 0,
  }));
  return { services, ports, end: () => worker.terminate() };
}
