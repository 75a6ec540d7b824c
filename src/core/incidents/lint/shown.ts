// Problems of the incidents shown on the page, for the operator.
import { type Incident, isOpen } from '../../model/incident.ts';
import { limitProblems, type Problem, warningAt } from '../../model/problem.ts';
import type { Site } from '../../model/site.ts';
import { iso, type Millis } from '../../model/time.ts';
import { promiseOf } from '../impact.ts';
import { coversNobody, planned, unknownComponent, unknownComponentsIn, unknownOccurrences } from './lint.ts';

/** `incidents`: as shown, with all occurrences of recurring ones; `files`: one of each file. */
export function shownProblems(
  incidents: readonly Incident[],
  files: readonly Incident[],
  site: Site,
  now: Millis,
): Problem[] {
  const open = incidents.filter(isOpen);
  const ahead = planned(files, now);
  const known = new Set([...site.components, ...site.retired].map(({ id }) => id));
  return [
    ...open.flatMap(unmatched),
    // Not for what is over: its components may have been removed.
    ...[...open, ...ahead].flatMap(incident => unknown(incident, site, known)),
    ...open.flatMap(incident => overdue(incident, now)),
    ...ahead.flatMap(incident => coversNobody(fileOf(incident), incident, site.components) ?? []),
    ...ahead.flatMap(incident => unknownOccurrences(fileOf(incident), incident, site.timezone, now)),
  ];
}

function fileOf({ id }: Incident): string {
  return `incidents/${id}.md`;
}

/** A monitor's incident that matches no component: shown, but no component changes its state. */
function unmatched(incident: Incident): Problem[] {
  const { title, openedBy, components, updates } = incident;
  // What was imported is told to nobody, and no monitor reports it again.
  const isImported = updates.every(({ quiet }) => quiet);
  if (openedBy === null || components?.length !== 0 || isImported) return [];
  const what = `"${title}" comes from the monitor ${openedBy}, which matches no component`;
  return [
    warningAt(fileOf(incident), what, 'add its name or id to the `match:` of a component in status.yaml'),
  ];
}

/** Unknown components: the incident is shown without them. */
function unknown(incident: Incident, { components }: Site, known: ReadonlySet<string>): Problem[] {
  const { named, later } = unknownComponentsIn(incident, known);
  const ids = [...new Set([...named, ...later].map(({ id }) => id))];
  return limitProblems(
    ids.map(id => ({ ...unknownComponent(fileOf(incident), id, components), level: 'warning' as const })),
  );
}

function overdue(incident: Incident, now: Millis): Problem[] {
  const promised = promiseOf(incident) ?? now;
  if (promised >= now) return [];
  const what = `the update promised for ${iso(promised)} is overdue`;
  return [warningAt(fileOf(incident), what, 'write an update, or promise a later one with `next_update:`')];
}
