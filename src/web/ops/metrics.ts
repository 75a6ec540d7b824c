// /metrics: this process's metrics for Prometheus, without data about visitors.
import type { NextFunction, Request, Response } from 'express';
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import type { CheckResult } from '../../core/model/checks/check.ts';
import type { Component } from '../../core/model/component.ts';
import type { Render } from '../../core/model/ports/render.ts';
import type { Millis } from '../../core/model/time.ts';
import type { Snapshot } from '../../core/page/snapshot.ts';
import type { OutboxReport } from '../../work/notify/notifications.ts';
import { GAUGES, type MetricGauge } from './gauges.ts';

/** A registry of its own, so that two systems in one process count separately. */
export class Metrics {
  readonly #registry = new Registry();
  readonly #registers = [this.#registry];
  readonly #checks = new Counter({
    name: 'status_live_checks_total',
    help: 'Checks by component, kind and outcome.',
    labelNames: ['component', 'type', 'outcome'],
    registers: this.#registers,
  });
  readonly #duration = new Histogram({
    name: 'status_live_check_duration_seconds',
    help: 'Response times of checks, by kind.',
    labelNames: ['type'],
    buckets: [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
    registers: this.#registers,
  });
  readonly #lateness = new Histogram({
    name: 'status_live_check_lateness_seconds',
    help: 'How late checks began.',
    buckets: [0.01, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10, 60],
    registers: this.#registers,
  });
  readonly #latency = new Gauge({
    name: 'status_live_check_latency_seconds',
    help: 'The last response time of a component.',
    labelNames: ['component'],
    registers: this.#registers,
  });
  readonly #requests = new Histogram({
    name: 'status_live_request_duration_seconds',
    help: 'Requests not answered from memory, by route and status.',
    labelNames: ['route', 'status'],
    buckets: [0.001, 0.005, 0.02, 0.1, 0.5, 2],
    registers: this.#registers,
  });
  readonly #held = new Counter({
    name: 'status_live_alerts_held_total',
    help: 'Reports that were held, not published, by sender.',
    labelNames: ['sender'],
    registers: this.#registers,
  });
  readonly #renders: Histogram<'view'>;
  readonly #gauges: readonly { gauge: Gauge; read: MetricGauge[2]; label: MetricGauge[3] }[];
  /** Counts responses from memory. A plain number, copied to the counter when /metrics is requested. */
  #answers = 0;
  readonly #certificates = new Map<string, Millis>();

  constructor() {
    collectDefaultMetrics({ register: this.#registry });
    const answers = () => this.#answers;
    new Counter({
      name: 'status_live_requests_total',
      help: 'All requests, including those answered from memory.',
      registers: this.#registers,
      collect() {
        this.reset();
        this.inc(answers());
      },
    });
    this.#renders = new Histogram({
      name: 'status_live_render_duration_seconds',
      help: 'How long views took to render, by view.',
      labelNames: ['view'],
      buckets: [0.001, 0.005, 0.02, 0.1, 0.5],
      registers: this.#registers,
    });
    this.#gauges = GAUGES.map(([rest, help, read, label]) => {
      const name = `status_live_${rest}`;
      const gauge = new Gauge({ name, help, labelNames: label ? [label] : [], registers: this.#registers });
      return { gauge, read, label };
    });
  }

  get contentType(): string {
    return this.#registry.contentType;
  }

  /** Counts a check, its duration, and how late it began. */
  checked = ({ id, check: { type } }: Component, late: Millis, result: CheckResult): void => {
    const { outcome, latency, certificateEnd } = result;
    if (certificateEnd !== undefined) this.#certificates.set(id, certificateEnd);
    this.#checks.inc({ component: id, type, outcome });
    this.#lateness.observe(late / 1000);
    if (latency === null) return;
    this.#duration.observe({ type }, latency / 1000);
    this.#latency.set({ component: id }, latency / 1000);
  };

  held(sender: string): void {
    this.#held.inc({ sender });
  }

  /** Wraps `render` to time it by view. */
  timed(render: Render): Render {
    return (view, data) => {
      // The label keeps an older name of the folder.
      const end = this.#renders.startTimer({ view: view.replace(/^emails\//, 'letters/') });
      const text = render(view, data);
      end();
      return text;
    };
  }

  /** Times requests that reach Express; `answered` counts all, including those from memory. */
  request = (req: Request, res: Response, next: NextFunction): void => {
    const end = this.#requests.startTimer();
    res.once('close', () => {
      // Use the route's pattern, not the address: labels must be few and contain nothing about visitors.
      const route = req.route as { path?: string | string[] } | undefined;
      end({ route: String([route?.path ?? 'none'].flat()[0]), status: res.statusCode });
    });
    next();
  };

  answered(): void {
    this.#answers++;
  }

  /** The metrics in Prometheus' text format; `outbox` is null if the database does not answer. */
  text(snapshot: Snapshot, outbox: OutboxReport | null): Promise<string> {
    for (const { gauge, read, label = '' } of this.#gauges) {
      const values = read({ snapshot, outbox, certificates: this.#certificates });
      gauge.reset();
      if (typeof values === 'number') gauge.set(values);
      else for (const [of, value] of values) gauge.inc({ [label]: of }, value);
    }
    return this.#registry.metrics();
  }
}
