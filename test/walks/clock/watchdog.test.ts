// The watchdog, by the timetable itself: whatever hangs, every output stops saying "well", and says so again.
import { describe, expect, onTestFinished, test } from 'vitest';
import type { ProbeResult } from '../../../src/core/model/checks/check.ts';
import { MINUTE, type Millis, SECOND } from '../../../src/core/model/time.ts';
import { openWorld, type World } from '../world.ts';

const START = Date.UTC(2026, 2, 10, 12);
const SITE = () => `
title: Levqor Status
components:
  - { id: api, name: API, check: { type: http, url: "https://api.example/" }, detect: { failures: 1, recoveries: 1 } }
  - { id: web, name: Website, check: { type: http, url: "https://web.example/" }, detect: { recoveries: 1 } }
  - { id: jobs, name: Background Jobs, check: { type: heartbeat, period: 24h, grace: 1h } }
  - { id: office, name: Office, check: { type: manual } }
`;
const UP: ProbeResult = { outcome: 'up', latency: 5, seen: 'HTTP 200' };
/** Two periods. */
const LIMIT = 2 * MINUTE;

interface Watched {
  readonly world: World;
  /** What a component's check comes to, by id; "hangs" while null. */
  readonly answers: Record<string, ProbeResult | null>;
  /** Names of jobs that never end from now on. */
  readonly stuck: Set<string>;
  /** Lets so much time pass, the timetable's jobs and the pulse at each second. */
  pass(millis: Millis): Promise<void>;
  /** The same while the process stands still; then the pulse alone, or the whole next second. */
  standStill(millis: Millis): void;
  stepWall(millis: Millis): void;
  beat(): void;
  page(): Promise<string>;
  state(id: string): Promise<string>;
  logged(words: RegExp): string[];
}

async function watched(files: Record<string, string> = {}, site = SITE()): Promise<Watched> {
  let [wall, grown, stood] = [START, 0, 0];
  /** The timetable's turn, and the watchdog's own look. */
  const eachSecond: (() => void)[] = [];
  const answers: Record<string, ProbeResult | null> = { api: UP, web: UP };
  const stuck = new Set<string>();
  /** Jobs under way that are not stuck. */
  const running = new Set<Promise<void>>();
  const hanging: (() => void)[] = [];
  const endless = (release: (() => void)[]) => new Promise<void>(resolve => release.push(resolve));
  const world = await openWorld({
    site: () => site,
    files,
    outside: {
      clock: () => wall,
      monotonic: () => grown,
      everySecond(turn) {
        eachSecond.push(turn);
        return () => {};
      },
      arrange: jobs =>
        jobs.map(job => ({
          ...job,
          async run() {
            // One that hangs keeps its place in the timetable; nobody waits for it here.
            if (stuck.has(job.name)) return endless(hanging);
            const done = job.run();
            running.add(done);
            await done.finally(() => running.delete(done));
          },
        })),
      pulse: { paused: () => stood },
      probe: async check => {
        const { hostname } = new URL('url' in check ? check.url : '');
        return (
          answers[hostname.split('.')[0] as string] ?? new Promise(resolve => hanging.push(() => resolve(UP)))
        );
      },
    },
  });
  // Closing waits for what was not given up.
  onTestFinished(() => {
    for (const release of hanging) release();
  });
  const second = async () => {
    eachSecond.at(-2)?.();
    while (running.size > 0) await Promise.allSettled(running);
    eachSecond.at(-1)?.();
    // Looks need no clock to end.
    await new Promise(resolve => setImmediate(resolve));
  };
  // Its words alone.
  const page = async () =>
    (await world.get('/status/live')).text
      .replace(/[\s\S]*<main/, '<main')
      .replace(/<svg[\s\S]*?<\/svg>|<[^>]+>/g, '')
      .replace(/\s+/g, ' ');
  return {
    world,
    answers,
    stuck: Object.assign(stuck, {
      delete(name: string) {
        for (const release of hanging.splice(0)) release();
        return Set.prototype.delete.call(stuck, name);
      },
    }),
    async pass(millis) {
      for (let passed = 0; passed < millis; passed += SECOND) {
        wall += SECOND;
        grown += SECOND;
        await second();
      }
    },
    standStill(millis) {
      wall += millis;
      grown += millis;
      stood += millis;
    },
    stepWall(millis) {
      wall += millis;
    },
    beat: () => eachSecond.at(-1)?.(),
    page,
    async state(id) {
      const { components } = (await world.get('/api/uptime.json')).json;
      return components.find((one: { id: string }) => one.id === id).status;
    },
    logged: words => world.logged.map(({ message }) => message).filter(message => words.test(message)),
  };
}

