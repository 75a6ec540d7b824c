// Before a round files: ends the outages of checks that were removed from status.yaml, and files those again that an
// operator's end or edit left open, and returns what waits for that.
import { fromEnd, isSettled, leftOpenProblem, outagesLeftOpen } from '../../core/filing/left-open.ts';
import { endOfUnwatchedOutage, unwatchedOf } from '../../core/filing/removed-checks.ts';
import type { Outages } from '../../core/filing/reported-vs-measured.ts';
import type { Incident } from '../../core/model/incident.ts';
import type { Log } from '../../core/model/ports/log.ts';
import type { Problem } from '../../core/model/problem.ts';
import type { Site } from '../../core/model/site.ts';
import { type Millis, SECOND } from '../../core/model/time.ts';
import type { Db } from '../../store/db/database.ts';
import { insertTransition, newestTransition } from '../../store/incidents/transitions.ts';
import type { Recorder } from '../monitoring/recorder.ts';
import { ignoreStorageFault } from '../timing/storage.ts';

export interface RetireDeps {
  readonly db: Db;
  readonly outages: () => Promise<Outages>;
  /** Stores the end of an outage, and deletes the confirmed state of its check. */
  readonly recorder: Pick<Recorder, 'endRemoved'>;
  readonly log: Log;
}

/** A half-written status.yaml may be valid YAML without its end. A removal counts after this time, ms. */
const MEANT_AFTER = 3 * SECOND;

export function makeRetire({ db, outages, recorder, log }: RetireDeps) {
  /** Since when each check has been missing, epoch ms. */
  let noticed = new Map<string, Millis>();
  let left: ReturnType<typeof outagesLeftOpen> = [];
  return async (incidents: readonly Incident[], site: Site, now: Millis): Promise<Problem[]> => {
    const unwatched = unwatchedOf(site, incidents, await outages());
    // After the clock is set back, the wait starts again.
    noticed = new Map(unwatched.map(({ key }) => [key, Math.min(noticed.get(key) ?? now, now)]));
    for (const one of unwatched) {
      const since = noticed.get(one.key)!;
      if (now - since < MEANT_AFTER) continue;
      const title = one.title ?? (await newestTransition(db, one.source))?.title ?? null;
      const end = endOfUnwatchedOutage(one, site, title, since);
      log.info({ source: one.source }, end.message);
      await ignoreStorageFault(recorder.endRemoved(end));
    }
    left = outagesLeftOpen(incidents, await outages(), site, left, now);
    for (const one of left.filter(each => isSettled(each, now))) {
      const newest = await newestTransition(db, one.source);
      if (newest?.kind === 'down') await ignoreStorageFault(insertTransition(db, fromEnd(newest, one), now));
    }
    return left.filter(one => !isSettled(one, now)).map(leftOpenProblem);
  };
}
