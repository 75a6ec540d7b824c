// Lint: problems with components that the page tolerates, but an operator should know.
import { type Affected, type Incident, isFinal, meansAll, namedIn, sourcesOf } from '../../model/incident.ts';
import { limitProblems, nearestWord, type Problem } from '../../model/problem.ts';
import { componentOf } from '../../model/source.ts';
import { iso, type Millis } from '../../model/time.ts';
import { readFrontmatter, withPlainLineEnds } from '../../text/front-matter.ts';
import { stateAt } from '../maintenance.ts';
import { daysWithout, workApart } from '../recurrence.ts';
import { leftOut } from '../times/series-plans.ts';

type NamedComponent = { readonly id: string; readonly name: string };

/** An incident names an unknown component. */
export function unknownComponent(where: string, id: string, components: readonly NamedComponent[]): Problem {
  const ids = components.map(component => component.id);
  const called = components.find(({ name }) => name.toLowerCase() === id.toLowerCase());
  const several = id.split(/[\s,;]+/).filter(one => one !== '');
  const near = called?.id ?? nearestWord(id, ids);
  const fix =
    several.length > 1 && !called
      ? `write \`[${several.join(', ')}]\``
      : id === '*'
        ? 'write `all`'
        : near
          ? `did you mean ${near}?`
          : `known here: ${ids.join(', ')}`;
  return { level: 'error', where, what: `there is no component "${id}"`, fix };
}

/**
 * The unknown components of an incident, in its front matter (`named`) and updates (`later`). In a machine's file only
 * those that were added later: its first ones existed then.
 */
export function unknownComponentsIn(
  incident: Incident,
  ids: ReadonlySet<string>,
): Record<'named' | 'later', readonly Affected[]> {
  const strange = (list: Incident['components']) =>
    (list ?? []).filter(({ id }) => !ids.has(id) && !meansAll(id, ids));
  const named = strange(incident.components);
  const later = incident.updates.flatMap(({ change }) => strange(change?.components ?? null));
  if (incident.openedBy === null) return { named, later };
  const own = new Set([...named.map(({ id }) => id), ...sourcesOf(incident).map(componentOf)]);
  return { named: [], later: later.filter(({ id }) => !own.has(id)) };
}

/** An error for each unknown component. For a machine's file: a warning while it is open, else nothing. */
export function unknownComponents(
  file: string,
  source: string,
  incident: Incident,
  components: readonly NamedComponent[],
): Problem[] {
  const { openedBy, status } = incident;
  if (openedBy !== null && isFinal(status)) return [];
  const { named, later } = unknownComponentsIn(incident, new Set(components.map(({ id }) => id)));
  if (named.length === 0 && later.length === 0) return [];
  const { yaml, bodyLine } = readFrontmatter(file, source);
  const problem = (id: string, line: number): Problem => ({
    ...unknownComponent(file, id, components),
    ...(openedBy === null ? {} : { level: 'warning' }),
    line,
  });
  const lines = withPlainLineEnds(source).split('\n');
  const some = <T>(all: readonly T[]) => all.slice(0, 50);
  return limitProblems([
    ...some(named).map(({ id }) => {
      const place = (incident.components ?? []).findIndex(affected => affected.id === id);
      const isList = Array.isArray((yaml?.data as { components?: unknown } | null)?.components);
      return problem(id, yaml?.lineOf(['components', isList ? place : id]) ?? 1);
    }),
    ...some(later).map(({ id }) => {
      const index = lines.findIndex(
        (line, at) => at >= bodyLine - 1 && /^[\s-]|^components/.test(line) && line.includes(id),
      );
      return problem(id, index < 0 ? bodyLine : index + 1);
    }),
  ]);
}

/** A maintenance without components covers none, and failures during it count; `components: []` is on purpose. */
export function coversNobody(
  where: string,
  incident: Incident,
  components: readonly NamedComponent[],
): Problem | null {
  const { scheduled, title, updates } = incident;
  const named = incident.components ?? updates.find(({ change }) => change?.components);
  if (!scheduled || named || namedIn(title, components).length > 0) return null;
  const what = 'this maintenance names no component, so it covers none: failures during it count as outages';
  return { level: 'warning', where, what, fix: SAY_COMPONENTS };
}

const SAY_COMPONENTS =
  'write `components: [api, database]`, `components: all`, or `components: []` if none is meant';

/** What to do if what was over no longer fits the plan, and the server did not see the former one. */
const NEW_FILE =
  'if the plan was changed, end this file with `resolved:` and write the new plan as a new file';

/**
 * Sections of a series that fit no occurrence, and an occurrence that a change of its plan leaves out.
 * @param incident with its record, if it has one (plans.ts)
 */
export function unknownOccurrences(
  where: string,
  incident: Incident,
  zone: string,
  now: Millis,
  text = '',
): Problem[] {
  const lines = withPlainLineEnds(text).split('\n');
  const unknown = daysWithout(incident, zone).map((day): Problem => {
    const line = lines.findIndex(one => /^\W*occurrence/.test(one) && one.includes(day)) + 1;
    const what = `\`occurrence: ${day}\`: no occurrence begins on that day in ${incident.timezone ?? zone}`;
    const fix = `write the day on which it begins there; ${NEW_FILE}`;
    return { level: 'warning', where, what, fix, ...(line > 0 ? { line } : {}) };
  });
  if (incident.rrule === undefined) return unknown;
  const apart = workApart(incident, now, zone).map((at): Problem => {
    const what = `the section of ${iso(at)} is more than a day after the window before it`;
    return { level: 'warning', where, what, fix: `write \`occurrence:\` and its day below it; ${NEW_FILE}` };
  });
  const left = leftOut({ ...incident, timezone: incident.timezone ?? zone }, now);
  if (left === null) return [...unknown, ...apart];
  const what = `the occurrence of ${iso(left)} is left out: that of the same day had begun when the plan was changed`;
  return [...unknown, ...apart, { level: 'warning', where, what, fix: 'write a file of its own for it' }];
}

/** Future and current maintenance; a recurring one stands for all its occurrences. */
export function planned(incidents: readonly Incident[], now: Millis): readonly Incident[] {
  return incidents.filter(
    one => one.scheduled && (one.rrule === undefined ? stateAt(one, now) : one.status) !== 'completed',
  );
}