const problems = async ({ world }: Watched): Promise<string[]> =>
  (await world.get('/readyz')).json.problems.map((problem: { message: string }) => problem.message);

describe('a check that hangs', () => {
  test('is no data everywhere, in words and in numbers, and well again with the first look that ends', async () => {
    const watch = await watched();
    const { world, answers } = watch;
    await watch.pass(90 * SECOND);
    expect(await watch.page()).toContain('All checked systems operational');
    const before = (await world.get('/status/live')).headers.get('etag');
    answers.api = null;
    await watch.pass(LIMIT - MINUTE);
    expect(await watch.state('api')).toBe('operational');
    await watch.pass(2 * MINUTE);

    const page = await watch.page();
    expect(page).toMatch(
      /Monitoring of API has been interrupted since 12:0[01]; the current status is not known/,
    );
    expect(page).toMatch(/monitoring interrupted since/);
    expect(page).not.toMatch(/All (checked )?systems operational/);
    expect((await world.get('/status/live')).headers.get('etag')).not.toBe(before);
    expect((await world.get('/status/live?lang=de')).text).toContain('Überwachung von API ist seit');
    expect([await watch.state('api'), await watch.state('web'), await watch.state('office')]).toEqual([
      'no_data',
      'operational',
      'operational',
    ]);
    expect((await world.get('/status/badge.svg')).text).toContain('partly unknown');
    expect((await world.get('/status/badge/api.svg')).text).toContain('no data');
    expect((await world.get('/status/widget.json')).json).toMatchObject({ state: 'no_data' });
    const { status, components } = (await world.get('/api/v2/summary.json')).json;
    expect(status).toEqual({ indicator: 'minor', description: 'Monitoring Interrupted' });
    expect(components.map((one: { status: string }) => one.status)).toEqual([
      'degraded_performance',
      'operational',
      'operational',
      'operational',
    ]);
    const [told] = await problems(watch);
    expect(told).toMatch(
      /^component api: no check of "API" has ended since 2026-03-10T12:0\d:\d\dZ: .*restart Status Live$/,
    );
    expect((await world.get('/metrics')).text).toContain('status_live_stalled_components 1\n');
    await watch.pass(3 * MINUTE);
    expect(watch.logged(/monitoring of API/)).toHaveLength(1);
    expect((await world.files()).filter(name => name.endsWith('.md'))).toEqual([]);

    answers.api = UP;
    // The look that hangs is given up, and the next one is made by the schedule.
    await watch.pass(3 * MINUTE);
    expect(await watch.state('api')).toBe('operational');
    expect(await watch.page()).toContain('All checked systems operational');
    expect(await problems(watch)).toEqual([]);
    expect((await world.get('/metrics')).text).toContain('status_live_stalled_components 0\n');
    expect(watch.logged(/monitoring of API/)).toEqual([
      expect.stringMatching(/is interrupted: no check has finished since/),
      'monitoring of API works again',
    ]);
    const { components: figures } = (await world.get('/api/uptime.json')).json;
    // What nobody looked at is not observed, and not down.
    expect(figures[0].unobserved_seconds).toBeGreaterThan(240);
    expect(figures[0].downtime_seconds).toBe(0);
  });

  test.each([5, 10, 60])(
    'each %d seconds, is said two periods after a look ended or the start, to the second',
    async period => {
      const schedule = period === 60 ? '* * * * *' : `*/${period} * * * * *`;
      const check = '{ type: http, url: "https://api.example/", timeout: 5m }';
      const site = `title: Status\ncomponents:\n  - { id: api, name: API, schedule: "${schedule}", check: ${check} }\n`;
      const watch = await watched({}, site);
      await watch.pass(2 * period * SECOND);
      expect(await watch.state('api')).toBe('operational');
      watch.answers.api = null;
      const { world } = watch;
      const stallsAfter = async () => {
        for (let seconds = 0; seconds <= 4 * period; seconds++) {
          if ((await world.get('/metrics')).text.includes('status_live_stalled_components 1\n'))
            return seconds;
          expect(await watch.state('api')).toBe('operational');
          await watch.pass(SECOND);
        }
        return null;
      };
      const seconds = await stallsAfter();
      // The last look ended up to a period ago.
      expect(seconds).toBeGreaterThan(period);
      expect(seconds).toBeLessThanOrEqual(2 * period + 1);
      expect(await watch.state('api')).toBe('no_data');
      watch.stuck.delete('');
      watch.answers.api = UP;
      await watch.pass(2 * period * SECOND);
      watch.answers.api = null;
      await watch.world.restart(async () => watch.standStill(24 * 60 * MINUTE));
      await watch.pass(2 * period * SECOND);
      expect(await watch.page()).not.toContain('interrupted');
      await watch.pass(2 * SECOND);
      expect(await watch.page()).toContain('Monitoring of API has been interrupted since');
    },
  );

  test('does not take an outage away that is known', async () => {
    const watch = await watched();
    watch.answers.api = { outcome: 'down', latency: null, seen: 'HTTP 503' };
    await watch.pass(5 * SECOND);
    watch.answers.api = null;
    await watch.pass(LIMIT + 90 * SECOND);
    expect(await watch.state('api')).toBe('major_outage');
    const page = await watch.page();
    expect(page).toContain('API is down');
    expect(page).toContain('Monitoring of API has been interrupted since');
    expect((await watch.world.get('/api/v2/status.json')).json.status.indicator).not.toBe('none');
    expect(await problems(watch)).toHaveLength(1);
  });

  test('leaves what an incident says of it', async () => {
    const text =
      '---\ntitle: Slow\nstatus: investigating\nseverity: minor\nstarted: 2026-03-10T11:00:00Z\ncomponents: [api]\n---\nSlow.\n';
    const watch = await watched({ '20260310_slow.md': text });
    watch.answers.api = null;
    await watch.pass(LIMIT + 30 * SECOND);
    expect(await watch.state('api')).toBe('degraded_performance');
  });

  test('tells pages that are open', async () => {
    const watch = await watched();
    await watch.pass(SECOND);
    const stream = await fetch(`${watch.world.url}/status/events`);
    const reader = (stream.body as ReadableStream<Uint8Array>).getReader();
    onTestFinished(() => reader.cancel());
    let heard = '';
    const listening = (async () => {
      for (let part = await reader.read(); !part.done; part = await reader.read())
        heard += new TextDecoder().decode(part.value);
    })().catch(() => undefined);
    watch.answers.api = null;
    await watch.pass(LIMIT + 2 * MINUTE);
    await expect.poll(() => heard).toContain('"state":"no_data"');
    await reader.cancel();
    await listening;
  });
});

