// Likely mistakes in an incident file that parses, as warnings.
import { INCIDENT_STATUSES, type Incident, MAINTENANCE_STATUSES, SEVERITIES } from '../../model/incident.ts';
import { nearestWord } from '../../model/problem.ts';
import { beginsWithTime, readHeading, statusNamed, unmarkedLabel } from '../file/heading.ts';
import { isBoldTime, meansEnd, meantLabel } from '../file/prose-heading.ts';
import type { LooseLine, Section, Sections } from '../file/timeline.ts';
import { LABEL } from '../times/unread-date.ts';
import type { Remark } from './remark.ts';

/** The keys of `fieldsSchema`, and the form of their values: `Security: no data was lost` is prose. */
const FIELDS: Readonly<Record<string, (value: string) => boolean>> = {
  severity: value => /^[a-z]+$/i.test(value) && nearestWord(value, SEVERITIES) !== undefined,
  components: value => /^([[{].*|[\w-]+(,\s*[\w-]+)*)?$/.test(value),
  next_update: value => /\d/.test(value),
  notify: value => /^(true|false|yes|no|on|off)$/i.test(value),
};

/** The most headings of other levels that are examined: a text with more means them. */
const MAX_LOOSE = 500;

const KEY = /^([a-z_-]{4,20})[ \t]*:(?:[ \t]+(.*))?$/i;

export function likelyMistakes(incident: Incident, body: string, cut: Sections): Remark[] {
  const remarks = cut.loose.slice(0, MAX_LOOSE).flatMap(nearHeading);
  remarks.push(...pastedUpdates(incident, cut));
  remarks.push(...cut.sections.flatMap(nearLabel));
  // A monitor's text may look like anything.
  if (incident.openedBy === null) remarks.push(...nearFields(body, cut));
  const unended = endUntold(incident, cut);
  return unended ? [...remarks, unended] : remarks;
}

/**
 * `**19:30 UTC** - Fix deployed.`, or updates pasted from another status page: one hint for all. A plan has times, too, and
 * so may the last words of what is over.
 */
function pastedUpdates({ scheduled, openedBy, status }: Incident, { loose, sections }: Sections): Remark[] {
  if (scheduled || openedBy !== null) return [];
  const isTold = status === 'resolved' && sections.length > 0;
  const first = loose.find(
    ({ text }) => unmarkedLabel(text) === null && !/^ {0,3}#/.test(text) && !(isTold && isBoldTime(text)),
  );
  if (!first) return [];
  const what = `"${first.text.trim()}" is text, not an update, and so are other lines like it`;
  return [{ at: first.line, what, fix: 'begin each update with a heading: `## Update 15:00 UTC`' }];
}

/** `## Update`, `#Update 10:05 UTC`, `### Update 10:05 UTC`: text, though most likely meant as an update. */
function nearHeading({ line, text, isExact }: LooseLine): Remark[] {
  const unmarked = unmarkedLabel(text);
  if (unmarked !== null) {
    const label = meantLabel(unmarked)?.label ?? unmarked;
    const fix = `write it like \`## ${label} 15:00 UTC\`, at the start of the line`;
    const said = text.trim().replace(/^(.{79}).{2,}$/u, '$1…');
    return [
      { at: line, what: `"${said}" is not a heading that begins with "## ", so it is not an update`, fix },
    ];
  }
  const [, level, words = ''] = /^ {0,3}(#{1,5}(?!#))\s*(.*)$/.exec(text) ?? [];
  if (level === undefined) return [];
  const isOtherLevel = level !== '##';
  const isLikeOurs = /^##\s/.test(text);
  const isOurs = isExact && isLikeOurs;
  const label = (isOurs ? undefined : labelBehind(words)) ?? labelBefore(words, isOtherLevel);
  if (label === undefined) return [];
  const what = isOtherLevel
    ? 'is a heading of a different level'
    : isOurs
      ? 'has no time that can be read'
      : isLikeOurs
        ? 'is indented, or has an invisible character or other "#" signs at its beginning'
        : 'does not begin with "## "';
  const fix = `write it like \`## ${label} 15:00 UTC\`, at the start of the line`;
  return [{ at: line, what: `"${text.trim()}" ${what}, so it is not an update`, fix }];
}

/** The label that is most likely meant by `15:30 UTC - Identified`, `2026-11-28 15:30`; undefined when no time comes first. */
function labelBehind(words: string): string | undefined {
  if (!beginsWithTime(words)) return undefined;
  const read = readHeading(words, false);
  const last = meantLabel(/[\p{L} ]+$/u.exec(words)?.[0].trim() ?? '')?.label;
  return last ?? (read === null || read === 'postmortem' || 'what' in read ? undefined : 'Update');
}

/** The same for `Identified 15:30 UTC`, `Final update 15:30 UTC`; with a time on another level, else with none that can be read. */
function labelBefore(words: string, isOtherLevel: boolean): string | undefined {
  const [, word = '', rest = ''] = /^(in progress|[a-z]+)(.*)$/i.exec(words) ?? [];
  const isLabel = /^update$/i.test(word) || statusNamed(word) !== null;
  const near = isLabel ? word : isOtherLevel ? nearStatus(word) : undefined;
  if (near !== undefined && (isOtherLevel ? /\d[:.h]\d{2}|\d\s*[ap]\.?m/i.test(rest) : isTimeLike(rest)))
    return near.charAt(0).toUpperCase() + near.slice(1);
  const meant = isLabel ? null : meantLabel(words);
  if (!meant) return undefined;
  const timeFollows = isOtherLevel
    ? /^[\s:,;|·@([–—-]*(?:(?:at|um|on)\s+)?\d.*?(?:[:.h]\d{2}|\d\s*[ap]\.?m)/i.test(meant.rest)
    : /^$|^[:,;|([–—-]/.test(meant.rest);
  return timeFollows ? meant.label : undefined;
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

/** Words that are no mistyped status: others of the same stem, and the opposite. */
const NO_STATUS = new RegExp(
  `^(?:updates|updated|updating|(?:not|non|no|never)[\\s-].*|un-?[cimrsv].*|(?:re|pre)-?${LABEL})$`,
  'iu',
);

/** The status or label that a mistyped word most likely means. */
function nearStatus(word: string): string | undefined {
  if (NO_STATUS.test(word)) return undefined;
  const known = ['Update', ...INCIDENT_STATUSES, ...MAINTENANCE_STATUSES].map(one => one.replace('_', ' '));
  const near = nearestWord(word, known);
  return near && near.charAt(0).toUpperCase() + near.slice(1);
}

/** `## Update`, `## Update: …` and `## Update 3pm` are meant as updates; `## Monitoring improvements` is not. */
function isTimeLike(rest: string): boolean {
  return /^[^\p{L}\d]*$|^\s*[:–—,([-]|\d|^\s+(at|now|later|soon|shortly|again|already|pending|follows?|coming|to (?:follow|come)|in an?|every|noon|midnight|today|yesterday|this morning|tonight)(?!\p{L})/iu.test(
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
    const near = nearestWord(key, Object.keys(FIELDS));
    if (key === '' || near === undefined || !FIELDS[near]!(value.trim())) return [];
    const what = `"${key}:" under an update's heading is shown as text, with everything below it`;
    return [
      { at: index + 1, what, fix: `did you mean ${near}? If it is text, leave an empty line above it` },
    ];
  });
}

/** The newest update of an incident says it is over, but the front matter does not. */
function endUntold(incident: Incident, { sections }: Sections): Remark | null {
  const { scheduled, status, updates } = incident;
  const newest = updates.at(-1);
  // Whether a maintenance is completed depends on the clock (times.ts).
  if (scheduled || status === 'resolved') return null;
  const labelMeansEnd = newest?.label != null && newest.status !== 'resolved' && meansEnd(newest.label);
  // Words after an end do not say that it goes on.
  const last = labelMeansEnd ? newest : updates.findLast(({ inherits }) => !inherits);
  if (!last || (!last.early && last.status !== 'resolved' && !labelMeansEnd)) return null;
  const tells = (one: Section) =>
    one.status === 'resolved' || (labelMeansEnd && !last.early && one.label === last.label);
  const teller = updates.findLast(({ body }) => sections.some(one => tells(one) && one.body === body));
  const section = sections.find(one => tells(one) && one.body === teller?.body);
  return {
    at: section?.line ?? 1,
    what: `the newest update says resolved, but the front matter says ${status}`,
    fix: 'set `status: resolved` and `resolved: …` (or reword the heading)',
  };
}
