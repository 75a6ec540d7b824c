// Issues of an Upptime repository as incident files: outages by the label `status`, and work by `maintenance`.

import type { Addition } from '../../incidents/file/print.ts';
import { MAX_TITLE } from '../../incidents/file/schema.ts';
import type { Severity } from '../../model/component.ts';
import type { IncidentStatus } from '../../model/incident.ts';
import { MINUTE, type Millis, parseInstant, type Span } from '../../model/time.ts';
import { withoutComments } from '../../text/comments.ts';
import { type ImportedIncident, incidentId, printImported, type Remarks } from '../imported.ts';
import type { GithubIssue } from './issues.ts';

/** What the repository knows of the sites that issues name. */
export interface Sites {
  /** The ids of the components that an issue is about. */
  idsOf(issue: GithubIssue): readonly string[];
  /** The id of the component with a slug, as a maintenance names it. */
  idOf(slug: string): string;
  /** Whether all of an issue's sites are well by what was last saved, or are no longer watched. */
  isStale(issue: GithubIssue): boolean;
}

interface Making {
  readonly sites: Sites;
  readonly unique: (id: string) => string;
  readonly remarks: Remarks;
}

/** The incident of an issue; none if it is about neither an outage nor work. */
export function incidentOf(issue: GithubIssue, making: Making): ImportedIncident[] {
  const labels = issue.labels.map(label => label.toLowerCase());
  if (labels.includes('maintenance')) return maintenanceOf(issue, making);
  return labels.includes('status') ? outageOf(issue, making) : [];
}

/** By the title, as Upptime's page colours incidents; those that people open say what they like. */
const SEVERITIES: readonly (readonly [RegExp, Severity])[] = [
  [/degraded/i, 'minor'],
  [/🛑|\bdown\b/iu, 'critical'],
  [/⚠/u, 'minor'],
];

function outageOf(issue: GithubIssue, { sites, unique, remarks }: Making): ImportedIncident[] {
  const { number, created, file } = issue;
  const end = endOf(issue, sites, remarks);
  const spoken = saidOf(issue, end);
  const closing =
    end !== null && !spoken.some(({ status, afterwards }) => status === 'resolved' && !afterwards);
  const later = closing ? inserted(spoken, { status: 'resolved', at: end, message: 'Resolved.' }) : spoken;
  const { title, message } = titled(issue);
  const text = printImported(`upptime:${number}`, {
    title,
    status: end === null ? (later.at(-1)?.status ?? 'investigating') : 'resolved',
    severity: SEVERITIES.find(([words]) => words.test(issue.title))?.[1] ?? 'major',
    started: created,
    components: sites.idsOf(issue),
    aliases: [`/incident/${number}`],
    message: message || 'Investigating.',
    ...(end === null ? {} : { resolved: end }),
    later,
  });
  return [{ file, source: `upptime:${number}`, id: unique(incidentId(created, title)), text }];
}

/**
 * When an issue ended; null: it goes on. Upptime closes one issue of a site, so others stay open for ever: they ended with
 * their last comment, if the site is well again or no longer watched.
 */
function endOf(issue: GithubIssue, sites: Sites, remarks: Remarks): Millis | null {
  const { isClosed, closed, created, comments, number } = issue;
  const last = comments.at(-1)?.at ?? created;
  if (isClosed) return Math.max(closed ?? last, created);
  if (!sites.isStale(issue)) return null;
  remarks.changed(
    issue.file,
    `#${number} is open, but its site is well or no longer watched: it ends with its last comment`,
  );
  return last;
}

