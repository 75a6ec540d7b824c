// Warns of times in an incident file that are in the future, or end before they begin.
import { type Incident, type IncidentUpdate, isOpen, timeInKey } from '../../model/incident.ts';
import { errorAt, limitProblems, orProblem, type Problem, warningAt } from '../../model/problem.ts';
import { DAY, iso, MINUTE, type Millis } from '../../model/time.ts';
import { readFrontmatter } from '../../text/front-matter.ts';
import { stepsAfterCompletion } from '../as-of.ts';
import { openAfterEnd } from '../ending.ts';
import { readMoments } from '../file/moments.ts';
import { cutSections, type Section, type Sections } from '../file/timeline.ts';
import { tellsOfWork } from '../times/work-days.ts';
import { minuteOf, momentsOf } from './remark.ts';

/** How far an operator's clock may be ahead. */
const SLACK: Millis = 5 * MINUTE;

/**
 * The problem that an incident ends before it begins. An error if it is unclear which time is wrong; a warning if the
 * start is, or was when first seen, in the future. Null for other incidents, and for a machine's that was filed with a
 * clock that was ahead.
 * @param view the incident as shown.
 */
export function backwards(
  incident: Incident,
  source: string,
  where: string,
  now: Millis,
  view?: Incident,
): Problem | null {
  const { begins, resolved, openedBy, updates } = incident;
  if (begins === undefined || resolved === null) return null;
  // What a machine wrote says so in a section, too.
  const isSaid = ({ status, at, key }: IncidentUpdate) =>
    status === 'resolved' && at === resolved && timeInKey(key) !== 'closed';
  if (openedBy !== null && updates.some(isSaid)) return null;
  const times = `\`started\` is ${iso(begins)}, \`resolved\` is ${iso(resolved)}`;
  if (begins > now || view?.startedAhead === begins) {
    const when = begins > now ? ' and in the future' : '';
    const what = `\`started\` is after \`resolved\`${when}, so it counts from when it was first seen: ${times}`;
    return warningAt(where, what, 'correct `started`', placesOf(incident, source, where).startedLine);
  }
  const { yaml, body } = readFrontmatter(where, source);
  const slip = slipOf(incident, cutSections(body, incident.status), begins, resolved);
  const likely = `most likely \`${slip}\` is wrong: correct it, or the other`;
  const fix = slip ? likely : 'correct the one that is wrong';
  return errorAt(where, `it ends before it begins: ${times}`, fix, yaml?.lineOf([slip ?? 'resolved']) ?? 1);
}

/** Which of the two is wrong: by the sections within the day before `started`, else by the day in the file's name. */
function slipOf({ id }: Incident, { sections }: Sections, begins: Millis, resolved: Millis) {
  const before = readMoments(sections, { started: begins }).filter(({ at }) => at < begins);
  if (before.some(({ at }) => at >= begins - DAY)) return 'started';
  const isNamed = (at: Millis) => id.startsWith(iso(at).slice(0, 10).replaceAll('-', ''));
  if (isNamed(begins) !== isNamed(resolved)) return isNamed(begins) ? 'resolved' : 'started';
  return before.length > 0 ? 'started' : null;
}

/**
 * Times of a file that are after `now` by mistake: sections, or the start or end of an incident (`asOf` says how they
 * count). A maintenance may be announced ahead and have future dated sections.
 * @param incident as in its file.
 * @param source the file's text.
 * @param view as shown, if known: no problem when it was already announced as over.
 */
export function timeProblems(
  incident: Incident,
  source: string,
  where: string,
  now: Millis,
  view?: Incident,
): Problem[] {
  return orProblem(
    () => limitProblems(ahead(incident, source, where, now, view)),
    problem => [problem],
    where,
  );
}

/** The most problems per file on /readyz; `lint` shows all. */
const SHOWN = 5;

/** The first of these problems as warnings, since the incident is shown. */
export function shownTimeProblems(
  incident: Incident,
  source: string | undefined,
  view: Incident | undefined,
  now: Millis,
): Problem[] {
  const where = `incidents/${incident.id}.md`;
  const found = orProblem(
    () => ahead(incident, source ?? '', where, now, view),
    problem => [problem],
    where,
  );
  return limitProblems(found.slice(0, SHOWN)).map(one => ({ ...one, level: 'warning' }));
}

