// Imports Gatus' configuration: endpoints as components, announcements as incidents.
import type { Severity } from '../../model/component.ts';
import { statusCommand } from '../../model/status-command.ts';
import { HOUR, iso, type Millis, parseDuration, parseInstant } from '../../model/time.ts';
import { PLAIN_DOLLAR, printDuration, sayVariables } from '../foreign-checks.ts';
import { type ForeignRecord, foreignYaml, isRecord, recordsIn, textOf } from '../foreign-yaml.ts';
import {
  ComponentIds,
  type ComponentName,
  type EntryRemarks,
  type Imported,
  type ImportedComponent,
  type ImportedIncident,
  incidentId,
  printImported,
  Remarks,
  uniqueIds,
} from '../imported.ts';
import { type Watch, watchOf } from './endpoints.ts';

/** What is read here, or said with the endpoints. */
const TAKEN = ['endpoints', 'external-endpoints', 'suites', 'announcements', 'alerting', 'maintenance'];
/** A file with none of these keys is another program's. */
const KEYS = new Set([...TAKEN, 'ui', 'storage', 'web', 'security']);

/**
 * Reads files as one configuration, as Gatus reads a folder.
 * @param now epoch ms: an announcement that is dated later is planned
 */
export function importGatus(
  files: readonly { readonly name: string; readonly text: string }[],
  here: readonly ComponentName[],
  now: Millis,
): Imported {
  const remarks = new Remarks();
  const ids = new ComponentIds(here);
  const unique = uniqueIds();
  const parts = files.flatMap(({ name, text }) => {
    const data = foreignYaml(text);
    const isOurs = data !== null && Object.keys(data).some(key => KEYS.has(key));
    if (!isOurs) remarks.wrong(name, data ? 'it is no configuration of Gatus' : 'it is no readable YAML');
    return data && isOurs ? [{ name, data: withVariables(data) as ForeignRecord }] : [];
  });
  const alerting = merged(parts.map(({ data }) => data.alerting));
  const entries = parts.flatMap(({ name, data }) => entriesOf(name, data));
  const components = entries.flatMap(entry => componentOf(entry, entries, alerting, ids, remarks));
  for (const { name, data } of parts) sayRest(name, data, remarks);
  const [first] = parts;
  if (first) sayVariables(components, remarks.about(first.name));
  const ui = merged(parts.map(({ data }) => data.ui));
  return {
    title: wordsIn(ui.header) ?? wordsIn(ui.title),
    components,
    named: ids.named,
    incidents: parts.flatMap(({ name, data }) => announcementsOf(name, data, unique, remarks, now)),
    history: [],
    remarks: remarks.all,
  };
}

/** `$NAME` becomes `${NAME}`, and `$$` a dollar, in all texts; one that would begin a variable is written another way. */
function withVariables(value: unknown): unknown {
  if (typeof value === 'string')
    return value.replace(/\$\$(\{)?|\$([A-Za-z_]\w*)/g, (_, brace?: string, name?: string) =>
      name ? `\${${name}}` : brace ? `${PLAIN_DOLLAR}{` : '$',
    );
  if (Array.isArray(value)) return value.map(withVariables);
  if (!isRecord(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, withVariables(inner)]));
}

/** A text that visitors read. */
function wordsIn(value: unknown): string | null {
  return textOf(value)?.replaceAll(PLAIN_DOLLAR, '$').trim() ?? null;
}

/** Mappings as one, at each level; of two other values the first. */
function merged(values: readonly unknown[]): ForeignRecord {
  const all = values.filter(isRecord);
  const keys = new Set(all.flatMap(one => Object.keys(one)));
  return Object.fromEntries(
    [...keys].map(key => {
      const its = all.flatMap(one => (key in one ? [one[key]] : []));
      return [key, isRecord(its[0]) ? merged(its) : its[0]];
    }),
  );
}

interface Entry {
  readonly file: string;
  readonly name: string;
  readonly group: string | null;
  readonly written: ForeignRecord;
  /** Results are sent to it. */
  readonly isExternal: boolean;
}

function entriesOf(file: string, data: ForeignRecord): readonly Entry[] {
  const of = (key: string, isExternal: boolean) =>
    recordsIn(data[key]).map(written => {
      const name = wordsIn(written.name) ?? wordsIn(written.url) ?? 'Endpoint';
      return { file, name, group: wordsIn(written.group), written, isExternal };
    });
  return [...of('endpoints', false), ...of('external-endpoints', true)];
}

/** A name in two groups is two components: their ids have the group in them. */
function componentOf(
  { file, name, group, written, isExternal }: Entry,
  all: readonly Entry[],
  alerting: ForeignRecord,
  ids: ComponentIds,
  remarks: Remarks,
): ImportedComponent[] {
  const where = group === null ? name : `${group}/${name}`;
  const say = remarks.about(file, where);
  if (written.enabled === false || /^(?:no|off)$/i.test(String(written.enabled))) {
    say.leftOut('it is not enabled');
    return [];
  }
  const isSame = (other: Entry) => other.name === name && other.group === group;
  if (all.find(isSame)?.written !== written) {
    remarks.wrong(file, `“${where}” is there twice`);
    return [];
  }
  const isAlone = all.filter(other => other.name.toLowerCase() === name.toLowerCase()).length === 1;
  const id = ids.of(name, `${group ?? ''}\n${name}`, isAlone ? name : where);
  for (const window of recordsIn(written['maintenance-windows'])) sayWindow(window, say, id);
  const watch = isExternal ? heartbeatOf(written, id, say) : watchOf(written, id, alerting, say);
  return [{ id, name, group, ...watch }];
}

