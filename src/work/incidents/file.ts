// File: transitions become markdown incidents (walk 2); what cannot be written is shown all the same.
import { isCovered, withDependents } from '../../core/filing/dependencies.ts';
import { isUnwatched } from '../../core/filing/removed-checks.ts';
import { inWordsOf } from '../../core/filing/template.ts';
import { isUnderWay } from '../../core/incidents/maintenance.ts';
import { affectedBy, type Incident } from '../../core/model/incident.ts';
import type { Problem } from '../../core/model/problem.ts';
import type { Site } from '../../core/model/site.ts';
import type { Millis } from '../../core/model/time.ts';
import type { StoredTransition } from '../../core/model/transition.ts';
import { type FileDeps, type Filing, type Read, Round } from './filing-round.ts';

export interface Filed {
  /** Whether any file changed: the folder must be read again. */
  readonly wrote: boolean;
  /** Texts of incidents that could not be written, by id. */
  readonly unfiled: ReadonlyMap<string, string>;
  /** Those of them that wait for others that may fail, or recover, with them. */
  readonly gathering: ReadonlySet<string>;
  readonly problems: readonly Problem[];
}

/** A round of filing; repeating it after a crash at any point does no harm. */
export type File = (read: Read, site: Site, now: Millis) => Promise<Filed>;

export function makeFile(deps: FileDeps): File {
  const filed: Filing = new Map();
  return async (read, site, now) => {
    const quiet = underMaintenance(read.incidents, site, now);
    const pending = (await deps.pending()).filter(({ seq }) => !filed.has(seq));
    // A round may have begun before the newest of them was known: by its own time that one would seem to come
    // from a clock since set back, and be filed without the others.
    const round = new Round(deps, read, site, deps.clock(), filed);
    await round.note();
    const waiting = await round.withoutPast(pending);
    const worded = waiting.map(one => withDependents(inWordsOf(one, deps.templates()), site));
    const isHeld = (one: StoredTransition, by: readonly StoredTransition[]) =>
      (one.components.length > 0 && one.components.every(id => quiet.has(id))) ||
      isUnwatched(one.source, site) ||
      isCovered(one, read.incidents, by, site, now, read.wellSince);
    const held = new Set(waiting.filter(one => isHeld(one, waiting)).map(({ seq }) => seq));
    if (site.together > 0) {
      await round.openTogether(
        worded.filter((_, index) => !isHeld(waiting[index]!, [])),
        held,
      );
    }
    for (const transition of worded) await round.take(transition, held.has(transition.seq), waiting);
    await round.changeTogether();
    const { wrote, unfiled, gathering, problems } = round;
    return { wrote, unfiled, gathering, problems };
  };
}

function underMaintenance(incidents: readonly Incident[], site: Site, now: Millis): Set<string> {
  const underWay = incidents.filter(incident => isUnderWay(incident, now));
  return new Set(underWay.flatMap(incident => affectedBy(incident, site.components).map(({ id }) => id)));
}