describe('whatever hangs', () => {
  test.each([
    ['poll', 'api', 'Monitoring of API, Website has been interrupted since'],
    ['heartbeats', 'jobs', 'Monitoring of Background Jobs has been interrupted since'],
  ])('the job "%s" of the timetable', async (job, id, words) => {
    const watch = await watched();
    const { heartbeatToken } = watch.world.system;
    await watch.world.post(`/heartbeats/${heartbeatToken('jobs')}`);
    await watch.pass(90 * SECOND);
    expect(await watch.state(id)).toBe('operational');
    watch.stuck.add(job);
    await watch.pass(LIMIT + MINUTE);
    expect(await watch.state(id)).toBe('no_data');
    expect(await watch.page()).toContain(words);
    watch.stuck.delete(job);
    await watch.pass(90 * SECOND);
    expect(await watch.state(id)).toBe('operational');
    expect(await problems(watch)).toEqual([]);
  });

  test('the round: the page says of when it is, and is no data until a round ends', async () => {
    const watch = await watched();
    const { world } = watch;
    await watch.pass(90 * SECOND);
    watch.stuck.add('round');
    await watch.pass(2 * MINUTE);
    const page = await watch.page();
    expect(page).toMatch(/This page has not been updated since 12:01; the current status is not known/);
    for (const id of ['api', 'web', 'office']) expect(await watch.state(id)).toBe('no_data');
    expect((await world.get('/api/v2/status.json')).json.status.description).toBe('Monitoring Interrupted');
    expect((await world.get('/status/badge.svg')).text).toContain('no data');
    expect(await problems(watch)).toEqual([
      expect.stringMatching(/^page: the page has not been updated since 2026-03-10T12:01:30Z/),
    ]);
    expect((await world.get('/metrics')).text).toContain('status_live_stalled_components 4\n');
    watch.stuck.delete('round');
    await watch.pass(2 * SECOND);
    expect(await watch.page()).toContain('All checked systems operational');
    expect(watch.logged(/the page is/)).toEqual([
      expect.stringMatching(/^the page is interrupted: it has not been updated since/),
      'the page is updated again',
    ]);
  });
});

