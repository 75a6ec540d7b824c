// Load shedding: lateness that lasts is noticed, a hiccup is not, and it passes. With it, what a flood leaves in memory.
import { Agent, request } from 'node:http';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { expect, onTestFinished, test } from 'vitest';
import { startPulse } from '../../../src/outside/pulse.ts';
import { openWorld } from '../../walks/world.ts';

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

/** Holds the event loop up for so long, ms. */
function hold(length: number): void {
  const end = performance.now() + length;
  while (performance.now() < end);
}

test('a process that is late again and again is overloaded until it is not; one hiccup is none', async () => {
  // A tenth of the real limit, for holding a test up for seconds helps nobody.
  const { isOverloaded, stop } = startPulse(200);
  onTestFinished(stop);
  const turn = () => new Promise(resolve => setTimeout(resolve, 1));
  hold(400);
  await turn();
  await turn();
  expect(isOverloaded()).toBe(false);
  for (let i = 0; i < 30 && !isOverloaded(); i++) {
    hold(400);
    await turn();
  }
  expect(isOverloaded()).toBe(true);
  await expect.poll(isOverloaded, { timeout: 15_000 }).toBe(false);
});

test.each([1000, 2500])('one pause of %d ms is no overload, however long it was', async length => {
  const { isOverloaded, stop } = startPulse(200);
  onTestFinished(stop);
  await new Promise(resolve => setTimeout(resolve, 60));
  hold(length);
  for (let i = 0; i < 5; i++) {
    await new Promise(resolve => setTimeout(resolve, 20));
    expect(isOverloaded()).toBe(false);
  }
});

test('whatever strangers send in floods, nothing of it is kept', async () => {
  const world = await openWorld({ env: { TRUST_PROXY: '1', API_TOKEN: 'the-api-token-of-this-test' } });
  const port = Number(new URL(world.url).port);
  const agent = new Agent({ keepAlive: true, maxSockets: 16 });
  onTestFinished(() => agent.destroy());
  const ask = (i: number) =>
    new Promise<void>((resolve, reject) => {
      const long = `${i}-${'x'.repeat(1000)}`;
      const paths = [
        '/status/live',
        `/${long}`,
        `/status/incidents/${long}`,
        `/heartbeats/${long}`,
        `/status/live?${long}`,
      ];
      const more = [
        `/api/components/${long}/latency.json`,
        `/status/confirm?token=${long}`,
        `/status/og/${long}.png`,
      ];
      const headers = {
        'x-forwarded-for': `2001:db8:${(i >> 8).toString(16)}:${(i & 255).toString(16)}::1`,
        // Kept, this alone would be fifteen megabytes.
        'accept-language': `de-${i}-${'x'.repeat(10_000)}`,
        'accept-encoding': `gzip, ${long}`,
        'if-none-match': `"${i}"`,
        authorization: `Bearer ${i}`,
      };
      const path = [...paths, ...more, `/webhooks/${long}`][i % 9] as string;
      const method = path.startsWith('/webhooks') ? 'POST' : 'GET';
      request({ port, agent, path, method, headers }, res => {
        res.resume().on('end', resolve);
      })
        .on('error', reject)
        .end();
    });
  const flood = async (from: number, to: number) => {
    for (let i = from; i < to; i += 100) await Promise.all(Array.from({ length: 100 }, (_, j) => ask(i + j)));
    world.logged.splice(0);
    collectGarbage();
    const { heapUsed, external } = process.memoryUsage();
    return (heapUsed + external) / 1e6;
  };
  const before = await flood(0, 500);
  expect((await flood(500, 2000)) - before).toBeLessThan(7);
});
