// The wiring of what other programs call: monitors' webhooks and the writing API.
import type { Environment } from '../config/environment.ts';
import type { StatusFolder } from '../content/folder.ts';
import type { FetchText } from '../core/inbound/senders/sns.ts';
import type { Log } from '../core/model/ports/log.ts';
import type { Clock } from '../core/model/time.ts';
import type { Db } from '../store/db/database.ts';
import { logWebhook } from '../store/incidents/webhooks-log.ts';
import type { WebDeps } from '../web/context.ts';
import { makeReceive } from '../work/incidents/receive.ts';
import type { Refresh } from '../work/incidents/refresh.ts';
import { makeWrite } from '../work/incidents/write.ts';
import type { Warnings } from '../work/monitoring/warnings.ts';
import type { GitSync } from '../work/publish/git-sync.ts';

export interface InboundParts {
  readonly env: Environment;
  readonly db: Db;
  readonly folder: StatusFolder;
  readonly refresh: Refresh;
  /** Files what is pending and brings the Snapshot up to date. */
  readonly round: () => Promise<void>;
  readonly warnings: Pick<Warnings, 'report'>;
  readonly git: GitSync;
  readonly fetchText: FetchText;
  readonly clock: Clock;
  readonly log: Log;
}

type Inbound = 'receive' | 'write' | 'apiToken' | 'noteWebhook' | 'fetchText';

/** What the web room needs to let other programs in. */
export function openInbound(parts: InboundParts): Pick<WebDeps, Inbound> {
  const { env, db, folder, git, refresh, round, clock, log } = parts;
  return {
    receive: makeReceive({
      db,
      snapshot: refresh.current,
      warned: (report, now) => parts.warnings.report(report, now),
      round,
      clock,
      log,
    }),
    write: makeWrite({
      site: () => refresh.current().site,
      folder,
      writer: git.writer('api'),
      round,
      log,
    }),
    apiToken: env.apiToken,
    noteWebhook: note => logWebhook(db, note),
    fetchText: parts.fetchText,
  };
}
