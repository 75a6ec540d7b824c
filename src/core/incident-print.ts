// Incident → markdown, and small edits of an existing file that keep the operator's other bytes.
import type { Severity } from './component.ts';
import type { UpdateStatus } from './incident.ts';
import { iso, type Millis } from './time.ts';
import { cutSections, readMoments } from './timeline.ts';

export interface NewIncident {
  readonly title: string;
  readonly status: UpdateStatus;
  readonly severity: Severity;
  readonly started: Millis;
  /** Ids; null writes no `components:` line (then the title decides). */
  readonly components: readonly string[] | null;
  readonly openedBy: string | null;
  readonly message: string;
}

/** A new incident file's text, as the machine and the command line write it (contract §4). */
export function printIncident(incident: NewIncident): string {
  const lines = [
    '---',
    `title: ${yamlString(incident.title)}`,
    `status: ${incident.status}`,
    `severity: ${incident.severity}`,
    `started: ${iso(incident.started)}`,
  ];
  if (incident.components) lines.push(`components: [${incident.components.map(yamlString).join(', ')}]`);
  if (incident.openedBy) lines.push(`opened_by: ${yamlString(incident.openedBy)}`);
  lines.push('---', '', ...section(incident.status, incident.started, incident.message));
  return lines.join('\n');
}

export interface Addition {
  readonly status: UpdateStatus;
  readonly at: Millis;
  readonly message: string;
}

/**
 * Adds an update to a file: a dated section on the side where the newest stands, `status:` set, and
 * `resolved:` written (status resolved) or taken away (any other). Every other byte stays.
 */
export function addUpdate(source: string, addition: Addition): string {
  const eol = source.includes('\r\n') ? '\r\n' : '\n';
  const lines = source.split(/\r?\n/);
  const close = lines.findIndex((line, index) => index > 0 && /^---[ \t]*$/.test(line));
  const front = setStatus(lines.slice(0, close), addition);
  const body = insertSection(lines.slice(close + 1), addition);
  return [...front, lines[close] as string, ...body].join(eol);
}

function setStatus(front: readonly string[], { status, at }: Addition): string[] {
  const changed: string[] = [];
  const resolved = status === 'resolved' ? `resolved: ${iso(at)}` : null;
  for (const line of front) {
    if (/^resolved\s*:/.test(line)) continue;
    changed.push(line.replace(/^(status\s*:\s*)("[^"]*"|'[^']*'|[^\s#]+)/, `$1${status}`));
  }
  if (resolved !== null) {
    const after = changed.findIndex(line => /^started\s*:/.test(line));
    changed.splice(after < 0 ? changed.length : after + 1, 0, resolved);
  }
  return changed;
}

function insertSection(body: readonly string[], addition: Addition): string[] {
  const { sections } = cutSections(body.join('\n'));
  const added = section(addition.status, addition.at, addition.message);
  const first = sections[0];
  const last = sections.at(-1);
  if (!first || !last) return [...trimEnd(body), '', ...added];
  const newestFirst = sections.length === 1 || readMoments(sections, 0)[0]?.section !== first;
  if (newestFirst) {
    const at = first.line - 1;
    return [...body.slice(0, at), ...added, ...body.slice(at)];
  }
  const end = nextHeading(body, last.line);
  const rest = body.slice(end);
  return [...trimEnd(body.slice(0, end)), '', ...added, ...rest];
}

/** Index of the line on which the section after `line` (1-based) begins: the post-mortem or the end. */
function nextHeading(body: readonly string[], line: number): number {
  const found = body.findIndex((text, index) => index >= line && /^## +post-?\s?mortem/i.test(text));
  return found < 0 ? body.length : found;
}

function trimEnd(lines: readonly string[]): string[] {
  let end = lines.length;
  while (end > 0 && lines[end - 1]!.trim() === '') end--;
  return lines.slice(0, end);
}

function section(status: UpdateStatus, at: Millis, message: string): string[] {
  const words = status.replace('_', ' ');
  const label = words.charAt(0).toUpperCase() + words.slice(1);
  const time = iso(at).replace('T', ' ').replace('Z', ' UTC');
  return [`## ${label} ${time}`, ...defuse(message).split('\n'), ''];
}

/** A line of the message that reads as a heading of ours would cut the timeline: it is made smaller. */
function defuse(message: string): string {
  return message
    .replace(/\r\n?/g, '\n')
    .replace(/^(#{1,2}) /gm, '### ')
    .trim();
}

/** A YAML scalar that reads back as the same text whatever it holds. */
export function yamlString(text: string): string {
  const plain =
    /^[\p{L}\p{N}][\p{L}\p{N} ._/+()&-]*$/u.test(text) &&
    !/^[\d.+-]|\s$|^(true|false|null|yes|no|on|off|y|n|~)$/i.test(text);
  return plain ? text : JSON.stringify(text);
}
