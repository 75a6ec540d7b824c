// Our own network down: what cannot be seen is said to be unseen, not down; proven on loopback ports.
import { createServer, type Server } from 'node:net';
import { describe, expect, onTestFinished, test } from 'vitest';
import { openWorld, type WorldOptions } from '../world.ts';

/** A port that answers while `open`, and refuses while not: the outside world, or one server of it. */
interface Port {
  readonly address: string;
  open(): Promise<void>;
  shut(): Promise<void>;
  /** How often somebody connected. */
  asked(): number;
}

async function port(): Promise<Port> {
  let server: Server | undefined;
  let number = 0;
  let asked = 0;
  const shut = async () => {
    await new Promise<void>(resolve => (server ? server.close(() => resolve()) : resolve()));
    server = undefined;
  };
  const open = () =>
    new Promise<void>(resolve => {
      server = createServer(socket => {
        asked++;
        socket.destroy();
      }).listen(number, '127.0.0.1', () => resolve());
    });
  await open();
  number = (server!.address() as { port: number }).port;
  onTestFinished(shut);
  return { address: `127.0.0.1:${number}`, open, shut, asked: () => asked };
}

const site = (reference: string | null, addresses: readonly string[]) => () =>
  `
${reference ? `network: { reference: "${reference}" }` : ''}
components:
${addresses
  .map((address, i) => {
    const [host, number] = address.split(':');
    return `  - { id: c${i}, name: C${i}, check: { type: tcp, host: "${host}", port: ${number}, timeout: 2s } }`;
  })
  .join('\n')}
`;

describe('when everything fails at once', () => {
  test('and the reference too, nothing is called an outage, and it is said why', async () => {
    const [outside, a, b] = [await port(), await port(), await port()];
    const world = await openWorld({ site: site(outside.address, [a.address, b.address]) });
    await world.pass(60, 20);
    for (const one of [outside, a, b]) await one.shut();
    await world.pass(300, 10);
    expect(await world.files()).toEqual([]);
    const page = (await world.get('/status/live')).text;
    expect(page).toContain('Our own network has been down since');
    const ready = await world.get('/readyz');
    expect([ready.status, ready.json.problems[0].message]).toEqual([
      200,
      expect.stringContaining('our own network seems to be down'),
    ]);
    const { components } = (await world.get('/api/uptime.json')).json;
    expect(components.map((one: { status: string }) => one.status)).toEqual(['no_data', 'no_data']);
    const before = components[0].observed_seconds;

    for (const one of [outside, a, b]) await one.open();
    await world.pass(60, 10);
    expect((await world.get('/status/live')).text).not.toContain('our own network');
    expect((await world.get('/readyz')).json.problems).toEqual([]);
    const after = (await world.get('/api/uptime.json')).json.components[0];
    expect(after.status).toBe('operational');
    // Five minutes blind, one of seeing: none of the five is counted.
    expect(after.observed_seconds - before).toBeLessThanOrEqual(61);
    expect(after.unobserved_seconds).toBeGreaterThanOrEqual(290);
  });

  test('a login in the address of the reference is not said', async () => {
    const a = await port();
    const world = await openWorld({
      site: site('http://u:hunter2@127.0.0.1:1/x?key=hunter2', [a.address]),
    });
    await world.pass(60, 20);
    await a.shut();
    await world.pass(300, 10);
    const said = (await world.get('/readyz')).text;
    expect(said).toContain('the reference 127.0.0.1:1 have failed');
    expect(said + JSON.stringify(world.logged)).not.toContain('hunter2');
  });

  test('but the reference answers, it is an outage', async () => {
    const [outside, a] = [await port(), await port()];
    const world = await openWorld({ site: site(outside.address, [a.address]) });
    await world.pass(60, 20);
    await a.shut();
    await world.pass(180, 10);
    expect(await world.files()).toEqual(['20260310_c0-down.md']);
  });

  test('a reference that is down by itself hides nobody else’s outage', async () => {
    const [outside, a, b] = [await port(), await port(), await port()];
    const world = await openWorld({ site: site(outside.address, [a.address, b.address]) });
    await world.pass(60, 20);
    await outside.shut();
    await a.shut();
    await world.pass(180, 10);
    expect(await world.files()).toEqual(['20260310_c0-down.md']);
  });

  test('what was found of our own network holds for seconds: it is back, and the outage is one', async () => {
    const [outside, a] = [await port(), await port()];
    const world = await openWorld({ site: site(outside.address, [a.address]) });
    await world.pass(60, 20);
    for (const one of [outside, a]) await one.shut();
    await world.pass(180, 10);
    expect(await world.files()).toEqual([]);
    await outside.open();
    await world.pass(180, 10);
    expect(await world.files()).toEqual(['20260310_c0-down.md']);
  });

  test('and the other way: that it was there says nothing of it now', async () => {
    const [outside, a, b] = [await port(), await port(), await port()];
    const world = await openWorld({ site: site(outside.address, [a.address, b.address]) });
    await world.pass(60, 20);
    await a.shut();
    await world.pass(180, 10);
    expect(await world.files()).toEqual(['20260310_c0-down.md']);
    for (const one of [outside, b]) await one.shut();
    await world.pass(180, 10);
    expect(await world.files()).toEqual(['20260310_c0-down.md']);
    expect((await world.get('/status/live')).text).toContain('Our own network has been down since');
  });

  test('the checks of one moment ask the reference once', async () => {
    const [outside, ...dead] = [await port(), await port(), await port(), await port()];
    for (const one of dead) await one.shut();
    const world = await openWorld({
      site: site(
        outside.address,
        dead.map(({ address }) => address),
      ),
    });
    await world.pass(1, 1);
    await expect.poll(outside.asked).toBeGreaterThan(0);
    expect(outside.asked()).toBe(1);
  });

  test('without a reference there is nothing to compare with', async () => {
    const a = await port();
    const world = await openWorld({ site: site(null, [a.address]) });
    await a.shut();
    await world.pass(180, 10);
    expect(await world.files()).toEqual(['20260310_c0-down.md']);
  });
});

describe('what is on this machine or in a private network', () => {
  /** Nothing outside has an address: the machine is offline. */
  const offline: NonNullable<WorldOptions['network']> = {
    lookup: (_name, _options, done) => done(Object.assign(new Error('no'), { code: 'ENOTFOUND' }), '', 0),
  };
  const withOutside = (reference: string, local: string) => () =>
    `${site(reference, [local])()}
  - { id: web, name: Web, check: { type: tcp, host: www.example.com, port: 443, timeout: 2s } }
`;

  test('answers without our own network, so it does not prove that it works', async () => {
    const local = await port();
    const world = await openWorld({
      network: offline,
      site: withOutside('https://reference.example', local.address),
    });
    await world.pass(600, 20);
    expect(await world.files()).toEqual([]);
    expect(world.logged.map(({ message }) => message)).not.toContain('our own network is back');
    const page = (await world.get('/status/live')).text;
    expect(page).toContain('Our own network has been down since');

    // It can fail all the same, and says so.
    await local.shut();
    await world.pass(240, 20);
    expect(await world.files()).toEqual(['20260310_c0-down.md']);
    expect((await world.get('/api/uptime.json')).json.components[1].status).toBe('no_data');
  });
});
