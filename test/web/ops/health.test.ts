// /readyz and /metrics while the database answers nothing at all.
import { createServer } from 'node:http';
import express from 'express';
import { expect, onTestFinished, test } from 'vitest';
import { openDatabase } from '../../../src/store/db/database.ts';
import type { Web } from '../../../src/web/context.ts';
import { healthRoutes, metricsRoutes } from '../../../src/web/ops/health.ts';
import { Metrics } from '../../../src/web/ops/metrics.ts';
import { component, snapshot, view } from '../../makers.ts';

test('a database that never answers does not keep the operator from being told', async () => {
  const errors: string[] = [];
  const stalled = { ...view(component('api'), 'no_data'), stall: { since: 0, isInterrupted: true } };
  const web = {
    refresh: { current: () => snapshot([stalled]) },
    metrics: new Metrics(),
    notifications: { depth: () => new Promise(() => {}) },
    db: openDatabase(':memory:'),
    clock: () => 0,
    storage: { problem: () => null },
    log: { error: (_: object, message: string) => errors.push(message) },
  } as unknown as Web;
  const app = express();
  healthRoutes(app, web);
  metricsRoutes(app, web);
  const server = createServer(app);
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  const { port } = server.address() as { port: number };
  const [ready, metrics] = await Promise.all(
    ['readyz', 'metrics'].map(async path => (await fetch(`http://127.0.0.1:${port}/${path}`)).text()),
  );
  expect(JSON.parse(ready as string)).toMatchObject({ ok: false, outbox: null });
  expect(metrics).toContain('status_live_stalled_components 1\n');
  expect(metrics).toContain('status_live_outbox_pending Nan');
  expect(errors).toEqual(['the database does not answer']);
});
