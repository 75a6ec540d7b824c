// The program itself under faketime: in zones whose clock is just being put back, and with a clock that steps.
import { spawn } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, onTestFinished, test, vi } from 'vitest';

/** Debian: `apt-get install faketime`. These tests run where it is found; CI fails when it is missing. */
const LIBRARY = readdirSync('/usr/lib')
  .map(folder => `/usr/lib/${folder}/faketime/libfaketime.so.1`)
  .find(existsSync);

const DAY = 86_400;
/** So long before the local clock goes back the program is started, ms: time to be watching by then. */
const LEAD = 20_000;

// A machine that does other things takes its time to start a process.
vi.setConfig({ testTimeout: 120_000 });

async function started(at: number, zone: string) {
  const service = { status: 200, asked: 0 };
  const target = createServer((_req, res) => {
    service.asked++;
    res.writeHead(service.status).end();
  });
  await new Promise<void>(resolve => target.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(target.address() as { port: number }).port}`;
  const dir = await mkdtemp(path.join(tmpdir(), 'status-live-faketime-'));
  const incidents = path.join(dir, 'status', 'incidents');
  await mkdir(incidents, { recursive: true });
  await writeFile(
    path.join(dir, 'status', 'status.yaml'),
    `title: T
components:
  - { id: api, name: API, schedule: "* * * * * *", check: { type: http, url: "${url}" }, detect: { failures: 2, recoveries: 1, latency: 30s } }
  - { id: jobs, name: Jobs, check: { type: heartbeat, period: 60s, grace: 30s, token: a-token-of-this-heartbeat } }
`,
  );
  const clock = path.join(dir, 'clock');
  /** Steps the wall clock of the process to so many seconds from the true one. */
  const step = (seconds: number) => writeFileSync(clock, `${seconds < 0 ? '' : '+'}${seconds}\n`);
  step(Math.round((at - Date.now()) / 1000));
  const child = spawn(process.execPath, ['dist/main.js'], {
    env: {
      ...process.env,
      TZ: zone,
      PORT: '0',
      HOST: '127.0.0.1',
      STATUS_DIR: path.join(dir, 'status'),
      DATA_DIR: path.join(dir, 'data'),
      LD_PRELOAD: LIBRARY,
      FAKETIME_TIMESTAMP_FILE: clock,
      FAKETIME_NO_CACHE: '1',
      FAKETIME_DONT_FAKE_MONOTONIC: '1',
    },
  });
  let out = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', data => {
      out += data;
    });
  }
  const exit = new Promise(resolve => child.once('exit', resolve));
  onTestFinished(async () => {
    child.kill('SIGKILL');
    await exit;
    target.closeAllConnections();
    target.close();
    await rm(dir, { recursive: true, force: true });
  });
  await expect.poll(() => out, { timeout: 60_000 }).toMatch(/localhost:\d+\/status\/live/);
  const own = `http://127.0.0.1:${/localhost:(\d+)/.exec(out)?.[1]}`;
  return {
    service,
    step,
    out: () => out,
    json: async (address: string) => (await fetch(`${own}${address}`)).json(),
    beat: () => fetch(`${own}/heartbeats/a-token-of-this-heartbeat`),
    files: () => readdir(incidents),
    /** What the process has spent so far, seconds of a processor. */
    cpu: () => {
      const fields = readFileSync(`/proc/${child.pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
      return (Number(fields[11]) + Number(fields[12])) / 100;
    },
  };
}

type Program = Awaited<ReturnType<typeof started>>;

/** Checks go on: so many more within seconds. */
async function checksGoOn({ service }: Program, more = 3) {
  const before = service.asked;
  await expect.poll(() => service.asked - before, { timeout: 20_000 }).toBeGreaterThanOrEqual(more);
}

/** The incidents that are open, as the page shows them. */
async function open(
  program: Program,
): Promise<readonly { readonly name: string; readonly created_at: string }[]> {
  return (await program.json('/api/v2/incidents/unresolved.json')).incidents;
}

async function opened(program: Program) {
  await expect.poll(() => open(program), { timeout: 20_000 }).toMatchObject([{ name: 'API Down' }]);
}

describe.runIf(LIBRARY !== undefined)('under faketime', () => {
  test('in the time a zone lives twice, checks go on and an outage is filed', async () => {
    // At these moments the local clock goes back by an hour, by half an hour, to before midnight.
    const zones = [
      ['Europe/Rome', '2026-10-25T01:00:00Z'],
      ['Australia/Lord_Howe', '2026-04-04T15:00:00Z'],
      ['America/Havana', '2026-11-01T05:00:00Z'],
      ['Asia/Beirut', '2026-10-24T21:00:00Z'],
    ] as const;
    await Promise.all(
      zones.map(async ([zone, shift]) => {
        const at = Date.parse(shift);
        const begun = Date.now();
        const program = await started(at - LEAD, zone);
        await expect.poll(() => Date.now() - begun, { timeout: 2 * LEAD }).toBeGreaterThan(LEAD + 2000);
        await checksGoOn(program);
        program.service.status = 500;
        await opened(program);
        const [incident] = await open(program);
        const after = Date.parse(incident?.created_at as string) - at;
        expect([zone, after > 0, after < 100_000]).toEqual([zone, true, true]);
      }),
    );
  });

  test('a clock that steps, either way and any size: seen, told, and nothing is invented or missed', async () => {
    const now = Date.parse('2026-11-29T12:00:00Z');
    const program = await started(now, 'Europe/Rome');
    const base = Math.round((now - Date.now()) / 1000);
    await program.beat();
    await checksGoOn(program);
    for (const [seconds, said] of [
      [-600, 'was set back by 10 minutes'],
      [DAY, 'went forward by 1 day'],
      [3650 * DAY, 'went forward by 3649 days'],
      [0, 'was set back by 3650 days'],
    ] as const) {
      const [spent, began] = [program.cpu(), performance.now()];
      program.step(base + seconds);
      const lived = await program.json('/healthz');
      expect([lived, performance.now() - began < 2000]).toEqual([{ ok: true }, true]);
      await expect
        .poll(async () => JSON.stringify((await program.json('/readyz')).problems), { timeout: 10_000 })
        .toContain(said);
      await checksGoOn(program);
      expect(program.out()).toContain(said);
      // A processor that had nothing to catch up with: some checks, some rounds.
      expect(program.cpu() - spent).toBeLessThan(3);
      expect([await program.files(), await open(program)]).toEqual([[], []]);
      const components = (await program.json('/api/v2/components.json')).components as { status: string }[];
      expect(components.map(({ status }) => status)).toEqual(['operational', 'operational']);
    }
    // And an outage is one, on the clock as it is now.
    program.service.status = 500;
    await opened(program);
    // It stays one when the clock goes back once more.
    program.step(base - 600);
    await checksGoOn(program);
    expect(await open(program)).toHaveLength(1);
  });
});
