// Parses a markdown file into an Incident, or into problems with their lines.
import {
  INCIDENT_STATUSES,
  type Incident,
  type IncidentUpdate,
  MAINTENANCE_STATUSES,
  SEVERITIES,
} from '../../model/incident.ts';
import {
  errorAt,
  limitProblems,
  type Outcome,
  orProblem,
  type Problem,
  warningAt,
} from '../../model/problem.ts';
import { type Millis, parseInstant } from '../../model/time.ts';
import { type Front, readFrontmatter } from '../../text/front-matter.ts';
import { joinWithOr, readYaml, type YamlText } from '../../text/yaml.ts';
import { checkAgainst } from '../../text/yaml-check.ts';
import { doubtfulTimes, misdatedEnd } from '../lint/doubtful-times.ts';
import { likelyMistakes } from '../lint/likely-mistakes.ts';
import type { Remark } from '../lint/remark.ts';
import { occurs, overlapsItself } from '../recurrence.ts';
import { offsetAt, printOffset, wallTime } from '../times/zone.ts';
import type { Ties } from './moments.ts';
import { fieldsSchema, frontmatterSchema, inOurSpelling, MAX_TITLE, readPromise } from './schema.ts';
import { cutSections, type Section, type Sections } from './timeline.ts';
import { doubtsOf, type Fields, type Frontmatter, timelineOf } from './updates.ts';

/** The largest incident file that is read, bytes. */
export const MAX_INCIDENT_BYTES = 1_000_000;

/** The most characters of all fields under its headings together. */
const MAX_FIELDS = 24_000;

/** Names of our keys on other status pages. */
const KEYS_ELSEWHERE: ReadonlyMap<string, string> = new Map([
  ['scheduled_for', 'scheduled_start'],
  ['scheduled_until', 'scheduled_end'],
  ['scheduled_to', 'scheduled_end'],
  ['started_at', 'started'],
  ['resolved_at', 'resolved'],
  ['impact', 'severity'],
  ['affected', 'components'],
]);

/**
 * Parses an incident file. An incident may come with warnings, and with errors of its body: an unclosed comment becomes
 * text. That, or an unreadable time in a heading, makes it `isPartlyUnreadable`.
 * @param file the path to name in problems.
 * @param id the file's name without `.md`.
 * @param ties for `parseAfter`.
 */
export function parseIncident(
  file: string,
  id: string,
  source: string,
  ties: Ties = 'newest first',
): Outcome<Incident> {
  // A failure must not affect other files.
  const { value, problems } = orProblem(
    () => read(file, id, source, ties),
    problem => ({ value: null, problems: [problem] }),
    file,
  );
  return { value, problems: limitProblems(problems) };
}

const isError = ({ level }: Problem) => level === 'error';

function read(file: string, id: string, source: string, ties: Ties): Outcome<Incident> {
  const front = readFrontmatter(file, source);
  const { yaml, body, bodyLine } = front;
  if (!yaml) return { value: null, problems: front.problems };
  const { fields, problems } = readFields(front, yaml, file);
  if (!fields || problems.some(isError)) return { value: null, problems };
  const whole = cutSections(body, fields.status);
  const doubts = doubtsOf(fields, whole);
  const cut = doubts.size === 0 ? whole : cutSections(body, fields.status, doubts);
  const sections = readSectionFields(cut.sections, bodyLine, file);
  problems.push(...sections.problems);
  if (problems.some(isError)) return { value: null, problems };
  const built = build(id, fields, cut, sections.fields, ties);
  const isWhole = cut.wrong.length + cut.unclosed.length === 0 && !cut.stopped;
  const value = isWhole ? built : { ...built, isPartlyUnreadable: true as const };
  const likely = [...doubtfulTimes(value, cut), ...likelyMistakes(value, body, cut)];
  const remarks = [...zoneRemarks(value, yaml), ...bodyRemarks(cut), ...likely];
  problems.push(...remarks.map(remark => problemOf(remark, file, front)));
  return { value, problems };
}

function problemOf({ at, what, fix, level = 'warning' }: Remark, where: string, front: Front): Problem {
  const line = typeof at === 'number' ? front.bodyLine + at - 1 : (front.yaml?.lineOf([at]) ?? 1);
  return { level, where, line, what, fix };
}

