// The server killed again and again while it posts: every channel got everything, twice only where nobody
// could know, and one that never answers delays nobody.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import Sqlite from '#sqlite';
import { openPeer } from './channel-peer.ts';

const COUNT = 30;
const KILLS = 3;

test('kill -9 loses no message and repeats at most one a crash and channel', async () => {
  const [one, two, silent] = await Promise.all([openPeer(), openPeer(), openPeer()]);
  for (const peer of [one, two]) peer.answer = (_, res) => void setTimeout(() => res.end(), 15);
  silent.answer = () => {};
  const dir = await mkdtemp(path.join(tmpdir(), 'status-live-killed-'));
  onTestFinished(() => rm(dir, { recursive: true, force: true }));
  const folder = path.join(dir, 'status', 'incidents');
  await mkdir(folder, { recursive: true });
  const channels = [silent, one, two].map(({ url }) => `{ type: webhook, url: "${url}/hook" }`).join(', ');
  await writeFile(
    path.join(dir, 'status', 'status.yaml'),
    `title: T\nnotify: { channels: [ ${channels} ] }\ncomponents: [ { id: api, name: API, check: { type: manual } } ]\n`,
  );
  const env = {
    ...process.env,
    PORT: '0',
    HOST: '127.0.0.1',
    STATUS_DIR: path.join(dir, 'status'),
    DATA_DIR: path.join(dir, 'data'),
    LOG_LEVEL: 'silent',
  };
  const start = () => spawn(process.execPath, ['dist/main.js'], { env, stdio: 'ignore' });
  const ask = (question: string) => () => {
    try {
      const db = new Sqlite(path.join(dir, 'data', 'status.db'), { readonly: true });
      const { n } = db.prepare(question).get() as { n: number };
      db.close();
      return n;
    } catch {
      return null;
    }
  };
  const patient = { timeout: 60_000, interval: 20 };
  let server = start();
  onTestFinished(() => void server.kill('SIGKILL'));
  // The first round of a new database announces nothing: it must be over before the news.
  await expect.poll(ask("SELECT COUNT(*) AS n FROM meta WHERE name = 'announced'"), patient).toBe(1);
  const started = new Date().toISOString();
  const text = (n: number) =>
    `---\ntitle: API ${n}\nstatus: investigating\nseverity: major\nstarted: ${started}\n---\nWords.\n`;
  await Promise.all(
    Array.from({ length: COUNT }, (_, n) => writeFile(path.join(folder, `${n}.md`), text(n))),
  );
  for (let kill = 1; kill <= KILLS; kill++) {
    await expect
      .poll(() => two.got.length, patient)
      .toBeGreaterThanOrEqual(Math.floor((COUNT * kill) / (KILLS + 1)));
    server.kill('SIGKILL');
    await once(server, 'exit');
    server = start();
  }
  for (const { got } of [one, two]) {
    await expect
      .poll(() => new Set(got.map(({ headers }) => headers['webhook-id'])).size, patient)
      .toBe(COUNT);
    expect(new Set(got.map(({ json }) => json.incident.name)).size).toBe(COUNT);
    expect(got.length - COUNT).toBeLessThanOrEqual(KILLS);
  }
  // What is left is the silent one's.
  await expect.poll(ask("SELECT COUNT(*) AS n FROM deliveries WHERE state = 'pending'"), patient).toBe(COUNT);
  // One try at a time, whatever waits behind it; and it is one and the same message.
  expect(new Set(silent.got.map(({ headers }) => headers['webhook-id'])).size).toBe(1);
}, 240_000);
