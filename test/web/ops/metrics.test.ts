// /metrics: documented names, true numbers, and nothing about visitors.
import { describe, expect, test } from 'vitest';
import { openWorld } from '../../walks/world.ts';

const NAMES = [
  'status_live_checks_total',
  'status_live_check_duration_seconds',
  'status_live_check_lateness_seconds',
  'status_live_check_latency_seconds',
  'status_live_request_duration_seconds',
  'status_live_requests_total',
  'status_live_render_duration_seconds',
  'status_live_component_state',
  'status_live_incidents_open',
  'status_live_problems',
  'status_live_network_down',
  'status_live_incidents_missing',
  'status_live_snapshot_timestamp_seconds',
  'status_live_outbox_pending',
  'status_live_outbox_given_up',
  'process_cpu_seconds_total',
];

describe('/metrics', () => {
  test('counts checks by outcome and tells the present state', async () => {
    const world = await openWorld();
    await world.pass(60);
    world.service.status = 503;
    await world.pass(180, 10);
    const { status, text, headers } = await world.get('/metrics');
    expect([status, headers.get('cache-control')]).toEqual([200, 'no-store']);
    expect(headers.get('content-type')).toMatch(/^text\/plain; version=0\.0\.4/);
    for (const name of NAMES) expect(text).toMatch(new RegExp(`^# TYPE ${name} `, 'm'));
    expect(text).toContain('status_live_checks_total{component="api",type="http",outcome="up"} 1');
    expect(text).toMatch(/status_live_checks_total\{component="api",type="http",outcome="down"\} [3-9]/);
    expect(text).toContain('status_live_component_state{component="api"} 4');
    expect(text).toContain('status_live_component_state{component="dashboard"} 0');
    expect(text).toContain('status_live_component_state{component="jobs"} -1');
    expect(text).toContain('status_live_incidents_open 1');
    expect(text).toContain('status_live_outbox_pending 0');
  });

  test('labels requests by route: no address, no query, no token of anybody', async () => {
    const world = await openWorld();
    await world.get('/status/incidents/of-somebody?token=secret-1');
    await world.get('/heartbeats/secret-2');
    await world.get('/status/subscribe?email=user@example.com');
    await world.get('/nowhere/secret-3');
    const { text } = await world.get('/metrics');
    expect(text).toMatch(/request_duration_seconds_count\{route="\/heartbeats\/:token",status="404"\} 1/);
    expect(text).toMatch(/request_duration_seconds_count\{route="none",status="404"\}/);
    expect(text).not.toMatch(/secret|somebody|example\.com|nowhere/);
  });

  test('counts what is answered from memory too', async () => {
    const world = await openWorld();
    for (let i = 0; i < 5; i++) await world.get('/status/live');
    expect((await world.get('/metrics')).text).toMatch(/^status_live_requests_total 6$/m);
  });
});
