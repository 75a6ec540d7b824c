// `npm run demo`: the whole product in seconds, with made-up services and ninety generated days, in a temporary folder;
// ./data and ./status are not touched.
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { readEnvironment } from '../config/environment.ts';
import { webhookUrl } from '../core/inbound/senders.ts';
import { printProblem } from '../core/model/problem.ts';
import { fetchText } from '../outside/amazon.ts';
import { openLog } from '../outside/log-lines.ts';
import { makeProbes } from '../outside/probes.ts';
import { startPulse } from '../outside/pulse.ts';
import { openDatabase } from '../store/db/database.ts';
import { ROOT } from '../wiring/root.ts';
import { openSystem } from '../wiring/wiring.ts';
import { everySecond } from '../work/timing/scheduler.ts';
import { demoIncidents } from './incidents.ts';
import { seedDays } from './measured-days.ts';
import { openServices } from './services.ts';
import { DEMO_IDS, demoSite } from './site.ts';

demo();

/**
 * Creates a folder, services that fail now and then, and the server on both. A long function, because it is a script
 * with each step once.
 */
async function demo(): Promise<void> {
  const now = Date.now();
  const dir = mkdtempSync(path.join(tmpdir(), 'status-live-demo-'));
  const statusDir = path.join(dir, 'status');
  const dataDir = path.join(dir, 'data');
  mkdirSync(path.join(statusDir, 'incidents'), { recursive: true });

  const services = await openServices(Date.now);
  writeFileSync(path.join(statusDir, 'status.yaml'), demoSite(services.url));
  const logo = path.join(ROOT, 'status', 'logo.png');
  writeFileSync(path.join(statusDir, 'logo.png'), readFileSync(logo));
  for (const [name, text] of demoIncidents(now)) {
    writeFileSync(path.join(statusDir, 'incidents', name), text);
  }
  const db = openDatabase(path.join(dataDir, 'status.db'));
  await seedDays(db, DEMO_IDS, 90, now);
  await db.destroy();

  const { value: env, problems } = readEnvironment(
    {
      PORT: process.env.PORT,
      HOST: '127.0.0.1',
      STATUS_DIR: statusDir,
      DATA_DIR: dataDir,
      LOG_LEVEL: 'warn',
    },
    dir,
  );
  if (!env) {
    process.stderr.write(problems.map(problem => `${printProblem(problem)}\n`).join(''));
    process.exit(1);
  }
  const log = openLog(env.logLevel);
  const pulse = startPulse(Number.POSITIVE_INFINITY, Date.now);
  const system = await openSystem(env, {
    clock: Date.now,
    monotonic: () => performance.now(),
    everySecond,
    pulse,
    probe: makeProbes({ clock: Date.now }, pulse.paused, pulse.steps),
    fetchText,
    log,
  });
  const report = () => {
    const address = `${system.localUrl}/heartbeats/${system.heartbeatToken('background-jobs')}`;
    void fetch(address).catch(() => undefined);
  };
  report();
  const beat = setInterval(report, 10_000);

  const lines = [
    `The demo is at  ${system.statusUrl}`,
    'Its services fail now and then: leave the page open and watch.',
    `Incidents       ${path.join(statusDir, 'incidents')} (save a file there)`,
    `Emails          ${path.join(dataDir, 'mail')} (subscribe, then look here)`,
    `Webhook         ${webhookUrl(system.publicUrl, 'uptime', system.webhookToken)}`,
    'Ctrl-C stops the demo and removes everything.',
  ];
  process.stdout.write(`\n  ${lines.join('\n  ')}\n\n`);

  const end = () => {
    clearInterval(beat);
    services.close();
    system.close().finally(() => {
      rmSync(dir, { recursive: true, force: true });
      process.exit(0);
    });
  };
  process.once('SIGINT', end);
  process.once('SIGTERM', end);
}