describe('what is in doubt', () => {
  const DOWN: ProbeResult = { outcome: 'down', latency: null, seen: 'HTTP 503' };
  const NOTHING: ProbeResult = { outcome: 'unknown', latency: null, seen: 'our own network was down' };

  test.each([
    ['that failed', DOWN],
    ['that told nothing', NOTHING],
  ])('started after an hour, it is not well by a look %s, over another start neither', async (_, seen) => {
    const watch = await watched();
    await watch.pass(90 * SECOND);
    watch.answers.web = seen;
    await watch.world.restart(async () => watch.standStill(60 * MINUTE));
    expect(await watch.state('web')).toBe('no_data');
    await watch.pass(2 * SECOND);
    expect(await watch.state('web')).toBe('no_data');
    expect(await watch.page()).toContain('No data for Website');
    expect((await watch.world.get('/status/badge/web.svg')).text).toContain('no data');
    await watch.world.restart();
    expect(await watch.state('web')).toBe('no_data');
    watch.answers.web = UP;
    await watch.pass(MINUTE);
    expect(await watch.state('web')).toBe('operational');
  });

  test('each second on the way from interrupted to down says nothing of well', async () => {
    const watch = await watched();
    await watch.pass(90 * SECOND);
    watch.answers.web = null;
    await watch.pass(LIMIT + MINUTE);
    expect(await watch.state('web')).toBe('no_data');
    watch.answers.web = DOWN;
    const seen = new Set<string>();
    for (let i = 0; i < 300; i++) {
      await watch.pass(SECOND);
      seen.add(await watch.state('web'));
    }
    expect([...seen]).toEqual(['no_data', 'major_outage']);
  });

  test('a last look that lies ahead of now is no sign of wellness, however rare the schedule', async () => {
    const watch = await watched();
    await watch.pass(90 * SECOND);
    watch.answers.web = null;
    await watch.world.restart(async () => watch.stepWall(-90 * SECOND));
    await watch.pass(3 * SECOND);
    expect(await watch.state('web')).toBe('no_data');
    expect(await watch.state('api')).toBe('operational');
  });
});

