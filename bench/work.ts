// A server at work: a thousand checks a minute of a server on this machine, a hundred mails a second to a sink.
import { type ChildProcess, fork, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { openDatabase } from '../src/store/db/database.ts';
import { enrolled } from '../test/walks/notify/many-subscribers.ts';
import { startOurs, stop } from './servers.ts';

/** Each is checked every second: 1,020 checks a minute. */
const COMPONENTS = 17;
const MAILS_A_SECOND = 100;
/** Enough for two minutes. */
const SUBSCRIBERS = 12_000;

export interface Work {
  readonly child: ChildProcess;
  /** Opens the incident that everybody is written to about; resolves when mail has begun to leave. */
  begin(): Promise<void>;
  done(): Promise<{ checks: number; mails: number }>;
  close(): Promise<void>;
}

/** Starts the server, its target and its mail sink; folders under `dir`. */
export async function openWork(dir: string, port: number): Promise<Work> {
  const target = port + 10;
  const incidents = path.join(dir, 'status', 'incidents');
  mkdirSync(incidents, { recursive: true });
  mkdirSync(path.join(dir, 'data'), { recursive: true });
  writeFileSync(path.join(dir, 'status', 'status.yaml'), site(target));
  const service = spawn(process.execPath, [
    '-e',
    `require('http').createServer((q,s)=>s.end('ok')).listen(${target},'127.0.0.1')`,
  ]);
  const sink = fork(fileURLToPath(new URL('./mail-peer.ts', import.meta.url)), {
    execArgv: ['--import', 'tsx'],
  });
  const [{ port: smtp }] = (await once(sink, 'message')) as [{ port: number }];
  const addresses = Array.from({ length: SUBSCRIBERS }, (_, i) => `user${i}@example.com`);
  await enrolled(openDatabase(path.join(dir, 'data', 'status.db')), addresses, Date.now());
  const child = startOurs(port, dir, {
    SMTP_URL: `smtp://127.0.0.1:${smtp}`,
    MAIL_FROM: 'status@levqor.ai',
  });
  const mails = async () => {
    sink.send({ count: true });
    const [{ emails }] = (await once(sink, 'message')) as [{ emails: number }];
    return emails;
  };
  return {
    child,
    async begin() {
      const started = new Date(Date.now() - 1000).toISOString();
      const head = `title: API trouble\nstatus: investigating\nseverity: major\nstarted: ${started}`;
      writeFileSync(path.join(incidents, '20260101_a.md'), `---\n${head}\n---\nWe are looking into it.\n`);
      for (let waited = 0; (await mails()) < 2 * MAILS_A_SECOND; waited++) {
        if (waited > 150) throw new Error('no mail leaves');
        await new Promise(resolve => setTimeout(resolve, 200));
      }
    },
    async done() {
      const text = await fetch(`http://127.0.0.1:${port}/metrics`).then(answer => answer.text());
      const counts = [...text.matchAll(/^status_live_checks_total\{.*\} (\d+)/gm)];
      return { checks: counts.reduce((sum, [, n]) => sum + Number(n), 0), mails: await mails() };
    },
    async close() {
      await stop(child);
      service.kill();
      sink.send({ end: true });
    },
  };
}

function site(target: number): string {
  const check = `{ type: http, url: "http://127.0.0.1:${target}/" }`;
  const one = (_: unknown, i: number) =>
    `  - { id: c${i}, name: Component ${i}, schedule: "* * * * * *", check: ${check} }\n`;
  const components = Array.from({ length: COMPONENTS }, one).join('');
  return `title: Bench\nmail: { rate: ${MAILS_A_SECOND} }\ncomponents:\n${components}`;
}
