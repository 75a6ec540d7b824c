// One markdown file → one Incident, or the problems that stand in its way, each with its line.

import {
  INCIDENT_STATUSES,
  type Incident,
  type IncidentUpdate,
  MAINTENANCE_STATUSES,
  SEVERITIES,
} from '../../model/incident.ts';
import { bearable, type Outcome, type Problem, survived } from '../../model/problem.ts';
import { type Millis, parseInstant } from '../../model/time.ts';
import { readFrontmatter } from '../../text/front-matter.ts';
import { listed, readYaml, type YamlText } from '../../text/yaml.ts';
import { checkAgainst } from '../../text/yaml-check.ts';
import { guessed, misdated } from '../lint/doubtful-times.ts';
import { secondLook } from '../lint/likely-mistakes.ts';
import { occurs, overlapsItself } from '../recurrence.ts';
import { fieldsSchema, frontmatterSchema, MAX_TITLE, readPromise } from './schema.ts';
import { cutSections, type Section, type Sections, type Ties } from './timeline.ts';
import { type Fields, type Frontmatter, updatesOf } from './updates.ts';

/** The largest incident file that is read, bytes: beyond it, it is not prose. */
export const MAX_INCIDENT_BYTES = 1_000_000;

/** What other status pages call our keys. */
const KEYS_ELSEWHERE: ReadonlyMap<string, string> = new Map([
  ['scheduled_for', 'scheduled_start'],
  ['scheduled_until', 'scheduled_end'],
  ['scheduled_to', 'scheduled_end'],
  ['started_at', 'started'],
  ['resolved_at', 'resolved'],
  ['impact', 'severity'],
  ['affected', 'components'],
]);

/** The most characters of the fields beneath their headings, together. */
const MAX_FIELDS = 24_000;

/**
 * Parses an incident file (contract §4). `file` is the path to name in problems, `id` the file's name
 * without `.md`. Warnings may come with an incident, and errors in what stands beneath its front matter: a
 * comment nobody closed is text, and a heading whose time cannot be read makes it `held`. `ties` is for `parseAfter`.
 */
export function parseIncident(
  file: string,
  id: string,
  source: string,
  ties: Ties = 'newest first',
): Outcome<Incident> {
  // One file's failure must not be that of all the others.
  const { value, problems } = survived(
    () => read(file, id, source, ties),
    problem => ({ value: null, problems: [problem] }),
    file,
  );
  return { value, problems: bearable(problems) };
}

function read(file: string, id: string, source: string, ties: Ties): Outcome<Incident> {
  const front = readFrontmatter(file, source);
  if (!front.yaml) return { value: null, problems: front.problems };
  const checked = checkAgainst(frontmatterSchema, front.yaml, file, undefined, KEYS_ELSEWHERE);
  const problems = [...checked.problems];
  if (!checked.value) return { value: null, problems };
  const fields = { ...checked.value, title: shortTitle(checked.value.title) };
  if (fields.title !== checked.value.title) {
    const what = `\`title\` is longer than ${MAX_TITLE} characters, and is cut off there`;
    const line = front.yaml.lineOf(['title']);
    problems.push({ level: 'warning', where: file, line, what, fix: 'shorten it' });
  }
  problems.push(...contradictions(fields, front.yaml, file));
  if (problems.some(problem => problem.level === 'error')) return { value: null, problems };
  const cut = cutSections(front.body);
  const about = (level: Problem['level'], line: number, what: string, fix: string) =>
    problems.push({ level, where: file, line: front.bodyLine + line - 1, what, fix });
  const told = new Map<Section, Fields>();
  let fieldsLeft = MAX_FIELDS;
  for (const section of cut.sections) {
    if (section.fields === null) continue;
    const line = front.bodyLine + section.line;
    fieldsLeft -= section.fields.length;
    if (fieldsLeft < 0) {
      const what = `the fields under its headings are longer than ${MAX_FIELDS} characters`;
      return refused(problems, file, line, what, 'name fewer components');
    }
    const yaml = readYaml(section.fields, file, line);
    const { value, problems: wrong } = checkAgainst(fieldsSchema, yaml, file);
    problems.push(...wrong);
    if (!value) continue;
    if (value.next_update !== undefined && readPromise(value.next_update, 0) === null) {
      problems.push({
        level: 'error',
        where: file,
        line: yaml.lineOf(['next_update']),
        what: `\`next_update\`: "${value.next_update}" is not a time`,
        fix: 'write 15:30 UTC, 30m or 2025-11-06T15:30:00Z',
      });
    }
    told.set(section, value);
  }
  if (problems.some(problem => problem.level === 'error')) return { value: null, problems };
  // What follows is told beside the incident: nobody may miss it for a heading or a comment.
  if (cut.stopped) {
    const { line, what, fix } = cut.stopped;
    about('error', line, what, `${fix}: until then nothing new in it is mailed`);
  }
  for (const { line, text } of cut.unreadable) {
    const what = `the time in "## ${text}" cannot be read, so it is not an update`;
    about('warning', line, what, 'write it like `## Update 15:00 UTC` or `## Resolved 2025-11-06 15:00 UTC`');
  }
  for (const { line, what, fix } of cut.wrong) about('error', line, `${what}, so this is not an update`, fix);
  for (const { line } of cut.unclosed.slice(0, 50)) {
    about(
      'error',
      line,
      'this comment is never closed, so it is shown as text',
      'write `-->` where it ends, or `\\<!--`',
    );
  }
  // Of a text that is not read to its end, nobody knows.
  if (cut.openFenceLine !== null && !cut.stopped) {
    const what = 'this code fence is never closed, so all below it is code, headings too';
    about('error', cut.openFenceLine, what, `write \`${cut.openFence}\` in a line of its own where it ends`);
  }
  for (const line of cut.nested.slice(0, 50)) {
    about(
      'warning',
      line,
      'a comment begins within another, and the first `-->` ends both',
      'close the first one above',
    );
  }
  const value = {
    ...build(id, fields, cut, told, ties),
    ...(cut.wrong.length > 0 || cut.stopped ? { held: true as const } : {}),
  };
  problems.push(...guessed(value, cut, file, front), ...misdated(value, cut, file, front));
  for (const { line, ...remark } of secondLook(value, front.body, cut)) {
    problems.push({ level: 'warning', where: file, line: front.bodyLine + line - 1, ...remark });
  }
  return { value, problems };
}

