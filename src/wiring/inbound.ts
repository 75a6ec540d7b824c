// The wiring of the inbound API for other programs: what monitors send, what the writing API takes.
import type { Environment } from '../config/environment.ts';
import type { Content } from '../content/folder.ts';
import type { FetchText } from '../core/inbound/senders/sns.ts';
import type { Log } from '../core/model/ports/log.ts';
import type { Clock } from '../core/model/time.ts';
import type { Db } from '../store/db/database.ts';
import * as transitions from '../store/incidents/transitions.ts';
import { logWebhook } from '../store/incidents/webhooks-log.ts';
import type { WebDeps } from '../web/context.ts';
import { makeReceive } from '../work/incidents/receive.ts';
import type { Refresh } from '../work/incidents/refresh.ts';
import { makeWrite } from '../work/incidents/write.ts';
import type { Warn } from '../work/monitoring/warnings.ts';

export interface InboundParts {
  readonly env: Environment;
  readonly db: Db;
  readonly content: Content;
  readonly refresh: Refresh;
  /** Files what is pending and brings the Snapshot up to date. */
  readonly round: () => Promise<void>;
  readonly warn: Pick<Warn, 'warned'>;
  /** Writes what programs write. */
  readonly carrier: { writerOf(author: 'api'): Pick<Content, 'create' | 'replace'> };
  readonly fetchText: FetchText;
  readonly clock: Clock;
  readonly log: Log;
}

type Inbound = 'receive' | 'write' | 'apiToken' | 'noteWebhook' | 'fetchText';

/** What the web room needs to let other programs in. */
export function openInbound(parts: InboundParts): Pick<WebDeps, Inbound> {
  const { env, db, content, refresh, round, clock, log } = parts;
  return {
    receive: makeReceive({
      newest: source => transitions.newestTransition(db, source),
      noteRecovery: (source, at) => transitions.noteRecovery(db, source, at),
      lastRecovery: source => transitions.lastRecovery(db, source),
      isKnown: key => transitions.isStored(db, key),
      insert: transition => transitions.insertTransition(db, transition, clock()),
      snapshot: refresh.current,
      warned: parts.warn.warned,
      round,
      clock,
      log,
    }),
    write: makeWrite({
      site: () => refresh.current().site,
      files: content.incidents,
      ...parts.carrier.writerOf('api'),
      round,
      log,
    }),
    apiToken: env.apiToken,
    noteWebhook: note => logWebhook(db, note),
    fetchText: parts.fetchText,
  };
}
