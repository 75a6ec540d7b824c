// The dependencies that all parts of monitoring share.
import type { Log } from '../../core/model/ports/log.ts';
import type { Site } from '../../core/model/site.ts';
import type { Clock } from '../../core/model/time.ts';
import type { Db } from '../../store/db/database.ts';

export interface Monitoring {
  readonly db: Db;
  readonly site: () => Site;
  readonly ring: () => void;
  readonly clock: Clock;
  /** A clock that only grows, whatever happens to the wall clock. */
  readonly monotonic: Clock;
  /** Like `monotonic`, but stands still while the process is paused. */
  readonly awake: Clock;
  readonly log: Log;
}
