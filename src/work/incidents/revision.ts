// Computes the revision of the facts: a new Snapshot is composed only when it changes.
import { stateAt } from '../../core/incidents/maintenance.ts';
import { type Incident, isOpen } from '../../core/model/incident.ts';
import { memoized } from '../../core/model/memo.ts';
import { printProblem } from '../../core/model/problem.ts';
import { MINUTE, type Millis, SECOND } from '../../core/model/time.ts';
import { shortId } from '../../core/model/token.ts';
import type { Facts } from '../../core/page/facts.ts';
import type { Filed } from './file.ts';

/** Incidents and sites stay the same object while their text is the same, so each is hashed once. */
export const printOf = memoized((thing: object) => shortId(JSON.stringify(thing)));

const printOfAll = memoized((incidents: readonly Incident[]) => shortId(incidents.map(printOf).join(',')));

let serial = 0;
/** A new object counts as a new state. */
const serialOf = memoized((thing: ReadonlyMap<string, unknown>) => (thing.size === 0 ? 0 : ++serial));

/** Returns a revision that changes exactly when a visitor could see a difference. Check times count by the minute. */
export function revisionOf(facts: Omit<Facts, 'revision'>, { unfiled }: Filed, now: Millis): string {
  const { site, incidents, measured, problems, histories, metrics, responses, outages, plans } = facts;
  const parts = [
    Math.floor(now / MINUTE),
    // An incident that began in this second has no duration yet. Without this it would show none until the next minute.
    incidents.filter(one => isOpen(one) && now < one.started + SECOND).map(({ id }) => id),
    facts.unread,
    printOf(site),
    printOfAll(incidents),
    [...unfiled],
    incidents.filter(incident => incident.scheduled).map(incident => stateAt(incident, now)),
    [...measured].map(([id, { health, since, firstCheck }]) => [id, health, since, firstCheck !== null]),
    problems.map(printProblem),
    [histories, metrics, responses].map(map => map && serialOf(map)),
    [outages, plans].map(facts => facts && printOf(facts)),
  ];
  return shortId(JSON.stringify(parts));
}
