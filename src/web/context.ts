// What every web file is handed: the doors to the other rooms, as types only.
import type { FetchText } from '../core/inbound/senders/sns.ts';
import type { LoggedWebhook } from '../core/inbound/webhook-log.ts';
import type { ReadMetric } from '../core/model/metric.ts';
import type { Log } from '../core/model/ports/log.ts';
import type { Problem } from '../core/model/problem.ts';
import type { Clock, Millis } from '../core/model/time.ts';
import type { Receive } from '../work/incidents/receive.ts';
import type { Refresh } from '../work/incidents/refresh.ts';
import type { Write } from '../work/incidents/write.ts';
import type { Heartbeats } from '../work/monitoring/heartbeats.ts';
import type { Push } from '../work/monitoring/metrics.ts';
import type { OutboxReport } from '../work/notify/notifications.ts';
import type { Enrolment } from '../work/notify/subscribe.ts';
import type { Answers } from './cache/cache.ts';

import type { Assets } from './http/asset.ts';
import type { IsOverloaded } from './http/load-shedding.ts';
import type { CountGuess } from './http/rate-limit.ts';

import type { Metrics } from './ops/counters.ts';
import type { Pages } from './page/pages.ts';
import type { ReadSeries } from './page/series.ts';

/** Requests with an Idempotency-Key, remembered for a day; keys and bodies as hashes. */
export interface Requests {
  /** null at its first sight. */
  remember(
    key: string,
    bodyHash: string,
    now: Millis,
  ): Promise<{ readonly bodyHash: string; readonly at: Millis; readonly answer: string | null } | null>;
  answer(key: string, answer: string): Promise<void>;
  forget(key: string): Promise<void>;
}

export interface WebDeps {
  readonly refresh: Pick<Refresh, 'current' | 'subscribe'>;
  readonly pages: Pages;
  readonly enrolment: Enrolment;
  readonly receive: Receive;
  readonly heartbeats: Pick<Heartbeats, 'report'>;
  readonly write: Write;
  readonly requests: Requests;
  /** null: the writing API is off. */
  readonly apiToken: string | null;
  readonly webhookToken: string;
  readonly noteWebhook: (note: LoggedWebhook) => Promise<void>;
  /** Of Amazon's addresses only. */
  readonly fetchText: FetchText;
  /** What the git host signs its webhooks with; null when no git is configured. */
  readonly gitSecret: () => string | null;
  /** Asks for a pull soon. */
  readonly pullGit: () => void;
  /** Express's `trust proxy`. */
  readonly trustProxy: boolean | number | string;
  readonly publicDir: string;
  readonly brandFile: (name: string) => Promise<string | null>;
  readonly series: ReadSeries;
  readonly push: Push;
  readonly readMetric: ReadMetric;
  readonly metrics: Metrics;
  /** Null where no provider reports bounces. */
  readonly bounces: {
    readonly secret: string;
    suppress(address: string, reason: 'bounced' | 'complained'): Promise<void>;
  } | null;
  readonly outbox: () => Promise<OutboxReport>;
  readonly isOverloaded: IsOverloaded;
  /** What is wrong with the disk; null while all is well. */
  readonly storage: () => Problem | null;
  /** Open event streams at a time: what the process may hold open. */
  readonly mostStreams: number;
  readonly clock: Clock;
  readonly log: Log;
}

/** The same with what the app adds once: assets by hash, the path prefix of PUBLIC_URL. */
export interface Web extends WebDeps {
  readonly assets: Assets;
  readonly answers: Answers;
  readonly countGuess: CountGuess;
  /** `''` or `/x`. */
  readonly base: () => string;
}
