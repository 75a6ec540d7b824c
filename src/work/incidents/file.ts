// Files transitions as markdown incidents. The page shows an incident even if its file cannot be written.
import { isCovered, withDependents } from '../../core/filing/dependencies.ts';
import { countingFrom, neverCounted } from '../../core/filing/maintained.ts';
import { isUnwatched } from '../../core/filing/removed-checks.ts';
import { inWordsOf } from '../../core/filing/template.ts';
import { isUnderWay } from '../../core/incidents/maintenance.ts';
import { affectedBy, type Incident } from '../../core/model/incident.ts';
import type { Problem } from '../../core/model/problem.ts';
import type { Site } from '../../core/model/site.ts';
import type { Millis } from '../../core/model/time.ts';
import type { StoredTransition } from '../../core/model/transition.ts';
import { unfiledTransitions } from '../../store/incidents/transitions.ts';
import { lastGood } from '../timing/storage.ts';
import { FilingNotes, type Unnoted } from './filing-notes.ts';
import { type FilingDeps, FilingRound, type Read } from './filing-round.ts';
import { makeRetire, type RetireDeps } from './retire.ts';

export interface Filed {
  /** Whether any file changed: the folder must be read again. */
  readonly wrote: boolean;
  readonly unfiled: ReadonlyMap<string, string>;
  /** The ids in `unfiled` that wait for other checks that may fail or recover together with them. */
  readonly gathering: ReadonlySet<string>;
  readonly problems: readonly Problem[];
}

/** One filing round. A round repeated after a crash is harmless. */
export type File = (read: Read, site: Site, now: Millis) => Promise<Filed>;

export const NOTHING_FILED: Filed = { wrote: false, unfiled: new Map(), gathering: new Set(), problems: [] };

/** Ends the outages of removed checks, then files pending transitions. If the database fails, returns the last result. */
export function makeFile(deps: FilingDeps & RetireDeps): File {
  const unnoted: Unnoted = new Map();
  const retire = makeRetire(deps);
  return lastGood(async (read, site, now) => {
    const left = await retire(read, site, now);
    const filed = await file(deps, unnoted, read, site, now);
    filed.problems.push(...left);
    return filed;
  }, NOTHING_FILED);
}

async function file(deps: FilingDeps, unnoted: Unnoted, read: Read, site: Site, now: Millis) {
  const quiet = underMaintenance(read.incidents, site, now);
  const unfiled = (await unfiledTransitions(deps.db)).filter(({ seq }) => !unnoted.has(seq));
  // Read the clock again: a transition recorded after the round began would seem to come from a clock since set back,
  // and be filed without the others.
  const filedAt = deps.clock();
  const counted = countingFrom(read.incidents, site, filedAt);
  const notes = new FilingNotes(deps, unnoted, read.incidents, filedAt, counted);
  const unsure = new Set([...read.unsure].filter(id => !quiet.has(id)));
  const round = new FilingRound(deps, { ...read, unsure }, site, filedAt, notes);
  // A recovery recorded before the clock was set back has happened: it must not wait for its time to come again.
  const pending = unfiled.map(one => (one.kind === 'up' ? { ...one, at: Math.min(one.at, filedAt) } : one));
  await notes.note();
  const waiting = await round.withoutPast(pending);
  // Their words tell what was measured.
  const worded = waiting.map(one => withDependents(counted(inWordsOf(one, deps.templates())), site));
  const hidden = neverCounted(waiting, worded);
  const isDeferred = (one: StoredTransition, by: readonly StoredTransition[]) =>
    (one.components.length > 0 && one.components.every(id => quiet.has(id))) ||
    hidden.has(one.seq) ||
    isUnwatched(one.source, site) ||
    isCovered(one, read.incidents, by, site, now, read.wellSince);
  const deferred = new Set(waiting.filter(one => isDeferred(one, waiting)).map(({ seq }) => seq));
  if (site.groupWithin > 0) {
    const first = worded.filter((_, index) => !isDeferred(waiting[index]!, []));
    await round.openGrouped(first, deferred);
  }
  for (const transition of worded) await round.take(transition, deferred.has(transition.seq), waiting);
  await round.fileChanges();
  return round;
}

/** The ids of the components of which a maintenance is under way. */
export function underMaintenance(incidents: readonly Incident[], site: Site, now: Millis): Set<string> {
  const underWay = incidents.filter(incident => isUnderWay(incident, now));
  return new Set(underWay.flatMap(incident => affectedBy(incident, site.components).map(({ id }) => id)));
}
