// depends_on: one outage of a parent is one incident that names its children, not one for each of them.
import { createServer, type Server } from 'node:http';
import { describe, expect, onTestFinished, test } from 'vitest';
import { openWorld, type World } from '../world.ts';

const SITE = (child: string) => (parent: string) =>
  `
components:
  - { id: database, name: Database, check: { type: http, url: "${parent}" }, schedule: "0,20,40 * * * * *" }
  - { id: api, name: API, depends_on: [database], check: { type: http, url: "${child}" } }
  - { id: page, name: Page, depends_on: [api], check: { type: manual } }
`;

/** The parent is the world's service; the child a server of its own. */
async function opened(): Promise<World & { child: { status: number } }> {
  const child = { status: 200 };
  const server: Server = createServer((_req, res) => res.writeHead(child.status).end());
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as { port: number };
  const world = await openWorld({ site: SITE(`http://127.0.0.1:${port}`) });
  await world.pass(60, 10);
  return Object.assign(world, { child });
}

describe("a parent's outage", () => {
  test('names and affects its children, whose own incidents are not opened', async () => {
    const world = await opened();
    world.service.status = 503;
    await world.pass(120, 10);
    world.child.status = 503;
    await world.pass(240, 10);
    expect(await world.files()).toEqual(['20260310_database-down.md']);
    const text = await world.read('20260310_database-down.md');
    expect(text).toContain('components: [database, api, page]');
    expect(text).toContain('Components that depend on it are also affected: API, Page.');
    const { components } = (await world.get('/api/uptime.json')).json;
    for (const one of components) {
      expect([one.id, one.status, one.intervals.length]).toEqual([one.id, 'major_outage', 1]);
    }
    world.service.status = 200;
    world.child.status = 200;
    await world.pass(240, 10);
    expect(await world.files()).toEqual(['20260310_database-down.md']);
    expect(await world.read('20260310_database-down.md')).toContain('status: resolved');
    expect((await world.get('/status/live')).text).toContain('All systems operational');
  });

  test('that a child outlasts leaves the child an incident of its own, from when it began', async () => {
    const world = await opened();
    world.service.status = 503;
    await world.pass(120, 10);
    world.child.status = 503;
    await world.pass(180, 10);
    world.service.status = 200;
    await world.pass(360, 10);
    expect(await world.files()).toEqual(['20260310_api-down.md', '20260310_database-down.md']);
    const began = /started: (\S+)/.exec(await world.read('20260310_api-down.md'))?.[1] as string;
    const ended = /resolved: (\S+)/.exec(await world.read('20260310_database-down.md'))?.[1] as string;
    expect(began < ended).toBe(true);
  });

  test('is none when the child alone fails', async () => {
    const world = await opened();
    world.child.status = 503;
    await world.pass(240, 10);
    expect(await world.files()).toEqual(['20260310_api-down.md']);
    expect(await world.read('20260310_api-down.md')).toContain('also affected: Page.');
  });
});
