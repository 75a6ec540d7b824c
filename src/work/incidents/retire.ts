// Retire: the machine ends its own incidents of checks that status.yaml no longer has, before a round files.

import { endOf, type Unwatched, unwatchedOf } from '../../core/filing/removed-checks.ts';
import type { Outages } from '../../core/filing/reported-vs-measured.ts';
import type { Log } from '../../core/model/ports/log.ts';
import { SECOND } from '../../core/model/time.ts';
import type { Transition } from '../../core/model/transition.ts';
import { ignoreStorageFault } from '../timing/storage.ts';
import type { File } from './file.ts';

export interface RetireDeps {
  readonly sightings: () => Promise<Outages>;
  /** The title of what a source said last; null when nothing is known of it. */
  readonly titleOf: (source: string) => Promise<string | null>;
  /** Stores the end of an outage, and forgets what was confirmed of its check. */
  readonly retire: (end: Transition) => Promise<void>;
  readonly log: Log;
}

/** A status.yaml that is being written may be whole YAML and miss its end: one that is meant says so for longer, ms. */
const MEANT_AFTER = 3 * SECOND;

/** The same filing, with the ends of unwatched outages among what it files. */
export function retiring(file: File, { sightings, titleOf, retire, log }: RetireDeps): File {
  /** Since when each has been unwatched, epoch ms. */
  let noticed = new Map<string, number>();
  return async (read, site, now) => {
    const unwatched = unwatchedOf(site, read.incidents, await sightings());
    // A clock set back begins anew.
    const sinceOf = ({ key }: Unwatched) => Math.min(noticed.get(key) ?? now, now);
    noticed = new Map(unwatched.map(one => [one.key, sinceOf(one)]));
    for (const one of unwatched) {
      const since = sinceOf(one);
      if (now - since < MEANT_AFTER) continue;
      const end = endOf(one, site, one.title ?? (await titleOf(one.source)), since);
      log.info({ source: one.source }, end.message);
      await ignoreStorageFault(retire(end));
    }
    return file(read, site, now);
  };
}
