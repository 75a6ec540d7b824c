// Everything around the server under torture: folders, a small disk, services, a mail server, a clock.

import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { freePort } from '../free-port.ts';
import { type SmtpPeer, startSmtpPeer } from '../walks/smtp-conversation.ts';

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
  /** What they answer; 0: nothing at all. */
  readonly services: { status: number }[];
  /** How far the server's clock is off, ms. */
  offset: number;
  clock(): number;
  readonly env: NodeJS.ProcessEnv;
  readonly url: string;
  close(): Promise<void>;
}

/** Small enough to be filled in no time, large enough for the letters of so many seconds: they are kept for a while. */
const diskMb = (seconds: number) => 16 + Math.ceil(seconds / 4);

export async function openTown(seconds: number): Promise<Town> {
  const dir = mkdtempSync(path.join(tmpdir(), 'status-live-torture-'));
  const dataDir = path.join(dir, 'data');
  mkdirSync(dataDir);
  const disk =
    spawnSync('mount', ['-t', 'tmpfs', '-o', `size=${diskMb(seconds)}m`, 'tmpfs', dataDir]).status === 0
      ? dataDir
      : null;
  mkdirSync(path.join(dir, 'status', 'incidents'), { recursive: true });
  const smtp = await startSmtpPeer();
  const services = [{ status: 200 }, { status: 200 }];
  const servers = await Promise.all(services.map(serve));
  const port = await freePort();
  const connections = 3;
  const check = (index: number) => {
    const { port: target } = servers[index]!.address() as { port: number };
    const fields = `schedule: "*/2 * * * * *", detect: { failures: 2, recoveries: 1, latency: 30s }`;
    return `check: { type: http, url: "http://127.0.0.1:${target}/", timeout: 1s }, ${fields}`;
  };
  const site = `title: Torture
reminders: { after: 24h }
mail: { connections: ${connections} }
components:
  - { id: api, name: API, ${check(0)} }
  - { id: web, name: Web, ${check(1)} }
  - { id: shop, name: Shop, check: { type: manual } }
`;
  const siteFile = path.join(dir, 'status', 'status.yaml');
  writeFileSync(siteFile, site);
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
    offset: 0,
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
    async close() {
      await smtp.close();
      for (const server of servers) {
        server.closeAllConnections();
        server.close();
      }
      if (disk) execFileSync('umount', ['-l', disk]);
      rmSync(dir, { recursive: true, force: true });
    },
  };
  return town;
}

async function serve(service: { status: number }): Promise<Server> {
  const server = createServer((_req, res) => {
    if (service.status > 0) res.writeHead(service.status).end('ok');
  });
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  return server;
}
