// A clock that steps: the whole system by a wall clock and one that only grows, set apart by hand.
import { describe, expect, test } from 'vitest';
import { openWorld, SITE, subscribed, type World } from '../world.ts';

const DAY = 86_400;
const YEARS = 3650 * DAY;
/** Both checks confirm after two looks; nobody waits for a minute to pass. */
const QUICK = (target: string) =>
  SITE(target).replace('{ id: api,', '{ id: api, detect: { failures: 2, recoveries: 1, latency: 30s },');
const EVERY = { timeout: 120_000 };

const problems = async (world: World): Promise<{ where: string; what: string; level: string }[]> =>
  (await world.get('/readyz')).json.problems;
const clockProblems = async (world: World) =>
  (await problems(world)).filter(({ where }) => where === 'clock').map(({ what }) => what);
const open = async (world: World): Promise<string[]> =>
  (await world.get('/api/v2/incidents/unresolved.json')).json.incidents.map(
    (one: { name: string }) => one.name,
  );
const statuses = async (world: World): Promise<string[]> =>
  (await world.get('/api/v2/components.json')).json.components.map((one: { status: string }) => one.status);
/** The minute in which the check of the API last looked, by the clock of then, epoch ms. */
const lookedIn = (world: World) =>
  world.system.snapshot().components.find(({ component }) => component.id === 'api')?.checkedAt;

