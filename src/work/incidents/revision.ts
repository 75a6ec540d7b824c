// Revision: what tells one state of the facts from another, so that a Snapshot is composed when there is news.
import { stateAt } from '../../core/incidents/maintenance.ts';
import type { Measured } from '../../core/model/component.ts';
import { type Incident, isOpen } from '../../core/model/incident.ts';
import { type Problem, printProblem } from '../../core/model/problem.ts';
import type { Site } from '../../core/model/site.ts';
import { MINUTE, type Millis, SECOND } from '../../core/model/time.ts';
import { shortId } from '../../core/model/token.ts';
import type { Filed } from './file.ts';

/** Incidents and sites stay the same objects while their text does: each is hashed once. */
const prints = new WeakMap<object, string>();

export function printOf(thing: object): string {
  const known = prints.get(thing) ?? shortId(JSON.stringify(thing));
  prints.set(thing, known);
  return known;
}

const listPrints = new WeakMap<readonly Incident[], string>();

function printOfAll(incidents: readonly Incident[]): string {
  const known = listPrints.get(incidents) ?? shortId(incidents.map(printOf).join(','));
  listPrints.set(incidents, known);
  return known;
}

const serials = new WeakMap<object, number>();
let serial = 0;

/** A new object is a new state. */
export function serialOf(thing: ReadonlyMap<string, unknown>): number {
  if (thing.size === 0) return 0;
  const known = serials.get(thing) ?? ++serial;
  serials.set(thing, known);
  return known;
}

/** Changes exactly when a visitor could see a difference; check times count by the minute. */
export function revisionOf(
  site: Site,
  incidents: readonly Incident[],
  filed: Filed,
  measured: ReadonlyMap<string, Measured>,
  problems: readonly Problem[],
  now: Millis,
): string {
  const states = incidents.filter(incident => incident.scheduled).map(incident => stateAt(incident, now));
  const checks = [...measured].map(([id, known]) => [
    id,
    known.health,
    known.since,
    known.firstCheck !== null,
  ]);
  const parts = [
    Math.floor(now / MINUTE),
    // One that began this very second has no length yet, and would have none until the next minute.
    incidents.filter(one => isOpen(one) && now < one.started + SECOND).map(({ id }) => id),
    printOf(site),
    printOfAll(incidents),
    [...filed.unfiled],
    states,
    checks,
    problems.map(printProblem),
  ];
  return shortId(JSON.stringify(parts));
}
