// Before a round files: ends the outages of checks that were removed from status.yaml, and files those again that an
// operator's end or edit, or the deletion of a file, left open, and returns what waits for that.
import {
  deletedProblem,
  filedAgain,
  isSettled,
  leftOpenProblem,
  onItsOwn,
  outagesLeftOpen,
  outagesWithoutFile,
  SETTLING,
} from '../../core/filing/left-open.ts';
import { endOfUnwatchedOutage, unwatchedOf } from '../../core/filing/removed-checks.ts';
import type { Outages } from '../../core/filing/reported-vs-measured.ts';
import { endsTold } from '../../core/incidents/ending.ts';
import type { Log } from '../../core/model/ports/log.ts';
import type { Problem } from '../../core/model/problem.ts';
import type { Site } from '../../core/model/site.ts';
import { type Millis, SECOND } from '../../core/model/time.ts';
import type { Db } from '../../store/db/database.ts';
import { remembered } from '../../store/db/meta.ts';
import { insertTransition, insertTransitions, newestTransition } from '../../store/incidents/transitions.ts';
import { recordsOf } from '../../store/notify/first-seen.ts';
import type { Recorder } from '../monitoring/recorder.ts';
import { ignoreStorageFault } from '../timing/storage.ts';
import type { Read } from './filing-round.ts';

export interface RetireDeps {
  readonly db: Db;
  readonly outages: () => Promise<Outages>;
  /** Stores the end of an outage, and deletes the confirmed state of its check. */
  readonly recorder: Pick<Recorder, 'endRemoved'>;
  readonly log: Log;
}

/** A half-written status.yaml may be valid YAML without its end. What an edit takes away counts after this time, ms. */
const MEANT_AFTER = 3 * SECOND;
/** A component that is away: a slow editor or copy may stop for seconds at the end of a line. */
const AWAY_AFTER = 10 * SECOND;

/** Resolves to what an operator should know of it. */
export type Retire = (read: Read, site: Site, now: Millis) => Promise<readonly Problem[]>;

export function makeRetire(deps: RetireDeps): Retire {
  const { db, outages, recorder, log } = deps;
  /** Since when each check has been missing, epoch ms. */
  let noticed = new Map<string, Millis>();
  // No file tells since when.
  const known = remembered<ReturnType<typeof outagesLeftOpen>>(db, 'left_open', []);
  const refile = makeRefile(deps);
  return async (read, site, now) => {
    const unwatched = unwatchedOf(site, read.incidents, await outages());
    // After the clock is set back, the wait starts again.
    noticed = new Map(unwatched.map(({ key }) => [key, Math.min(noticed.get(key) ?? now, now)]));
    for (const one of unwatched) {
      const since = noticed.get(one.key)!;
      if (now - since < (one.reason === 'removed' ? AWAY_AFTER : MEANT_AFTER)) continue;
      const title = one.title ?? (await newestTransition(db, one.source))?.title ?? null;
      const end = endOfUnwatchedOutage(one, site, title, since);
      log.info({ source: one.source }, end.message);
      await ignoreStorageFault(recorder.endRemoved(end));
    }
    const left = outagesLeftOpen(read.incidents, await outages(), site, await known.get(), now);
    await ignoreStorageFault(known.set(left));
    for (const one of left.filter(each => isSettled(each, now))) {
      const newest = await newestTransition(db, one.source);
      if (newest?.kind === 'down')
        await ignoreStorageFault(insertTransitions(db, onItsOwn(newest, one, left), now));
    }
    const waiting = left.filter(one => !isSettled(one, now)).map(leftOpenProblem);
    return [...waiting, ...(await refile(read, now))];
  };
}

function makeRefile({ db, outages }: RetireDeps) {
  /** Since when each incident has had no file, epoch ms; null: it was over before that. By source and lasting name. */
  const noticed = remembered<readonly (readonly [string, Millis | null])[]>(db, 'without_file', []);
  return async (read: Read, now: Millis): Promise<readonly Problem[]> => {
    const problems: Problem[] = [];
    const before = new Map(await noticed.get());
    const gone = new Map<string, Millis | null>();
    const deleted = read.isFolderMissing ? [] : outagesWithoutFile(read.incidents, await outages());
    for (const one of deleted) {
      // A file that cannot be read.
      if (read.text(one.incident) !== undefined) continue;
      const key = `${one.source} ${one.incident}`;
      const known = before.get(key) ?? null;
      const isOver = before.has(key) ? known === null : !(await wasOpen(db, one.incident));
      const since = isOver ? null : Math.min(known ?? now, now);
      gone.set(key, since);
      if (since === null) continue;
      const newest = await newestTransition(db, one.source);
      if (newest?.kind !== 'down') continue;
      problems.push(deletedProblem(one, newest.title, since));
      if (now - since >= SETTLING)
        await ignoreStorageFault(insertTransition(db, filedAgain(newest, one), one.recordedAt));
    }
    await ignoreStorageFault(noticed.set([...gone]));
    return problems;
  };
}

/** Whether an incident that is gone was open: some sources never report a recovery, and old files may be deleted. */
async function wasOpen(db: Db, incident: string): Promise<boolean> {
  const records = await recordsOf(db, incident);
  return endsTold(key => records.has(key)).open;
}