describe('a step of the wall clock', () => {
  test.each([
    [-3, 'was set back by 3 seconds'],
    [-600, 'was set back by 10 minutes'],
    [-YEARS, 'was set back by 3650 days'],
    [8 * 3600, 'went forward by 8 hours'],
    [DAY, 'went forward by 1 day'],
    [YEARS, 'went forward by 3650 days'],
  ])(
    'of %d seconds: said, everything looked at with the next turn, nothing invented',
    async (by, said) => {
      const world = await openWorld({ site: QUICK });
      const beat = () => world.get(`/heartbeats/${world.system.heartbeatToken('jobs')}`);
      await beat();
      await world.pass(120, 1);
      // A step this small gives no job its time anew.
      if (by === -3) await beat();
      world.stepClock(by);
      await world.pass(1);
      expect(lookedIn(world)).toBe(Math.floor(world.now() / 60_000) * 60_000);
      const line = world.logged.find(({ message }) => message.includes(said));
      expect(line?.level).toBe('warn');
      const ready = await world.get('/readyz');
      expect([ready.status, ready.json.ok]).toEqual([200, true]);
      expect(await clockProblems(world)).toEqual([expect.stringContaining(said)]);
      // A job has its whole period anew, and a beat in it is no recovery.
      await world.pass(300, 10);
      await beat();
      await world.pass(290, 10);
      expect(await clockProblems(world)).toHaveLength(1);
      await world.pass(20, 1);
      expect(await clockProblems(world)).toEqual([]);
      expect([await world.files(), await open(world)]).toEqual([[], []]);
      expect(await statuses(world)).toEqual(['operational', 'operational', 'operational']);
      expect(world.logged.filter(({ level }) => level === 'error')).toEqual([]);
    },
    EVERY.timeout,
  );

  test.each([-600, -DAY, DAY])(
    'of %d seconds: an outage that begins after it is told as fast as any',
    async by => {
      const world = await openWorld({ site: QUICK });
      await subscribed(world, 'ann@example.com');
      await world.pass(120, 1);
      world.stepClock(by);
      await world.pass(2, 1);
      world.service.status = 500;
      await world.pass(75, 1);
      expect(await open(world)).toEqual(['API Down']);
      expect(world.mails.at(-1)?.subject).toBe('[INCIDENT] API Down');
      world.service.status = 200;
      await world.pass(62, 1);
      expect(await open(world)).toEqual([]);
      await world.pass(60, 1);
      expect(world.mails.at(-1)?.subject).toBe('[RESOLVED] API Down');
    },
    EVERY.timeout,
  );

  test(
    'an outage stays one while the clock goes there and back, and so does a silent job',
    async () => {
      const world = await openWorld({ site: QUICK });
      await world.get(`/heartbeats/${world.system.heartbeatToken('jobs')}`);
      await world.pass(60, 1);
      world.service.status = 500;
      await world.pass(400, 1);
      expect(await open(world)).toHaveLength(2);
      const files = await world.files();
      for (const by of [-600, DAY, -DAY, YEARS, -YEARS]) {
        world.stepClock(by);
        await world.pass(130, 1);
        expect([await world.files(), (await open(world)).sort()]).toEqual([
          files,
          ['API Down', 'Background Jobs Down'],
        ]);
      }
    },
    EVERY.timeout,
  );

  test.each([
    ['a check', 'api', 'API Down'],
    ['a job', 'jobs', 'Background Jobs Down'],
  ])(
    'during an outage of %s: file, mail, page and uptime tell the same length',
    async (_, id, name) => {
      const world = await openWorld({ site: QUICK });
      const say = (how: string) => world.get(`/heartbeats/${world.system.heartbeatToken('jobs')}${how}`);
      const set = async (isWell: boolean) => {
        if (id === 'jobs') await say(isWell ? '' : '?status=down');
        else world.service.status = isWell ? 200 : 500;
      };
      await say('');
      await subscribed(world, 'ann@example.com');
      await world.pass(60, 1);
      await set(false);
      await world.pass(90, 1);
      expect(await open(world)).toEqual([name]);
      for (const by of [-1800, 1800, 8 * 3600, YEARS, -YEARS - 8 * 3600]) {
        world.stepClock(by);
        await world.pass(6, 1);
      }
      await set(true);
      await world.pass(150, 1);
      const [file] = await world.files();
      const text = await world.read(file!);
      const at = (key: string) => Date.parse(new RegExp(`^${key}: (.*)$`, 'm').exec(text)![1]!);
      const seconds = (at('resolved') - at('started')) / 1000;
      expect(seconds).toBeGreaterThan(60);
      expect(seconds).toBeLessThan(240);
      const minutes = Math.floor(seconds / 60);
      const said = `The outage lasted ${minutes} minute${minutes === 1 ? '' : 's'}${seconds % 60 ? ` ${seconds % 60} second${seconds % 60 === 1 ? '' : 's'}` : ''}.`;
      const mail = world.mails.findLast(({ subject }) => subject === `[RESOLVED] ${name}`);
      const { components } = (await world.get('/api/uptime.json')).json;
      const page = (await world.get(`/status/incidents/${file!.replace('.md', '')}`)).text;
      for (const each of [text, mail?.text ?? '', page]) {
        expect(each.replace(/\s+/g, ' ')).toContain(said);
        expect(each.replace(/\s+/g, ' ').replaceAll(said, '')).not.toContain('outage lasted');
      }
      const told = components.find((one: { id: string }) => one.id === id);
      expect(told.downtime_seconds).toBe(seconds);
    },
    EVERY.timeout,
  );

  test.each(['0 15 3 * * MON', '*/30 * * * *', '* * * * *'])(
    'what it skips was not looked at: %s',
    async schedule => {
      const rare = (target: string) =>
        QUICK(target).replace('{ id: api,', `{ id: api, schedule: "${schedule}",`);
      const world = await openWorld({ site: rare });
      const beat = () => world.get(`/heartbeats/${world.system.heartbeatToken('jobs')}`);
      const observed = async () => {
        const { components } = (await world.get('/api/uptime.json')).json;
        return ['api', 'jobs'].map(
          id => components.find((one: { id: string }) => one.id === id).observed_seconds as number,
        );
      };
      await beat();
      await world.pass(10, 1);
      let passed = 10;
      const steps = [
        -1800,
        1800,
        100,
        -100,
        1900,
        -1900,
        12 * 3600,
        -12 * 3600,
        8 * 3600,
        DAY,
        -DAY - 8 * 3600,
      ];
      for (const by of steps) {
        world.stepClock(by);
        if (by > 0) await beat();
        await world.pass(5, 1);
        passed += 5;
        // And a second for the first look of all.
        for (const seconds of await observed()) expect(seconds).toBeLessThanOrEqual(passed + 1);
      }
      // What is looked at counts as before.
      const [before] = await observed();
      await world.pass(3600, 10);
      const [after] = await observed();
      if (schedule !== '0 15 3 * * MON') expect(after! - before!).toBeGreaterThan(1700);
      expect(after! - before!).toBeLessThanOrEqual(3600 + passed);
    },
    EVERY.timeout,
  );

  test('a restart keeps what went by before it', async () => {
    const rare = (target: string) =>
      QUICK(target).replace('{ id: api,', '{ id: api, schedule: "0 15 3 * * MON",');
    const world = await openWorld({ site: rare });
    await world.pass(10, 1);
    await world.restart();
    await world.pass(600, 10);
    await world.restart();
    await world.pass(60, 1);
    const [api] = (await world.get('/api/uptime.json')).json.components;
    expect(api.observed_seconds).toBeGreaterThanOrEqual(600);
    expect(api.observed_seconds).toBeLessThanOrEqual(api.total_seconds + 1);
  });

  test(
    'mail that was put off waits no longer for a clock set back',
    async () => {
      const world = await openWorld({ site: QUICK });
      await subscribed(world, 'ann@example.com');
      world.smtp.refuse = () => ({ code: 451, text: 'later' });
      world.service.status = 500;
      await world.pass(90, 1);
      expect(await open(world)).toEqual(['API Down']);
      const before = world.mails.length;
      world.smtp.refuse = null;
      world.stepClock(-DAY);
      await world.pass(2, 1);
      expect(world.mails.slice(before).map(({ subject }) => subject)).toContain('[INCIDENT] API Down');
    },
    EVERY.timeout,
  );

  test(
    'a copy is written at once on the new clock, then as its schedule says',
    async () => {
      const world = await openWorld({
        site: target => `${QUICK(target)}\nexport: { schedule: "0 3 * * *", to: copy }\n`,
      });
      const written = () => world.logged.filter(({ message }) => message === 'static copy written').length;
      await world.pass(60, 1);
      expect(written()).toBe(1);
      for (const by of [-600, DAY]) {
        const before = written();
        world.stepClock(by);
        await world.pass(3, 1);
        expect([by, written()]).toEqual([by, before + 1]);
      }
    },
    EVERY.timeout,
  );

  test(
    'what a step costs does not grow with it',
    async () => {
      const world = await openWorld({
        site: target => `${QUICK(target)}\nexport: { schedule: "*/5 * * * *", to: copy }\n`,
      });
      await world.pass(60, 1);
      const cost = async (by: number) => {
        world.stepClock(by);
        const began = process.cpuUsage();
        await world.pass(1);
        const { user, system } = process.cpuUsage(began);
        return (user + system) / 1000;
      };
      await cost(60);
      for (const by of [8 * 3600, DAY, YEARS, -YEARS]) expect(await cost(by)).toBeLessThan(1500);
    },
    EVERY.timeout,
  );
});