function readFields(front: Front, yaml: YamlText, file: string) {
  const meant = { ...yaml, data: inOurSpelling(yaml.data) };
  const checked = checkAgainst(frontmatterSchema, meant, file, undefined, KEYS_ELSEWHERE);
  const problems = [...checked.problems];
  const { value } = checked;
  if (!value) return { fields: null, problems };
  const fields = { ...value, title: shortTitle(value.title) };
  if (fields.title !== value.title) {
    const what = `\`title\` is longer than ${MAX_TITLE} characters, and is cut off there`;
    problems.push(warningAt(file, what, 'shorten it', yaml.lineOf(['title'])));
  }
  const misdated = misdatedEnd(fields);
  const remarks = [...contradictions(fields), ...misdated];
  problems.push(...remarks.map(remark => problemOf(remark, file, front)));
  return { fields: misdated.length > 0 ? { ...fields, resolved: null } : fields, problems };
}

function readSectionFields(sections: readonly Section[], bodyLine: number, file: string) {
  const fields = new Map<Section, Fields>();
  const problems: Problem[] = [];
  let left = MAX_FIELDS;
  for (const section of sections) {
    if (section.fields === null) continue;
    const line = bodyLine + section.line;
    left -= section.fields.length;
    if (left < 0) {
      const what = `the fields under its headings are longer than ${MAX_FIELDS} characters`;
      problems.push(errorAt(file, what, 'name fewer components', line));
      break;
    }
    const yaml = readYaml(section.fields, file, line);
    const meant = { ...yaml, data: inOurSpelling(yaml.data) };
    const { value, problems: wrong } = checkAgainst(fieldsSchema, meant, file);
    problems.push(...wrong);
    if (!value) continue;
    if (value.next_update !== undefined && readPromise(value.next_update, 0) === null) {
      const what = `\`next_update\`: "${value.next_update}" is not a time`;
      const fix = 'write 15:30 UTC, 30m or 2025-11-06T15:30:00Z';
      problems.push(errorAt(file, what, fix, yaml.lineOf(['next_update'])));
    }
    fields.set(section, value);
  }
  return { fields, problems };
}

/** Returns remarks on what `timezone` does not do, although it looks so: times without a zone are UTC in all files. */
function zoneRemarks({ scheduled, timezone }: Incident, { data }: YamlText): Remark[] {
  if (timezone === undefined) return [];
  const what = '`timezone` is only about a maintenance: times without a zone are UTC';
  if (!scheduled) return [{ at: 'timezone', what, fix: 'write each zone: 2025-11-06T14:30:00+01:00' }];
  const { scheduled_start: written } = data as { scheduled_start?: unknown };
  if (/(Z|UTC|GMT|[+-]\d{2}:?\d{2})\W*$/i.test(String(written))) return [];
  const wall = new Date(wallTime(timezone, scheduled.start)).toISOString().slice(0, 16);
  const offset = printOffset(offsetAt(timezone, scheduled.start));
  return [
    {
      at: 'scheduled_start',
      what: `\`scheduled_start\` names no zone, so it is UTC: ${wall.replace('T', ' ')} in ${timezone}`,
      fix: `write ${wall}:00${offset}, or the time that you mean in the same way`,
    },
  ];
}

/** Problems of the body. The incident is used all the same. */
function bodyRemarks(cut: Sections): Remark[] {
  const { stopped, openFence, openFenceLine } = cut;
  const error = (at: number, what: string, fix: string): Remark => ({ level: 'error', at, what, fix });
  return [
    ...(stopped
      ? [error(stopped.line, stopped.what, `${stopped.fix}: until then, new updates in it are not sent`)]
      : []),
    ...cut.unreadable.map(({ line, text }) => ({
      at: line,
      what: `the time in "## ${text}" cannot be read, so it is not an update`,
      fix: 'write it like `## Update 15:00 UTC` or `## Resolved 2025-11-06 15:00 UTC`',
    })),
    ...cut.wrong.map(({ line, what, fix }) => error(line, `${what}, so this is not an update`, fix)),
    ...cut.unclosed.slice(0, 50).map(({ line }) => {
      const what = 'this comment is never closed, so it is shown as text';
      const held = 'until then, nothing new is emailed, and what is new below it changes no component';
      return error(line, what, `write \`-->\` where it ends, or \`\\<!--\`: ${held}`);
    }),
    // Unknown when the text was not read to its end.
    ...(openFenceLine !== null && !stopped
      ? [
          error(
            openFenceLine,
            'this code fence is never closed, so everything below it is code, headings too',
            `write \`${openFence}\` on its own line where it ends`,
          ),
        ]
      : []),
    ...cut.nested.slice(0, 50).map(line => ({
      at: line,
      what: 'a comment begins within another, and the first `-->` ends both',
      fix: 'close the first one above',
    })),
  ];
}

function shortTitle(title: string): string {
  return title.length > MAX_TITLE
    ? `${title.slice(0, MAX_TITLE - 1).replace(/[\uD800-\uDBFF]$/, '')}…`
    : title;
}

type Rule = readonly [isBroken: boolean, key: string, what: string, fix: string];

