// A check that runs and never has a result: visitors see "No data", and the operators are told why.
import { describe, expect, onTestFinished, test } from 'vitest';
import type { ProbeResult } from '../../../src/core/model/checks/check.ts';
import { openWorld, type World } from '../world.ts';

const SITE = (target: string) => `
title: Levqor Status
components:
  - { id: mailer, name: Mailer, check: { type: statuspage, url: "${target}" } }
  - { id: office, name: Office, check: { type: manual } }
  - { id: later, name: Later, check: { type: http, url: "" } }
`;
const SUMMARY = JSON.stringify({ status: { indicator: 'none', description: 'All Systems Operational' } });

const problems = async (world: World): Promise<string[]> =>
  (await world.get('/readyz')).json.problems.map(({ message }: { message: string }) => message);
const logged = (world: World) => world.logged.filter(({ message }) => message.includes('gives no result'));
const page = async (world: World) => (await world.get('/status/live')).text;

describe('a provider’s status page that cannot be read', () => {
  test('is named after three looks, and never "not checked yet"; its first result ends that', async () => {
    const world = await openWorld({ site: SITE });
    await world.pass(65, 5);
    expect(await problems(world)).toEqual([]);
    for (const words of ['Waiting for the first checks', 'Not checked yet'])
      expect(await page(world)).not.toContain(words);
    expect(await page(world)).toContain('No current data');
    await world.pass(60, 5);
    const told =
      'component mailer: the check of "Mailer" gives no result: upstream status page: answered with something that is not a status summary — correct `url` or `component` of its check in status.yaml; try it with: npm run status -- check mailer';
    expect(await problems(world)).toEqual([told]);
    await world.pass(300, 5);
    expect(logged(world).map(({ level, message }) => [level, message])).toEqual([['warn', told]]);
    await world.restart();
    await world.pass(1);
    expect(await problems(world)).toEqual([told]);

    world.service.body = SUMMARY;
    await world.pass(61, 5);
    expect(await problems(world)).toEqual([]);
    expect(await page(world)).toContain('Checked ');
  });

  test('is named if it was readable before, until another address is given', async () => {
    const world = await openWorld({ site: SITE });
    world.service.body = SUMMARY;
    await world.pass(120, 5);
    expect(await problems(world)).toEqual([]);
    world.service.status = 502;
    await world.pass(180, 5);
    expect(await problems(world)).toEqual([
      expect.stringContaining('gives no result: upstream status page: HTTP 502'),
    ]);
  });

  test('is quoted with its trouble, after a restart too, and no longer once it is read no more', async () => {
    const world = await openWorld({ site: SITE });
    world.service.body = JSON.stringify({
      status: { indicator: 'critical', description: 'Sending is <down>' },
    });
    const quote = '<q>Sending is &lt;down&gt;</q>';
    await world.pass(300, 5);
    expect(await page(world)).toContain(quote);
    await world.restart();
    await world.pass(1);
    expect(await page(world)).toContain(quote);
    world.service.status = 502;
    await world.pass(65, 5);
    expect(await page(world)).not.toContain(quote);
  });
});

/** Each answer of the probe is what `seen` says, by component. */
async function opened(answers: Record<string, ProbeResult>, reference = '') {
  const world = await openWorld({
    site: () => `
${reference}
components:
  - { id: api, name: API, check: { type: http, url: "https://api.example/" } }
  - { id: mailer, name: Mailer, check: { type: statuspage, url: "https://mailer.example/" } }
`,
    outside: {
      probe: async check =>
        answers['url' in check ? new URL(check.url).hostname.split('.')[0]! : 'reference'] ?? UP,
    },
  });
  onTestFinished(() => expect(world.logged.filter(({ level }) => level === 'error')).toEqual([]));
  return world;
}
const UP: ProbeResult = { outcome: 'up', latency: 5, seen: 'HTTP 200' };
const DOWN: ProbeResult = { outcome: 'down', latency: null, seen: 'refused the connection' };
const UNREAD: ProbeResult = {
  outcome: 'unknown',
  latency: null,
  seen: 'upstream status page: host name not found',
};

test('while our own network is down, and after it, nothing else is named', async () => {
  const answers: Record<string, ProbeResult> = { api: DOWN, mailer: UNREAD, reference: DOWN };
  const world = await opened(answers, 'network: { reference: "1.1.1.1:53" }');
  await world.pass(300, 5);
  expect(await problems(world)).toEqual([expect.stringContaining('our own network seems to be down')]);
  Object.assign(answers, { api: UP, mailer: UP, reference: UP });
  await world.pass(180, 1);
  expect([await problems(world), logged(world)]).toEqual([[], []]);
});

test('any kind of check is named with what it saw', async () => {
  const world = await opened({ api: { ...UNREAD, seen: 'not checked' }, mailer: UP });
  await world.pass(180, 5);
  expect(await problems(world)).toEqual([
    expect.stringMatching(/^component api: the check of "API" gives no result: not checked — .*check api$/),
  ]);
});