describe('what is no stall', () => {
  test('ten minutes asleep: no data until the first look has ended, and nothing is claimed', async () => {
    const watch = await watched();
    await watch.pass(90 * SECOND);
    watch.standStill(10 * MINUTE);
    watch.beat();
    await expect.poll(() => watch.state('api')).toBe('no_data');
    expect(await watch.page()).not.toMatch(/interrupted|not been updated|All (checked )?systems operational/);
    expect(await problems(watch)).toEqual([]);
    await watch.pass(2 * SECOND);
    expect(await watch.state('api')).toBe('operational');
    expect(watch.logged(/interrupted/)).toEqual([]);
  });

  test('stopped for most of the time, again and again: never called well for longer than it is known, and said why', async () => {
    const watch = await watched();
    await watch.pass(90 * SECOND);
    const first = await problems(watch);
    for (let times = 0; times < 6; times++) {
      watch.standStill(50 * SECOND);
      await watch.pass(10 * SECOND);
      // The page is of now whenever somebody can ask.
      expect(await watch.page()).not.toMatch(/interrupted|has not been updated/);
    }
    expect(first).toEqual([]);
    expect(await problems(watch)).toEqual([
      expect.stringMatching(
        /^process: this process keeps pausing; noticed at 2026-03-10T12:0\d:\d\dZ — checks run late/,
      ),
    ]);
    expect(watch.logged(/keeps pausing/)).toHaveLength(1);
    expect(await watch.state('api')).toBe('operational');
    // A service that fails meanwhile is found.
    watch.answers.api = { outcome: 'down', latency: null, seen: 'HTTP 503' };
    for (let times = 0; times < 3; times++) {
      watch.standStill(50 * SECOND);
      await watch.pass(10 * SECOND);
    }
    expect(await watch.state('api')).toBe('major_outage');
    await watch.pass(10 * MINUTE);
    expect((await problems(watch)).filter(text => text.startsWith('process'))).toEqual([]);
  });

  test('stopped for most of the time while a check hangs: no data, and the operator is told why', async () => {
    const watch = await watched();
    await watch.pass(90 * SECOND);
    watch.answers.api = null;
    for (let times = 0; times < 6; times++) {
      watch.standStill(50 * SECOND);
      await watch.pass(10 * SECOND);
    }
    expect(await watch.state('api')).toBe('no_data');
    expect((await problems(watch)).join()).toContain('this process keeps pausing');
  });

  test.each([60, -60])('the wall clock stepped by %s minutes', async minutes => {
    const watch = await watched();
    await watch.pass(90 * SECOND);
    watch.stepWall(minutes * MINUTE);
    watch.beat();
    expect(await watch.state('api')).toBe('operational');
    await watch.pass(10 * SECOND);
    expect(watch.logged(/interrupted/)).toEqual([]);
    // Nor does a step hide one.
    watch.stuck.add('poll');
    watch.stepWall(-minutes * MINUTE);
    await watch.pass(LIMIT + 90 * SECOND);
    expect(await watch.state('api')).toBe('no_data');
  });

  test('a job that reported days ago is not known to be well until it reports, over a restart and a step', async () => {
    const watch = await watched();
    const { world } = watch;
    const report = () => world.get(`/heartbeats/${world.system.heartbeatToken('jobs')}`);
    await report();
    await watch.pass(90 * SECOND);
    expect(await watch.state('jobs')).toBe('operational');
    await world.restart(async () => watch.standStill(60 * MINUTE));
    await watch.pass(2 * SECOND);
    expect(await watch.state('jobs')).toBe('operational');
    await world.restart(async () => watch.standStill(5 * 24 * 60 * MINUTE));
    await watch.pass(150 * SECOND);
    expect(await watch.state('jobs')).toBe('no_data');
    await report();
    await watch.pass(2 * SECOND);
    expect(await watch.state('jobs')).toBe('operational');
    watch.stepWall(3 * 24 * 60 * MINUTE);
    await watch.pass(150 * SECOND);
    expect(await watch.state('jobs')).toBe('no_data');
    await report();
    await watch.pass(2 * SECOND);
    expect(await watch.state('jobs')).toBe('operational');
  });

  test('after a step forward what was seen before is not how things are, until a look answers well', async () => {
    const watch = await watched();
    await watch.pass(90 * SECOND);
    watch.answers.web = { outcome: 'down', latency: null, seen: 'HTTP 500' };
    watch.stepWall(8 * 60 * MINUTE);
    await watch.pass(3 * SECOND);
    expect([await watch.state('web'), await watch.state('api')]).toEqual(['no_data', 'operational']);
    watch.answers.web = UP;
    await watch.pass(61 * SECOND);
    expect(await watch.state('web')).toBe('operational');
  });

  test('started after a day, the day before is not how things are; after half a minute it is', async () => {
    const watch = await watched();
    await watch.pass(90 * SECOND);
    const { world } = watch;
    await world.restart(async () => watch.standStill(30 * SECOND));
    expect(await watch.state('api')).toBe('operational');
    await world.restart(async () => watch.standStill(24 * 60 * MINUTE));
    expect([await watch.state('api'), await watch.state('office')]).toEqual(['no_data', 'operational']);
    expect(await watch.page()).not.toMatch(/interrupted|All (checked )?systems operational/);
    expect((await world.get('/status/badge.svg')).text).toContain('no data');
    await watch.pass(2 * SECOND);
    expect(await watch.page()).toContain('operational');
    expect(await watch.state('api')).toBe('operational');
  });

  test('started after a day with a check that hangs, it is said when two periods have passed', async () => {
    const watch = await watched();
    await watch.pass(90 * SECOND);
    watch.answers.api = null;
    await watch.world.restart(async () => watch.standStill(24 * 60 * MINUTE));
    await watch.pass(LIMIT + SECOND);
    expect(await watch.page()).toContain('Monitoring of API has been interrupted since');
  });
});

test('after the clock was set back, what was checked before is not "not checked yet"', async () => {
  const watch = await watched();
  await watch.pass(3 * MINUTE);
  Object.assign(watch.answers, { api: null, web: null });
  watch.stepWall(-2 * 60 * MINUTE);
  await watch.pass(5 * SECOND);
  const page = await watch.page();
  expect(page).toContain('All checked systems operational');
  expect(page).not.toMatch(/Not checked yet|Waiting for the first checks/);
  expect(page).toMatch(/Checked .*10:03/);
});

test('a check that hung, and since then only ends without a result, is named once', async () => {
  const watch = await watched();
  await watch.pass(90 * SECOND);
  watch.answers.api = null;
  await watch.pass(5 * MINUTE);
  watch.answers.api = { outcome: 'unknown', latency: null, seen: 'not checked' };
  await watch.pass(5 * MINUTE);
  expect(watch.logged(/gives no result/)).toEqual([]);
  expect((await problems(watch)).filter(message => message.includes('"API"'))).toEqual([
    expect.stringContaining('no check of "API" has ended since'),
  ]);
});
