// An outage on PostgreSQL as on SQLite: checked, filed, told, ended; and one that begins while the database is away.
import { describe, expect, test } from 'vitest';
import { postgresPlace } from '../../../src/core/model/ports/database-url.ts';
import { freshPlace, hasPostgres } from '../../postgres.ts';
import { wayTo } from '../../store/db/tcp-proxies.ts';
import { openWorld, subscribed, type World } from '../world.ts';

const subjects = (world: World) =>
  world.mails.map(({ subject }) => subject ?? '').filter(subject => subject.startsWith('['));

describe.runIf(hasPostgres)('an outage on PostgreSQL', () => {
  test('is filed and told, also across a restart, and its end once', async () => {
    const { url, schema } = await freshPlace();
    const world = await openWorld({ env: { DATABASE_URL: url, DATABASE_SCHEMA: schema } });
    await subscribed(world, 'ann@example.com');
    await world.pass(120, 60);
    world.service.status = 503;
    await world.pass(300, 30);
    expect(await world.files()).toEqual(['20260310_api-down.md']);
    expect(subjects(world)).toEqual(['[INCIDENT] API Down']);
    await world.restart();
    expect((await world.get('/readyz')).json).toMatchObject({ role: 'leader', epoch: 2, ok: true });
    world.service.status = 200;
    await world.pass(600, 30);
    expect(await world.read('20260310_api-down.md')).toContain('status: resolved');
    expect(subjects(world)).toEqual(['[INCIDENT] API Down', '[RESOLVED] API Down']);
    expect((await world.get('/status/components/api')).status).toBe(200);
  });

  test('that begins while the database is away is shown, and filed with its true start afterwards', async () => {
    const place = await freshPlace();
    const way = await wayTo(place.url);
    const { url, schema } = postgresPlace(way.url, place.schema);
    const world = await openWorld({ env: { DATABASE_URL: url, DATABASE_SCHEMA: schema } });
    await subscribed(world, 'ann@example.com');
    await world.pass(120, 60);
    way.cut();
    world.service.status = 503;
    await expect
      .poll(async () => JSON.stringify((await world.get('/readyz')).json.problems), { timeout: 20_000 })
      .toContain('does not answer');
    const began = world.now();
    await world.pass(300, 30);
    expect(await world.files()).toEqual([]);
    const row = world.system.snapshot().components.find(({ component }) => component.id === 'api');
    expect(row?.health).toBe('major_outage');
    way.mend();
    await expect
      .poll(
        async () => {
          await world.pass(5, 1);
          return (await world.get('/readyz')).json.problems;
        },
        { timeout: 20_000 },
      )
      .toEqual([]);
    const [file] = await world.files();
    const [, started = ''] = /^started: (.*)$/m.exec(await world.read(file ?? '')) ?? [];
    expect(Math.abs(Date.parse(started) - began)).toBeLessThanOrEqual(60_000);
    expect(subjects(world)).toEqual(['[INCIDENT] API Down']);
  });
});
