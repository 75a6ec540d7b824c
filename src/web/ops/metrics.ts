// /metrics: what an operator's Prometheus may know of this process. Nothing of any visitor.
import type { Router } from 'express';
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import { badness } from '../../core/model/component.ts';
import { isOpen } from '../../core/model/incident.ts';
import { DAY, type Millis } from '../../core/model/time.ts';
import { certificateHost } from '../../core/monitoring/warning.ts';
import type { Web } from '../context.ts';
import type { Metrics } from './counters.ts';
import { answered } from './health.ts';

export function metricsRoutes(router: Router, { metrics, refresh, outbox }: Web): void {
  router.get('/metrics', async (_req, res) => {
    const depth = await answered(outbox()).catch(() => null);
    const text = await metrics.text(refresh.current(), depth);
    res.set({ 'Cache-Control': 'no-store', 'Content-Type': metrics.contentType }).send(text);
  });
}

/** A registry of its own each time: two systems in one process do not count together. */
export function makeMetrics(): Metrics {
  const registers = [new Registry()];
  const [registry] = registers as [Registry];
  collectDefaultMetrics({ register: registry });
  const name = (rest: string) => `status_live_${rest}`;
  const gauge = (rest: string, help: string, labelNames: string[] = []) =>
    new Gauge({ name: name(rest), help, labelNames, registers });

  const checks = new Counter({
    name: name('checks_total'),
    help: 'Checks by component, kind and outcome.',
    labelNames: ['component', 'type', 'outcome'],
    registers,
  });
  const duration = new Histogram({
    name: name('check_duration_seconds'),
    help: 'How long answers to checks took, by kind.',
    labelNames: ['type'],
    buckets: [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
    registers,
  });
  const lateness = new Histogram({
    name: name('check_lateness_seconds'),
    help: 'How long after they were due checks began.',
    buckets: [0.01, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10, 60],
    registers,
  });
  const latency = gauge('check_latency_seconds', 'The last answer of a component.', ['component']);
  const requests = new Histogram({
    name: name('request_duration_seconds'),
    help: 'Requests not answered from memory, by route and status.',
    labelNames: ['route', 'status'],
    buckets: [0.001, 0.005, 0.02, 0.1, 0.5, 2],
    registers,
  });
  // Counted with every answer from memory: a plain number, handed to the counter when somebody asks.
  let answered = 0;
  new Counter({
    name: name('requests_total'),
    help: 'All requests, those answered from memory among them.',
    registers,
    collect() {
      this.reset();
      this.inc(answered);
    },
  });
  const renders = new Histogram({
    name: name('render_duration_seconds'),
    help: 'How long views took to render, by view.',
    labelNames: ['view'],
    buckets: [0.001, 0.005, 0.02, 0.1, 0.5],
    registers,
  });
  const state = gauge(
    'component_state',
    '0 operational, 1 under maintenance, 2 degraded, 3 partial outage, 4 major outage, -1 no data.',
    ['component'],
  );
  const certificates = gauge(
    'certificate_days_left',
    'Days until the certificate a check was last shown ends.',
    ['component'],
  );
  const ends = new Map<string, Millis>();
  const warnings = gauge('warnings', 'What is to be mended and is no outage, by component.', ['component']);
  const open = gauge('incidents_open', 'Incidents that are not resolved.');
  const problems = gauge('problems', 'What /readyz lists, by level.', ['level']);
  const blind = gauge('network_down', '1 while our own network is down.');
  const stalled = gauge('stalled_components', 'Components whose looks do not end any more.');
  const missing = gauge('incidents_missing', '1 while the folder of the incident files is missing.');
  const composed = gauge('snapshot_timestamp_seconds', 'When what visitors see was composed.');
  const pending = gauge('outbox_pending', 'Emails to be sent.');
  const givenUp = gauge('outbox_given_up', 'Emails given up.');
  const messages = gauge('channel_pending', 'Messages to be sent, by channel.', ['channel']);
  const lost = gauge('channel_given_up', 'Messages given up, by channel.', ['channel']);
  const health = gauge('channel_state', '1 well, 0 failing or resting after a failure, -1 dead.', [
    'channel',
  ]);

  return {
    contentType: registry.contentType,
    checked({ id, check: { type } }, late, { outcome, latency: took, certificateEnd }) {
      if (certificateEnd !== undefined) ends.set(id, certificateEnd);
      checks.inc({ component: id, type, outcome });
      lateness.observe(late / 1000);
      if (took === null) return;
      duration.observe({ type }, took / 1000);
      latency.set({ component: id }, took / 1000);
    },
    timed: render => (view, data) => {
      const end = renders.startTimer({ view });
      const text = render(view, data);
      end();
      return text;
    },
    request(req, res, next) {
      const end = requests.startTimer();
      res.once('close', () => {
        // The route's pattern, never the address: labels must stay few and tell of nobody.
        const route = req.route as { path?: string | string[] } | undefined;
        end({ route: String([route?.path ?? 'none'].flat()[0]), status: res.statusCode });
      });
      next();
    },
    answered() {
      answered++;
    },
    async text(snapshot, outbox) {
      state.reset();
      certificates.reset();
      for (const { component, health } of snapshot.components) {
        state.set({ component: component.id }, badness(health));
        const end = certificateHost(component.check) === null ? undefined : ends.get(component.id);
        if (end !== undefined) certificates.set({ component: component.id }, (end - snapshot.at) / DAY);
      }
      warnings.reset();
      for (const { component } of snapshot.warnings) warnings.inc({ component: component ?? '' });
      open.set(snapshot.incidents.filter(isOpen).length);
      for (const level of ['error', 'warning'] as const) {
        problems.set({ level }, snapshot.problems.filter(problem => problem.level === level).length);
      }
      blind.set(snapshot.blindSince === null ? 0 : 1);
      stalled.set(snapshot.components.filter(({ stall }) => stall?.told).length);
      missing.set(snapshot.missingSince === null ? 0 : 1);
      composed.set(snapshot.at / 1000);
      // Unknown is no zero.
      pending.set(outbox?.pending ?? Number.NaN);
      givenUp.set(outbox?.givenUp ?? Number.NaN);
      for (const one of [messages, lost, health]) one.reset();
      for (const { channel, state: how, ...depth } of outbox?.channels ?? []) {
        messages.set({ channel }, depth.pending);
        lost.set({ channel }, depth.givenUp);
        health.set({ channel }, { ok: 1, resting: 0, failing: 0, dead: -1 }[how]);
      }
      return registry.metrics();
    },
  };
}
