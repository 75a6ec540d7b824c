// What every part of monitoring works with.
import type { Log } from '../../core/model/ports/log.ts';
import type { Site } from '../../core/model/site.ts';
import type { Clock } from '../../core/model/time.ts';
import type { Db } from '../../store/db/database.ts';

export interface Monitoring {
  readonly db: Db;
  readonly site: () => Site;
  /** Starts a round. */
  readonly ring: () => void;
  readonly clock: Clock;
  /** Only grows, whatever is done to the wall clock. */
  readonly monotonic: Clock;
  /** The same, and stands still while the process does. */
  readonly awake: Clock;
  readonly log: Log;
}
