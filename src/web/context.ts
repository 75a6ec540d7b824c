// The dependencies of all web files, as types only.
import type { FetchText } from '../core/inbound/senders/alerts/sns.ts';
import type { Log } from '../core/model/ports/log.ts';
import type { Clock } from '../core/model/time.ts';
import type { ApiToken } from '../core/model/token.ts';
import type { Db } from '../store/db/database.ts';
import type { Receive } from '../work/incidents/receive.ts';
import type { Refresh } from '../work/incidents/refresh.ts';
import type { IncidentEditor } from '../work/incidents/write.ts';
import type { Heartbeats } from '../work/monitoring/heartbeats.ts';
import type { Push } from '../work/monitoring/metrics.ts';
import type { Notifications } from '../work/notify/notifications.ts';
import type { GitSync } from '../work/publish/git-sync.ts';
import type { Storage } from '../work/timing/storage.ts';
import type { Assets } from './assets/assets.ts';
import type { Cache } from './cache/cache.ts';
import type { CountGuess } from './http/rate-limit.ts';
import type { Metrics } from './ops/metrics.ts';
import type { Pages } from './pages.ts';

export interface WebDeps {
  readonly env: {
    /** Empty if the write API is off. */
    readonly apiTokens: readonly ApiToken[];
    /** Express's `trust proxy`. */
    readonly trustProxy: boolean | number | string;
    /** Null if no provider reports bounces. */
    readonly resendSecret: string | null;
  };
  readonly db: Db;
  readonly refresh: Pick<Refresh, 'current' | 'subscribe' | 'lastCheck'>;
  readonly pages: Pages;
  readonly notifications: Pick<Notifications, 'enrolment' | 'depth' | 'suppress'>;
  readonly receive: Receive;
  readonly heartbeats: Pick<Heartbeats, 'report'>;
  readonly write: IncidentEditor;
  readonly push: Push;
  readonly webhookToken: string;
  /** Only for Amazon's addresses. */
  readonly fetchText: FetchText;
  readonly git: Pick<GitSync, 'ask'>;
  readonly publicDir: string;
  readonly folder: BrandFolder;
  readonly metrics: Metrics;
  /** Whether the process is too slow now to accept work that can wait. */
  readonly isOverloaded: () => boolean;
  readonly storage: Pick<Storage, 'problem' | 'epoch'>;
  /** How many event streams may be open at a time. */
  readonly maxStreams: number;
  readonly clock: Clock;
  readonly log: Log;
}

/** Finds the brand files named in status.yaml: their path, or null if a file may not be served. */
export interface BrandFolder {
  brandFile(name: string): Promise<string | null>;
}

/** WebDeps, and what the app adds once. */
export interface Web extends WebDeps {
  /** The files of public/ by hash. */
  readonly assets: Assets;
  readonly cache: Cache;
  readonly countGuess: CountGuess;
  /** The path of PUBLIC_URL: `''` or `/x`. */
  readonly base: () => string;
}