test('a step while the program starts is a step, and no silence of a job', async () => {
  const begun = Date.UTC(2026, 2, 10, 12);
  let world: World | null = null;
  let starting = false;
  let stepped = 0;
  // The first question of a start is answered by the clock before the step.
  const clock = () => {
    const now = (world?.now() ?? begun) + stepped;
    if (starting) [starting, stepped] = [false, 6 * 60_000];
    return now;
  };
  world = await openWorld({
    site: () =>
      'title: T\ncomponents:\n  - { id: jobs, name: Jobs, check: { type: heartbeat, period: 30s, grace: 30s } }\n',
    outside: { clock },
  });
  await world.get(`/heartbeats/${world.system.heartbeatToken('jobs')}`);
  await world.pass(20, 5);
  await world.restart(async () => {
    starting = true;
  });
  await world.pass(30, 5);
  expect(await world.files()).toEqual([]);
  expect(JSON.stringify((await world.get('/readyz')).json.problems)).toContain('went forward by 6 minutes');
});

test('news that waits for its grace is told after the clock was set back, too', async () => {
  const world = await openWorld({
    site: () =>
      'title: T\nnotify: { grace: 8s }\ncomponents:\n  - { id: api, name: API, check: { type: manual } }\n',
  });
  await subscribed(world, 'olga@example.com');
  await world.write(
    '20260310_api.md',
    '---\ntitle: API down\nstatus: investigating\nseverity: critical\nstarted: 2026-03-10T09:00:00Z\ncomponents: [api]\n---\nWe look.\n',
  );
  await world.pass(3, 1);
  world.stepClock(-90_000);
  await world.pass(20, 2);
  expect(world.mails.map(({ subject }) => subject).filter(subject => subject?.startsWith('['))).toEqual([
    '[INCIDENT] API down',
  ]);
});