/** A job that must report in time. Without an interval, Gatus never misses a report. */
function heartbeatOf({ heartbeat }: ForeignRecord, id: string, say: EntryRemarks): Watch {
  const period = isRecord(heartbeat) ? parseDuration(textOf(heartbeat.interval) ?? '') : null;
  if (!period) {
    say.changed('its check becomes manual: it has no `heartbeat.interval`, so its silence means nothing');
    return { check: { type: 'manual' } };
  }
  say.changed(`its job reports to another address, which \`${statusCommand(`heartbeat-url ${id}`)}\` prints`);
  return { check: { type: 'heartbeat', period: printDuration(period) } };
}

/** What of a file is no endpoint and no announcement. */
function sayRest(file: string, data: ForeignRecord, remarks: Remarks): void {
  const say = remarks.about(file);
  const suites = recordsIn(data.suites).map(({ name }) => `“${textOf(name) ?? '?'}”`);
  if (suites.length > 0) say.leftOut(`its suites ${suites.join(', ')}: steps that depend on each other`);
  const types = new Set([
    ...Object.keys(isRecord(data.alerting) ? data.alerting : {}),
    ...[...recordsIn(data.endpoints), ...recordsIn(data['external-endpoints'])].flatMap(({ alerts }) =>
      recordsIn(alerts).map(({ type }) => String(type)),
    ),
  ]);
  if (types.size > 0)
    say.leftOut(`where alerts go (${[...types].sort().join(', ')}): write \`notify:\` in status.yaml`);
  const others = Object.keys(data).filter(key => !TAKEN.includes(key));
  if (others.length > 0) say.leftOut(`its settings ${others.sort().join(', ')}`);
  if (isRecord(data.maintenance)) sayWindow(data.maintenance, say, 'all');
}

/**
 * Gatus sends no alerts within such a window, and shows it to nobody. A maintenance here is announced, and has a first day,
 * so it is left to the operator.
 */
function sayWindow(window: ForeignRecord, say: EntryRemarks, components: string): void {
  if (window.enabled === false) return;
  const days = Array.isArray(window.every)
    ? window.every.map(day => String(day).slice(0, 2).toUpperCase())
    : [];
  const rule = days.length > 0 ? `FREQ=WEEKLY;BYDAY=${days.join(',')}` : 'FREQ=DAILY';
  const zone = textOf(window.timezone) ?? 'UTC';
  const [start, duration] = [textOf(window.start) ?? '?', textOf(window.duration) ?? '?'];
  const command = statusCommand(
    `maintenance new --title … --message … --start YYYY-MM-DDT${start} --end ${duration} --rrule "${rule}" --timezone ${zone} --components ${components}`,
  );
  say.leftOut(`its maintenance window, which \`${command}\` announces`);
}

const SEVERITIES: Readonly<Record<string, Severity>> = { outage: 'major' };

/**
 * An announcement says something at a time, and nothing of an end: it is over at that time, and affects no component. One of
 * the future is planned.
 */
function announcementsOf(
  file: string,
  data: ForeignRecord,
  unique: (id: string) => string,
  remarks: Remarks,
  now: Millis,
): readonly ImportedIncident[] {
  const sources = uniqueIds();
  return recordsIn(data.announcements).flatMap(({ timestamp, type, message, archived }, index) => {
    const at = parseInstant(String(timestamp));
    const text = wordsIn(message);
    if (at === null || text === null) {
      remarks.wrong(file, `its announcement ${index + 1} has no message or no readable timestamp`);
      return [];
    }
    const started = at - (at % 1000);
    const title = titleOf(text);
    const source = sources(`gatus:${iso(started)}`);
    const isPlanned = started > now;
    if (isPlanned)
      remarks.changed(file, `“${title}” is dated in the future: it is a maintenance of an hour from then`);
    const isLive = !isPlanned && archived !== true && (type === 'outage' || type === 'warning');
    if (isLive)
      remarks.changed(
        file,
        `“${title}” is over at its own time, as an announcement has no end: open it if it goes on`,
      );
    const common = { title, components: [], message: text };
    const asSeenAt = (seen: Millis) =>
      printImported(
        source,
        seen < started
          ? {
              ...common,
              status: 'scheduled',
              severity: null,
              started: seen,
              scheduled: { start: started, end: started + HOUR },
            }
          : {
              ...common,
              status: 'resolved',
              severity: SEVERITIES[String(type)] ?? 'minor',
              started,
              resolved: started,
            },
      );
    return [{ file, source, id: unique(incidentId(started, title)), text: asSeenAt(now), asSeenAt }];
  });
}

const MAX_WORDS = 100;

/** The first line, or as much of it as fits, without marks of markdown. */
function titleOf(message: string): string {
  const line = (message.split('\n')[0] as string)
    .replace(/\[([^\]]*)\]\([^)]*\)/g, '$1')
    .replace(/[*_`#]+/g, '');
  const [sentence = line] = /^.*?[.!?](?=\s|$)/.exec(line) ?? [];
  const short = sentence.trim().replace(/\.$/, '');
  if (short.length <= MAX_WORDS) return short || 'Announcement';
  return `${short.slice(0, MAX_WORDS).replace(/\s\S*$/, '')}…`;
}