interface Places {
  readonly source: string;
  readonly startedLine: number;
  readonly resolvedLine: number;
  /** Each section with its line in the file, by time. */
  readonly sections: readonly (Pick<Section, 'line' | 'dated' | 'status'> & { readonly at: Millis })[];
}

/** Cached per change of the file: cutting a long file takes milliseconds, and this runs each second. */
const places = new WeakMap<Incident, Places>();

function placesOf(incident: Incident, source: string, where: string): Places {
  const known = places.get(incident);
  if (known?.source === source) return known;
  const { yaml, body, bodyLine } = readFrontmatter(where, source);
  const work = incident.scheduled && incident.rrule === undefined ? incident.scheduled : null;
  const moments = momentsOf(incident, cutSections(body, incident.status), work);
  const made = {
    source,
    startedLine: yaml?.lineOf(['started']) ?? 1,
    resolvedLine: yaml?.lineOf(['resolved']) ?? 1,
    sections: moments.map(({ section: { line, dated, status }, at }) => {
      return { line: bodyLine + line - 1, at, dated, status };
    }),
  };
  places.set(incident, made);
  return made;
}

/** The steps of a maintenance that its completion cancelled: those the page leaves out, if known. */
function notHappened(incident: Incident, view: Incident | undefined, now: Millis): readonly IncidentUpdate[] {
  if (view?.status !== 'completed') return stepsAfterCompletion(incident, now);
  // Not by their keys: those in the view are lasting ones.
  const isShown = ({ at, body, label }: IncidentUpdate) =>
    view.updates.some(one => one.at === at || (one.body === body && one.label === label));
  return incident.scheduled ? incident.updates.filter(update => !isShown(update)) : [];
}

/** The newest step of a maintenance says that it is completed, and it goes on: until its end, it covers what fails. */
function isCompletionUntold({ scheduled, status, updates, rrule }: Incident, now: Millis) {
  const last = updates.findLast(({ at, inherits }) => at <= now && !inherits);
  // In a series, one occurrence may be over. At its end a maintenance is completed by the clock.
  if (!scheduled || rrule !== undefined || status === 'completed' || now >= scheduled.end) return false;
  return last?.early === true || last?.status === 'completed';
}

const CALLED_OFF = /\b(cancell?ed|called off|aborted|finished|abgesagt|abgebrochen|beendet)\b/i;

/** The newest heading of a maintenance says that it does not take place, or is over, and nothing else says so. */
function calledOffInWords({ scheduled, status, updates, rrule }: Incident, now: Millis) {
  if (!scheduled || status === 'completed' || (rrule === undefined && now >= scheduled.end)) return undefined;
  const last = updates.findLast(({ at }) => at <= now);
  return last?.inherits && CALLED_OFF.test(last.label ?? '') ? last : undefined;
}

/** A step of the work gets the day nearest to the window: within that, it is the plan. */
function isPlannedStep({ scheduled, status }: Incident, at: Millis, step: Section['status']): boolean {
  if (!scheduled || status === 'completed' || !tellsOfWork({ status: step })) return false;
  return at >= scheduled.start && at <= scheduled.end;
}

