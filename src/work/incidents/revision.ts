// Revision: what tells one state of the facts from another, so that a Snapshot is composed when there is news.
import { stateAt } from '../../core/incidents/maintenance.ts';
import { type Incident, isOpen } from '../../core/model/incident.ts';
import { printProblem } from '../../core/model/problem.ts';
import { MINUTE, type Millis, SECOND } from '../../core/model/time.ts';
import { shortId } from '../../core/model/token.ts';
import type { Facts } from '../../core/page/facts.ts';
import type { Filed } from './file.ts';

/** What `make` makes of an object, once for each. */
function memo<K extends object, V>(make: (thing: K) => V): (thing: K) => V {
  const known = new WeakMap<K, V>();
  return thing => {
    const made = known.get(thing) ?? make(thing);
    known.set(thing, made);
    return made;
  };
}

/** Incidents and sites stay the same objects while their text does: each is hashed once. */
export const printOf = memo((thing: object) => shortId(JSON.stringify(thing)));

const printOfAll = memo((incidents: readonly Incident[]) => shortId(incidents.map(printOf).join(',')));

let serial = 0;
/** A new object is a new state. */
const serialOf = memo((thing: ReadonlyMap<string, unknown>) => (thing.size === 0 ? 0 : ++serial));

/** Changes exactly when a visitor could see a difference; check times count by the minute. */
export function revisionOf(facts: Omit<Facts, 'revision'>, { unfiled }: Filed, now: Millis): string {
  const { site, incidents, measured, problems, histories, metrics, responses, outages } = facts;
  const parts = [
    Math.floor(now / MINUTE),
    // One that began this very second has no length yet, and would have none until the next minute.
    incidents.filter(one => isOpen(one) && now < one.started + SECOND).map(({ id }) => id),
    printOf(site),
    printOfAll(incidents),
    [...unfiled],
    incidents.filter(incident => incident.scheduled).map(incident => stateAt(incident, now)),
    [...measured].map(([id, { health, since, firstCheck }]) => [id, health, since, firstCheck !== null]),
    problems.map(printProblem),
    [histories, metrics, responses].map(map => map && serialOf(map)),
    outages && printOf(outages),
  ];
  return shortId(JSON.stringify(parts));
}