function refused(before: readonly Problem[], where: string, line: number, what: string, fix: string) {
  return { value: null, problems: [...before, { level: 'error' as const, where, line, what, fix }] };
}

function shortTitle(title: string): string {
  return title.length > MAX_TITLE
    ? `${title.slice(0, MAX_TITLE - 1).replace(/[\uD800-\uDBFF]$/, '')}…`
    : title;
}

function contradictions(fields: Frontmatter, yaml: YamlText, where: string): Problem[] {
  const found: Problem[] = [];
  const add = (key: string, what: string, fix: string) =>
    found.push({ level: 'error', where, line: yaml.lineOf([key]), what, fix });
  const { status, started, resolved, severity, scheduled_start: start, scheduled_end: end } = fields;
  const maintenance = start !== undefined || end !== undefined;
  const allowed: readonly string[] = maintenance ? MAINTENANCE_STATUSES : INCIDENT_STATUSES;
  if (!allowed.includes(status)) {
    const kind = maintenance ? 'a maintenance' : 'an incident (without `scheduled_start`)';
    add('status', `\`status\` "${status}" is not one of ${kind}`, `write ${listed(allowed)}`);
  }
  if (!maintenance && fields.rrule != null) {
    add(
      'rrule',
      'only a maintenance repeats',
      'remove `rrule`, or write `scheduled_start` and `scheduled_end`',
    );
  }
  if (maintenance) {
    if (start === undefined) add('scheduled_end', '`scheduled_start` is missing', 'write when it begins');
    else if (end === undefined) add('scheduled_start', '`scheduled_end` is missing', 'write when it ends');
    else if (end <= start)
      add('scheduled_end', 'it ends before it begins', 'put `scheduled_end` after the start');
    if (start !== undefined && fields.rrule != null && !occurs(fields.rrule, start)) {
      const what = '`rrule` names no day from `scheduled_start` on';
      add('rrule', what, 'name days that exist: no 30 February, no sixth Sunday of a month');
    }
    if (start !== undefined && end !== undefined && fields.rrule != null) {
      const what = 'it repeats, and so late an end has more than ten of its occurrences under way at once';
      const fix =
        'write when the first occurrence ends; when the series ends stands in `rrule`: `UNTIL=20261231`';
      if (overlapsItself(fields.rrule, { start, end })) add('scheduled_end', what, fix);
    }
    return found;
  }
  if (severity === undefined) add('severity', '`severity` is missing', `write ${listed(SEVERITIES)}`);
  if (started === undefined)
    add('started', '`started` is missing', 'write when it began: 2025-11-06T14:30:00Z');
  if (status === 'resolved' && resolved == null) {
    add(
      'status',
      '`resolved` is missing though the status is resolved',
      'write when it ended: `resolved: …`',
    );
  }
  if (status !== 'resolved' && resolved != null) {
    add(
      'resolved',
      `it has an end, but its status is ${status}`,
      'write `status: resolved`, or remove `resolved`',
    );
  }
  return found;
}

function build(
  id: string,
  fields: Frontmatter,
  cut: Sections,
  told: ReadonlyMap<Section, Fields>,
  ties: Ties,
): Incident {
  const scheduled =
    fields.scheduled_start === undefined
      ? null
      : { start: fields.scheduled_start, end: fields.scheduled_end as Millis };
  const presumed = fields.started ?? announced(id, (scheduled as { start: Millis }).start);
  const updates = updatesOf(fields, presumed, cut, told, ties);
  // A day that nobody wrote is not later than what was.
  const begun = fields.started ?? Math.min(presumed, (updates[0] as IncidentUpdate).at);
  const started = scheduled ? begun : Math.min(begun, fields.resolved ?? begun);
  return {
    id,
    title: fields.title,
    status: fields.status,
    severity: fields.severity ?? 'minor',
    started,
    resolved: fields.resolved ?? null,
    components: fields.components ?? null,
    scheduled,
    openedBy: fields.opened_by ?? null,
    notify: fields.notify,
    updates,
    postmortem: cut.postmortem,
    ...(fields.next_update == null ? {} : { promised: fields.next_update }),
    ...(fields.rrule == null ? {} : { rrule: fields.rrule }),
    ...(!scheduled && started < begun ? { begins: begun } : {}),
  };
}

/** A maintenance without `started` was announced on the day its file is named after. */
function announced(id: string, start: Millis): Millis {
  const day = /^(\d{4})(\d{2})(\d{2})/.exec(id);
  const at = day ? parseInstant(`${day[1]}-${day[2]}-${day[3]}`) : null;
  return at === null ? start : Math.min(at, start);
}
