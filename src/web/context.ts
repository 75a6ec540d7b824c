// What every web file is handed: the database and the other rooms, as types only.
import type { FetchText } from '../core/inbound/senders/sns.ts';
import type { LoggedWebhook } from '../core/inbound/webhook-log.ts';
import type { Log } from '../core/model/ports/log.ts';
import type { Problem } from '../core/model/problem.ts';
import type { Clock } from '../core/model/time.ts';
import type { Db } from '../store/db/database.ts';
import type { Receive } from '../work/incidents/receive.ts';
import type { Refresh } from '../work/incidents/refresh.ts';
import type { Write } from '../work/incidents/write.ts';
import type { Heartbeats } from '../work/monitoring/heartbeats.ts';
import type { Push } from '../work/monitoring/metrics.ts';
import type { Enrolment } from '../work/notify/enrolment.ts';
import type { OutboxReport } from '../work/notify/notifications.ts';
import type { Cache } from './cache/cache.ts';
import type { Assets } from './http/assets.ts';
import type { CountGuess } from './http/rate-limit.ts';
import type { Metrics } from './ops/metrics.ts';
import type { Pages } from './page/pages.ts';

export interface WebDeps {
  readonly db: Db;
  readonly refresh: Pick<Refresh, 'current' | 'subscribe'>;
  readonly pages: Pages;
  readonly enrolment: Enrolment;
  readonly receive: Receive;
  readonly heartbeats: Pick<Heartbeats, 'report'>;
  readonly write: Write;
  readonly push: Push;
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
  readonly metrics: Metrics;
  /** Null where no provider reports bounces. */
  readonly bounces: {
    readonly secret: string;
    suppress(address: string, reason: 'bounced' | 'complained'): Promise<void>;
  } | null;
  readonly outbox: () => Promise<OutboxReport>;
  /** Whether the process is too late with its work to take on what can wait. */
  readonly isOverloaded: () => boolean;
  /** What is wrong with the disk; null while all is well. */
  readonly storage: () => Problem | null;
  /** Open event streams at a time: what the process may hold open. */
  readonly maxStreams: number;
  readonly clock: Clock;
  readonly log: Log;
}

/** The same with what the app adds once. */
export interface Web extends WebDeps {
  /** The files of public/ by their hash. */
  readonly assets: Assets;
  readonly cache: Cache;
  readonly countGuess: CountGuess;
  /** The path of PUBLIC_URL: `''` or `/x`. */
  readonly base: () => string;
}