const DONE = /\b(done|completed?|finished|over|fertig|abgeschlossen|beendet)\b/i;
const NOT = /\b(not|nicht|noch|still)\b|n[’']t\b/i;

/** The newest words about work that goes on after the planned end, when everything shows it as completed. */
function overrunBy({ scheduled, status, updates, rrule }: Incident, now: Millis): IncidentUpdate | undefined {
  if (!scheduled || status === 'completed' || rrule !== undefined) return undefined;
  const last = updates.at(-1);
  // Nobody corrects the plan of old work.
  if (!last || last.preface || last.at <= scheduled.end || now - last.at > DAY) return undefined;
  const said = `${last.label ?? ''} ${last.body}`;
  return last.status === 'completed' || (DONE.test(said) && !NOT.test(said)) ? undefined : last;
}

/**
 * The problems with times that are ahead, or contradict the end. Long because each finding is a few lines, and all share
 * the test that finds nothing in most files.
 */
function ahead(
  incident: Incident,
  source: string,
  where: string,
  now: Millis,
  view: Incident | undefined,
): Problem[] {
  const late = now + SLACK;
  const { scheduled, started, resolved, updates, openedBy } = incident;
  // It counts from when it was first seen, even for seconds. A machine's file cannot be corrected.
  const bound = openedBy === null ? now : late;
  const turned = backwards(incident, source, where, now, view);
  if (turned) return [turned];
  // The sections of a machine's file that ends before it begins have the same wrong clock.
  if (incident.begins !== undefined) return [];
  // Already over, and the clock was set back since.
  if (resolved !== null && resolved > now && view && !scheduled && !isOpen(view)) return [];
  const newest = updates.at(-1)?.at ?? started;
  const wasAhead = openedBy === null && view?.startedAhead === started;
  // Fast path: thousands of files are in the past.
  const plan = notHappened(incident, view, now);
  const isPast = newest <= late && (scheduled || started <= bound) && (resolved ?? 0) <= now;
  const isUntold = isCompletionUntold(incident, now);
  const reopened = (resolved ?? now) > now ? undefined : openAfterEnd(view ?? incident).at(-1);
  const overrun = overrunBy(incident, now);
  const calledOff = calledOffInWords(incident, now);
  if (isPast && !wasAhead && plan.length === 0 && !isUntold && !reopened && !overrun && !calledOff) return [];
  const { startedLine, resolvedLine, sections } = placesOf(incident, source, where);
  const fix = `it is ${minuteOf(now)} UTC now; correct the date or the zone`;
  const found: Problem[] = [];
  if (!scheduled && started > bound) {
    const what = `\`started\` is in the future: ${iso(started)}, so it counts from when it was first seen`;
    found.push(warningAt(where, what, fix, startedLine));
  }
  if (!scheduled && started <= now && wasAhead && view) {
    const what = `\`started\` (${iso(started)}) was in the future when it was first seen, so it counts from ${iso(view.started)}`;
    found.push(warningAt(where, what, 'correct `started`: the time in UTC, or with its zone', startedLine));
  }
  if (resolved !== null && resolved > now) {
    const until = scheduled
      ? 'unless a section says that it is over, it goes on'
      : 'and until then it is open';
    found.push(
      warningAt(where, `\`resolved\` is in the future: ${iso(resolved)}, ${until}`, fix, resolvedLine),
    );
  }
  if (isUntold) {
    const what = `the newest status in a heading is completed, the front matter says ${incident.status}`;
    const line = sections.findLast(({ at, status }) => at <= now && status === 'completed')?.line;
    found.push(
      warningAt(
        where,
        what,
        'set `status: completed` or, if the work goes on, write a section `## In progress`',
        line,
      ),
    );
  }
  if (calledOff) {
    const { status, rrule } = incident;
    const what = `the newest heading says "${calledOff.label}", but the front matter says ${status}, so it goes on as planned`;
    const fix =
      rrule === undefined
        ? 'set `status: completed` if it does not take place or is over'
        : 'write `## Cancelled …` and below it `occurrence: 2026-12-06`, the day of the one that does not take place';
    found.push(warningAt(where, what, fix, sections.findLast(({ at }) => at === calledOff.at)?.line));
  }
  if (reopened) {
    const what = `the newest update says ${reopened.status}, but the front matter says resolved`;
    const fix = `set \`status: ${reopened.status}\` and remove \`resolved:\`, or reword the heading: until then, new updates after the end are not sent`;
    const line = sections.findLast(({ status }) => status === reopened.status)?.line;
    found.push(warningAt(where, what, fix, line));
  }
  if (overrun) {
    const what = 'this update is dated after `scheduled_end`, when the maintenance is over';
    const line = sections.findLast(({ at }) => at === overrun.at)?.line;
    found.push(warningAt(where, what, 'move `scheduled_end`', line));
  }
  for (const { line, at, dated, status } of sections) {
    if (plan.some(update => update.at === at && (update.inherits ? null : update.status) === status)) {
      const what = `this step is dated after the completion (${iso(at)}), so it has not happened: it is not shown`;
      found.push(warningAt(where, what, 'correct its time, or remove it', line));
      continue;
    }
    const mayBePlan = scheduled && dated && !(incident.status === 'completed' && status === 'completed');
    if (at <= late || mayBePlan || isPlannedStep(incident, at, status)) continue;
    const why = dated ? '' : ' (it has no date, and this is the next such time)';
    found.push(warningAt(where, `this update is in the future: ${iso(at)}${why}`, fix, line));
  }
  return found;
}