/** How long before an issue is closed its last words about that are written. */
const CLOSING = MINUTE;
const LABEL = /^[\s*_#]*(investigating|identified|monitoring|resolved)\b[\s*_]*:/i;

/** Comments as updates. One that says Resolved just before the end is the end; a status at the beginning of others counts. */
function saidOf({ comments, created }: GithubIssue, end: Millis | null): Addition[] {
  const ending = end === null ? -1 : comments.findLastIndex(({ at }) => at <= end);
  let standing: IncidentStatus = 'investigating';
  return comments.map(({ at: written, body }, index): Addition => {
    const at = Math.max(written, created);
    const label = LABEL.exec(body)?.[1]?.toLowerCase() as IncidentStatus | undefined;
    const message = shown(body) || 'Update.';
    if (end !== null && at > end) return { status: 'resolved', at, message, afterwards: 'update' };
    const isEnd = label === 'resolved' && index === ending && at >= (end ?? 0) - CLOSING;
    if (isEnd) return { status: 'resolved', at, message };
    const isNew = label !== undefined && label !== 'resolved' && label !== standing;
    if (isNew) standing = label;
    return { status: standing, at, message, ...(isNew ? {} : { isUpdate: true }) };
  });
}

/** Puts an update behind those of its time or before. */
function inserted(all: readonly Addition[], one: Addition): Addition[] {
  const place = all.findIndex(({ afterwards }) => afterwards);
  return place < 0 ? [...all, one] : [...all.slice(0, place), one, ...all.slice(place)];
}

function maintenanceOf(issue: GithubIssue, { sites, unique, remarks }: Making): ImportedIncident[] {
  const { number, created, file, isClosed, closed } = issue;
  const { fields, rest } = metadataOf(issue.body);
  const window = windowOf(issue, fields, remarks);
  if (!window) return [];
  const slugs = `${fields.get('expectedDown') ?? ''},${fields.get('expectedDegraded') ?? ''}`;
  const named = slugs.split(',').flatMap(slug => slug.trim() || []);
  // The bot closes it at its next run after the end.
  const end = isClosed ? Math.min(Math.max(closed ?? window.end, created), window.end) : null;
  const said = issue.comments.map(({ at, body }): Addition => {
    const text = { at: Math.max(at, created), message: shown(body) || 'Update.' };
    return end !== null && text.at > end
      ? { ...text, status: 'completed', afterwards: 'update' }
      : { ...text, status: 'scheduled', isUpdate: true };
  });
  const { title, message } = titled({ ...issue, body: rest });
  const text = printImported(`upptime:${number}`, {
    title,
    status: end === null ? 'scheduled' : 'completed',
    severity: null,
    started: Math.min(created, window.start),
    components: [...new Set([...named.map(slug => sites.idOf(slug)), ...sites.idsOf(issue)])],
    aliases: [`/incident/${number}`],
    message: message || 'Scheduled.',
    scheduled: window,
    ...(end === null ? {} : { resolved: end }),
    later: end === null ? said : inserted(said, { status: 'completed', at: end, message: 'Completed.' }),
  });
  return [{ file, source: `upptime:${number}`, id: unique(incidentId(window.start, title)), text }];
}

/** The planned window; without a readable one, that in which a closed issue was open. */
function windowOf(issue: GithubIssue, fields: ReadonlyMap<string, string>, remarks: Remarks): Span | null {
  const [start, end] = ['start', 'end'].map(key => instantOf(fields.get(key) ?? ''));
  if (start && end && end > start) return { start, end };
  const where = `#${issue.number} “${issue.title}”`;
  const [lacks, without] =
    start && end
      ? ['its `end` is not after its `start`', 'whose `end` is not after its `start`']
      : ['it has no `start` and `end`', 'without `start` and `end`'];
  if (issue.closed === null || issue.closed <= issue.created) {
    remarks.leftOut(issue.file, `${where}: a maintenance ${without}`);
    return null;
  }
  remarks.changed(issue.file, `${where}: ${lacks}; it is from its opening to its closing`);
  return { start: issue.created, end: issue.closed };
}

/** A date as JavaScript reads it; without a zone it is UTC, as on GitHub's machines. */
function instantOf(text: string): Millis | null {
  const read = parseInstant(text);
  if (read !== null) return read - (read % 1000);
  const zoned = /(?:Z|UTC|GMT|[+-]\d{2}:?\d{2})\s*$/i.test(text) ? text : `${text} UTC`;
  const at = text === '' ? Number.NaN : Date.parse(zoned);
  return Number.isNaN(at) ? null : at - (at % 1000);
}

/** The lines `key: value` of the first comment of HTML, and the words around it. */
function metadataOf(body: string): { readonly fields: ReadonlyMap<string, string>; readonly rest: string } {
  const [whole = '', inner = ''] = /<!--(.*?)(?:-->|$)/s.exec(body) ?? [];
  const lines = [...inner.matchAll(/^\s*(\w+)\s*:(.+)$/gm)];
  const fields = new Map(lines.map(([, key = '', value = '']) => [key, value.trim()]));
  return { fields, rest: fields.has('start') || fields.has('end') ? body.replace(whole, '') : body };
}

/** A title without its sign, and what is said first; a title that is too long is said there in full. */
function titled({ title, body }: Pick<GithubIssue, 'title' | 'body'>): { title: string; message: string } {
  const plain = title.replace(/^\s*(?:🛑|⚠)\uFE0F?\s*/u, '').trim() || 'Incident';
  if (plain.length <= MAX_TITLE) return { title: plain, message: shown(body) };
  return {
    title: `${plain.slice(0, MAX_TITLE - 2).trimEnd()}…`,
    message: `${plain}\n\n${shown(body)}`.trim(),
  };
}

/** Headings of a text that would look like those of updates. */
const LIKE_OURS =
  /^( {0,3})#{1,5}(?=[ \t]+[*_]*(?:update|investigating|identified|monitoring|resolved|scheduled|in progress|verifying|completed)\b)/gim;

/** The text as it is, or nothing if it only has comments of HTML in it. */
function shown(body: string): string {
  return withoutComments(body).trim() === '' ? '' : body.trim().replace(LIKE_OURS, '$1######');
}
