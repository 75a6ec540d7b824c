// Likely mistakes in an incident file that parses, as warnings.
import { INCIDENT_STATUSES, type Incident, MAINTENANCE_STATUSES, SEVERITIES } from '../../model/incident.ts';
import { nearest } from '../../model/problem.ts';
import { statusNamed, unmarkedLabel } from '../file/heading.ts';
import type { Section, Sections } from '../file/timeline.ts';
import type { Remark } from './remark.ts';

/** The keys of `fieldsSchema`, and the form of their values: `Security: no data was lost` is prose. */
const FIELDS: Readonly<Record<string, (value: string) => boolean>> = {
  severity: value => /^[a-z]+$/i.test(value) && nearest(value, SEVERITIES) !== undefined,
  components: value => /^([[{].*|[\w-]+(,\s*[\w-]+)*)?$/.test(value),
  next_update: value => /\d/.test(value),
  notify: value => /^(true|false|yes|no|on|off)$/i.test(value),
};

/** The most headings of other levels that are examined: a text with more means them. */
const MAX_LOOSE = 500;

const KEY = /^([a-z_-]{4,20})[ \t]*:(?:[ \t]+(.*))?$/i;

export function likelyMistakes(incident: Incident, body: string, cut: Sections): Remark[] {
  const remarks = cut.loose.slice(0, MAX_LOOSE).flatMap(({ line, text }) => nearHeading(line, text));
  remarks.push(...cut.sections.flatMap(nearLabel));
  // A monitor's text may look like anything.
  if (incident.openedBy === null) remarks.push(...nearFields(body, cut));
  const unended = endUntold(incident, cut);
  return unended ? [...remarks, unended] : remarks;
}

/** `## Update`, `##Update 10:05 UTC`, `### Update 10:05 UTC`: text, though most likely meant as an update. */
function nearHeading(line: number, text: string): Remark[] {
  const unmarked = unmarkedLabel(text);
  if (unmarked !== null) {
    const fix = `write it like \`## ${unmarked} 15:00 UTC\`, at the start of the line`;
    const what = `"${text.trim()}" is not a heading that begins with "## ", so it is not an update`;
    return [{ at: line, what, fix }];
  }
  const found = /^ {0,3}(##|#{1,5}\s)\s*(in progress|[a-z]+)(.*)$/i.exec(text);
  if (!found) return [];
  const [, level = '', word = '', rest = ''] = found;
  const label = /^update$/i.test(word) || statusNamed(word) !== null ? word : nearStatus(word);
  if (label === undefined) return [];
  const isOther = level !== '##';
  if (isOther ? !/\d[:.h]\d{2}|\d\s*[ap]\.?m/i.test(rest) : label !== word || !isTimeLike(rest)) return [];
  const what = isOther
    ? 'is a heading of a different level'
    : /^##\s/.test(text)
      ? 'has no time that can be read'
      : 'does not begin with "## "';
  const meant = label.charAt(0).toUpperCase() + label.slice(1);
  const fix = `write it like \`## ${meant} 15:00 UTC\`, at the start of the line`;
  return [{ at: line, what: `"${text.trim()}" ${what}, so it is not an update`, fix }];
}

/** `## Identifed 22:10 UTC` is an update, and its status is the one before. */
function nearLabel({ line, label, status }: Section): Remark[] {
  if (status !== null) return [];
  // `Update 2`, `Update #12`: a label with its number.
  const word = label?.replace(/[\s(#]*\d+[\s).]*$/, '') ?? 'update';
  const near = label === null || /^update$/i.test(word) ? undefined : nearStatus(word);
  if (near === undefined) return [];
  const what = `"${label}" is not a status, so this update keeps the status before it`;
  return [{ at: line, what, fix: `did you mean ${near}?` }];
}

/** The status or label that a mistyped word most likely means; not for words like `Updated`. */
function nearStatus(word: string): string | undefined {
  if (/^(updates|updated|updating)$/i.test(word)) return undefined;
  const known = ['Update', ...INCIDENT_STATUSES, ...MAINTENANCE_STATUSES].map(one => one.replace('_', ' '));
  const near = nearest(word, known);
  return near && near.charAt(0).toUpperCase() + near.slice(1);
}

/** `## Update`, `## Update: …` and `## Update 3pm` are meant as updates; `## Monitoring improvements` is not. */
function isTimeLike(rest: string): boolean {
  return /^\s*$|^\s*[:–—,([-]|\d|^\s+(at|now|noon|midnight|today|yesterday|this morning|tonight)\b/i.test(
    rest,
  );
}

/** `component: api` right below a heading: shown as text, with all that is below it. */
function nearFields(body: string, { sections }: Sections): Remark[] {
  // Fast path: hardly any section begins like this.
  const suspects = sections.filter(section => /^[a-z_-]{4,20}[ \t]*:/i.test(section.body));
  const lines = suspects.length === 0 ? [] : body.split('\n');
  return suspects.flatMap(({ line: heading, fields }) => {
    const index = heading + (fields === null ? 0 : fields.split('\n').length);
    const [, key = '', value = ''] = KEY.exec(lines[index] ?? '') ?? [];
    const near = nearest(key, Object.keys(FIELDS));
    if (key === '' || near === undefined || !FIELDS[near]!(value.trim())) return [];
    const what = `"${key}:" under an update's heading is shown as text, with everything below it`;
    return [
      { at: index + 1, what, fix: `did you mean ${near}? If it is text, leave an empty line above it` },
    ];
  });
}

/** The newest update says it is over, but the front matter does not. */
function endUntold(incident: Incident, { sections }: Sections): Remark | null {
  const { scheduled, status, updates, rrule } = incident;
  const end = scheduled ? 'completed' : 'resolved';
  const last = updates.at(-1);
  // In a series, one occurrence may be over.
  if (rrule !== undefined || status === end || (!last?.early && last?.status !== end)) return null;
  const teller = updates.findLast(({ body }) =>
    sections.some(one => one.status === end && one.body === body),
  );
  const section = sections.find(one => one.status === end && one.body === teller?.body);
  const also = scheduled ? '' : ' and `resolved: …`';
  return {
    at: section?.line ?? 1,
    what: `the newest update says ${end}, but the front matter says ${status}`,
    fix: `set \`status: ${end}\`${also} (or reword the heading)`,
  };
}