function contradictions(fields: Frontmatter): Remark[] {
  const { status, scheduled_start: start, scheduled_end: end } = fields;
  const maintenance = start !== undefined || end !== undefined;
  const allowed: readonly string[] = maintenance ? MAINTENANCE_STATUSES : INCIDENT_STATUSES;
  const kind = maintenance ? 'a maintenance' : 'an incident (without `scheduled_start`)';
  const what = `\`status\` "${status}" is not a status of ${kind}`;
  const rules: readonly Rule[] = [
    [!allowed.includes(status), 'status', what, `write ${joinWithOr(allowed)}`],
    ...(maintenance ? ofMaintenance(fields) : ofIncident(fields)),
  ];
  return rules
    .filter(([isBroken]) => isBroken)
    .map(([, key, what, fix]) => ({ level: 'error', at: key, what, fix }));
}

function ofIncident({ status, started, resolved, severity, rrule }: Frontmatter): readonly Rule[] {
  const isOver = status === 'resolved';
  const more = 'remove `rrule`, or write `scheduled_start` and `scheduled_end`';
  const open = `it has an end, but its status is ${status}`;
  const unended = '`resolved` is missing, but the status is resolved';
  const begin = 'write when it began: 2025-11-06T14:30:00Z';
  return [
    [rrule != null, 'rrule', 'only a maintenance repeats', more],
    [severity === undefined, 'severity', '`severity` is missing', `write ${joinWithOr(SEVERITIES)}`],
    [started === undefined, 'started', '`started` is missing', begin],
    [isOver && resolved == null, 'status', unended, 'write when it ended: `resolved: …`'],
    [!isOver && resolved != null, 'resolved', open, 'write `status: resolved`, or remove `resolved`'],
  ];
}

function ofMaintenance(fields: Frontmatter): readonly Rule[] {
  const { scheduled_start: start, scheduled_end: end, rrule, timezone } = fields;
  // Whether a rule matches at all is the same in every zone.
  const zone = timezone ?? 'UTC';
  const isWindow = start !== undefined && end !== undefined;
  const overlap = 'it repeats, and with this late end more than ten occurrences are active at once';
  const days = 'use days that exist: no 30 February, no sixth Sunday of a month';
  const first =
    'write when the first occurrence ends; write the end of the series in `rrule`: `UNTIL=20261231`';
  const after = 'put `scheduled_end` after the start';
  const never = start !== undefined && rrule != null && !occurs(rrule, start, zone);
  const many = isWindow && rrule != null && overlapsItself(rrule, { start, end }, zone);
  return [
    [start === undefined, 'scheduled_end', '`scheduled_start` is missing', 'write when it begins'],
    [end === undefined, 'scheduled_start', '`scheduled_end` is missing', 'write when it ends'],
    [isWindow && end <= start, 'scheduled_end', 'it ends before it begins', after],
    [never, 'rrule', '`rrule` has no day on or after `scheduled_start`', days],
    [many, 'scheduled_end', overlap, first],
  ];
}

function build(
  id: string,
  fields: Frontmatter,
  cut: Sections,
  written: ReadonlyMap<Section, Fields>,
  ties: Ties,
): Incident {
  const scheduled =
    fields.scheduled_start === undefined
      ? null
      : { start: fields.scheduled_start, end: fields.scheduled_end as Millis };
  const presumed = fields.started ?? announced(id, (scheduled as { start: Millis }).start);
  const timeline = timelineOf(fields, presumed, cut, written, ties);
  // An assumed day is not later than the first update.
  const begun = fields.started ?? Math.min(presumed, (timeline.updates[0] as IncidentUpdate).at);
  const started = scheduled ? begun : Math.min(begun, fields.resolved ?? begun);
  return {
    id,
    title: fields.title,
    ...timeline,
    severity: fields.severity ?? 'minor',
    started,
    resolved: fields.resolved ?? null,
    components: fields.components ?? null,
    scheduled,
    openedBy: fields.opened_by ?? null,
    notify: fields.notify,
    postmortem: cut.postmortem,
    ...(fields.next_update == null ? {} : { promised: fields.next_update }),
    ...(fields.rrule == null ? {} : { rrule: fields.rrule }),
    ...(fields.aliases?.length ? { aliases: fields.aliases } : {}),
    ...(fields.timezone == null ? {} : { timezone: fields.timezone }),
    ...(!scheduled && started < begun ? { begins: begun } : {}),
  };
}

/** Without `started`, a maintenance was announced on the day in its file's name. */
function announced(id: string, start: Millis): Millis {
  const day = /^(\d{4})(\d{2})(\d{2})/.exec(id);
  const at = day ? parseInstant(`${day[1]}-${day[2]}-${day[3]}`) : null;
  return at === null ? start : Math.min(at, start);
}
