// Imports UptimeRobot's CSV exports: monitors, and logs, whose outages become resolved incidents.
import { readDateTime } from '../incidents/times/written-time.ts';
import { DAY, HOUR, MINUTE, type Millis, SECOND } from '../model/time.ts';
import { bareSlug, slug } from '../text/slug.ts';
import { hostPort, portOf, soundCheck, type WrittenCheck } from './foreign-checks.ts';
import {
  ComponentIds,
  type ComponentName,
  type EntryRemarks,
  type Imported,
  type ImportedComponent,
  type ImportedIncident,
  Remarks,
  uniqueIds,
} from './imported.ts';
import { afterRecord, goesOnRemark, outageIncident } from './outage.ts';
import { type Hide, hideSecrets, makeHide } from './secrets.ts';

/** A CSV file; keys are the names in its first line. */
export interface CsvFile {
  readonly name: string;
  readonly rows: readonly Readonly<Record<string, string>>[];
}

type CsvRow = Readonly<Record<string, string>>;

/** What the columns are called in exports of several years. */
const COLUMNS = {
  id: ['id', 'monitor id', 'monitorid'],
  type: ['type', 'monitor type'],
  status: ['status'],
  name: ['friendly name', 'monitor name', 'name'],
  url: ['url/ip', 'url', 'url (or ip)', 'monitor url'],
  keywordType: ['keyword type'],
  keyword: ['keyword value', 'keyword'],
  port: ['port'],
  event: ['event', 'type', 'status'],
  monitor: ['monitor', 'monitor name', 'friendly name', 'name'],
  at: ['date-time', 'datetime', 'date time', 'date', 'started', 'start'],
  reason: ['reason', 'root cause', 'cause'],
  duration: ['duration'],
  minutes: ['duration (in mins.)', 'duration (mins)', 'duration (in minutes)'],
} as const;

/** Whether the columns are those of one of the exports. */
export function isUptimeRobotHeader(columns: readonly string[]): boolean {
  const row = Object.fromEntries(columns.map(name => [name.trim().toLowerCase(), 'x']));
  return isOfLogs(row) || isOfMonitors(row);
}

function isOfLogs(row: CsvRow): boolean {
  return field(row, 'at') !== '' && field(row, 'event') !== '';
}

function isOfMonitors(row: CsvRow): boolean {
  return field(row, 'name') !== '' && field(row, 'url') !== '';
}

function field(row: CsvRow, of: keyof typeof COLUMNS): string {
  return COLUMNS[of].map(name => row[name]?.trim()).find(Boolean) ?? '';
}

interface Monitor {
  readonly file: string;
  readonly id: string;
  readonly name: string;
  readonly component: ImportedComponent;
  /** Down when it was exported. */
  readonly isDown: boolean;
  readonly isPaused: boolean;
}

/** Reads the exports, in any order. */
export function importUptimeRobot(files: readonly CsvFile[], here: readonly ComponentName[]): Imported {
  const remarks = new Remarks();
  const ids = new ComponentIds(here);
  const unique = uniqueIds();
  const monitors: Monitor[] = [];
  const taken = new Set<string>();
  const logs: { readonly name: string; readonly rows: readonly CsvRow[] }[] = [];
  for (const { name, rows: raw } of files) {
    const rows = raw.map(lowered);
    const header = Object.fromEntries(Object.keys(rows[0] ?? {}).map(key => [key, 'x']));
    if (rows.length === 0) remarks.wrong(name, 'it has no rows');
    else if (isOfLogs(header)) logs.push({ name, rows });
    else if (isOfMonitors(header)) monitors.push(...monitorsOf(name, rows, ids, taken, remarks));
    else remarks.wrong(name, 'it is neither an export of monitors nor one of logs');
  }
  const goingOn = new Set<string>();
  const incidents = logs.flatMap(({ name, rows }) =>
    outagesIn(name, rows, monitors, ids, unique, goingOn, remarks),
  );
  for (const { file, name, component, isDown } of monitors)
    if (isDown && afterRecord(component) === 'unknown' && !goingOn.has(component.id))
      remarks
        .about(file, name)
        .leftOut('it is down there, and no log says since when: write an incident if it is not well');
  return {
    title: null,
    components: monitors.map(({ component }) => component),
    named: ids.named,
    incidents,
    history: [],
    remarks: remarks.all,
  };
}

function lowered(row: CsvRow): CsvRow {
  return Object.fromEntries(Object.entries(row).map(([key, value]) => [key.trim().toLowerCase(), value]));
}

/** @param taken the IDs of monitors that were read before; gets those of this file */
function monitorsOf(
  file: string,
  rows: readonly CsvRow[],
  ids: ComponentIds,
  taken: Set<string>,
  remarks: Remarks,
): Monitor[] {
  remarks.changed(
    file,
    'it says neither how often a monitor checks nor how it logs in: each check runs every minute, with no login but one in its address',
  );
  const names = new Set<string>();
  return rows.flatMap((row, index): Monitor[] => {
    const [id, plain] = [field(row, 'id'), field(row, 'name')];
    if (plain === '') {
      remarks.leftOut(file, `line ${index + 2}, which has no name`);
      return [];
    }
    const say = remarks.about(file, plain);
    if (id !== '' && taken.has(id)) {
      say.leftOut(`line ${index + 2}: a monitor with the ID ${id} is there already`);
      return [];
    }
    taken.add(id);
    const name = names.has(plain.toLowerCase()) ? `${plain} (${id || index + 2})` : plain;
    if (name !== plain) say.changed(`another monitor has this name: the component is called “${name}”`);
    names.add(plain.toLowerCase());
    const made = checkOf(row, id || String(index + 2), say);
    if (typeof made === 'string')
      say.changed(`${made}: its check becomes manual; the webhook of UptimeRobot can report it`);
    const component = {
      id: ids.of(name, id || undefined),
      name,
      ...(typeof made === 'string' ? {} : { check: soundCheck(made, say) }),
      match: [...new Set([id, plain].filter(Boolean))],
    };
    const isDown = /^([89]|down|seems[ _]down)$/i.test(field(row, 'status'));
    return [{ file, id, name: plain, component, isDown, isPaused: isPausedIn(row) }];
  });
}

/** The check of a monitor, or why there is none. */
function checkOf(row: CsvRow, id: string, say: EntryRemarks): WrittenCheck | string {
  const hide = makeHide(`UPTIMEROBOT_${id}`, say);
  const type = field(row, 'type').toLowerCase();
  if (isPausedIn(row)) return 'it is paused there';
  if (/^(1|https?(\(s\))?)$/.test(type)) return httpOf(row, hide);
  if (/^(2|keyword)$/.test(type)) return { ...httpOf(row, hide), ...keywordOf(row) };
  if (/^(4|port)$/.test(type)) {
    const { host, port } = hostPort(field(row, 'url'));
    return { type: 'tcp', host, ...portOf(field(row, 'port') || port) };
  }
  if (/^(5|heartbeat|cron ?job.*)$/.test(type)) {
    say.changed(
      'it is a heartbeat every 5 minutes: write the true `period:` and give the job its new address',
    );
    return { type: 'heartbeat', period: '5m' };
  }
  return `no check does what its type “${field(row, 'type')}” does`;
}

function isPausedIn(row: CsvRow): boolean {
  return /^(0|paused)$/i.test(field(row, 'status'));
}

function httpOf(row: CsvRow, hide: Hide): WrittenCheck {
  const { url, headers } = hideSecrets({ url: field(row, 'url'), headers: [], body: null }, hide);
  return {
    type: 'http',
    url: /^https?:\/\//i.test(url) ? url : `https://${url}`,
    ...(headers.length > 0 ? { headers: Object.fromEntries(headers) } : {}),
  };
}

/** The type says when UptimeRobot alerts: `exists` (1) is down while the keyword is there. */
function keywordOf(row: CsvRow): WrittenCheck {
  const isAlertedWhenThere = /^(1|(alert[_ ])?exists)$/i.test(field(row, 'keywordType'));
  return { [isAlertedWhenThere ? 'not_contains' : 'contains']: field(row, 'keyword') };
}

interface LogRow {
  readonly monitor: string;
  readonly event: string;
  readonly at: Millis;
  readonly row: CsvRow;
}

/** @param goingOn gets the components whose outage does not end in the logs */
function outagesIn(
  file: string,
  rows: readonly CsvRow[],
  monitors: readonly Monitor[],
  ids: ComponentIds,
  unique: (id: string) => string,
  goingOn: Set<string>,
  remarks: Remarks,
): ImportedIncident[] {
  const alone = monitorOfFile(file, monitors);
  const read = rows.flatMap((row, index): LogRow[] => {
    const at = readDateTime(field(row, 'at'));
    const monitor = field(row, 'monitor') || alone?.name;
    if (typeof at !== 'number') remarks.wrong(file, `line ${index + 2}: its time ${at.what}`);
    else if (monitor === undefined)
      remarks.wrong(
        file,
        'it names no monitor: give it with the export of monitors, and its ID in the name of the file',
      );
    else return [{ monitor, event: field(row, 'event').toLowerCase(), at, row }];
    return [];
  });
  read.sort((a, b) => a.at - b.at);
  const [newest = 0] = read.map(({ at }) => at).reverse();
  if (read.length > 0) remarks.changed(file, 'its times have no zone: they are read as UTC');
  const following = followingOf(read);
  return read.flatMap((one): ImportedIncident[] => {
    if (!/^(1|down|ongoing|resolved)\b/.test(one.event)) return [];
    const known = monitors.find(({ name, id }) => name === one.monitor || id === one.monitor);
    const next = following.get(one);
    const length = lengthOf(one.row);
    const end = length === null ? (next?.at ?? newest) : one.at + length;
    const isGoingOn = !next && (length === null || known?.isDown === true);
    // Nobody saw its end: neither the logs nor, from now on, anything there.
    const isPausedWhileDown = next ? /^(99|paused)\b/.test(next.event) : length === null && known?.isPaused;
    const goesOn = isGoingOn && !isPausedWhileDown ? afterRecord(known?.component) : null;
    const after = isPausedWhileDown ? 'measured' : goesOn;
    if (goesOn) remarks.changed(file, goesOnRemark(one.monitor, goesOn));
    if (goesOn && known) goingOn.add(known.component.id);
    const key = `${known?.id || bareSlug(one.monitor, 60) || one.monitor}/${new Date(one.at).toISOString().slice(0, 19)}Z`;
    return [
      outageIncident(
        {
          file,
          sender: 'uptimerobot',
          key,
          name: known?.component.name ?? one.monitor,
          component: known?.component.id ?? ids.of(one.monitor),
          start: one.at,
          end,
          reason: field(one.row, 'reason'),
          after,
        },
        unique,
      ),
    ];
  });
}

/** The next line of the same monitor, by each line. */
function followingOf(read: readonly LogRow[]): ReadonlyMap<LogRow, LogRow> {
  const following = new Map<LogRow, LogRow>();
  const latest = new Map<string, LogRow>();
  for (const one of read) {
    const before = latest.get(one.monitor);
    if (before) following.set(before, one);
    latest.set(one.monitor, one);
  }
  return following;
}

/** The monitor of a file of logs that names none: the only one, or the one whose ID or name is in the file's name. */
function monitorOfFile(file: string, monitors: readonly Monitor[]): Monitor | undefined {
  if (monitors.length === 1) return monitors[0];
  const words = `-${slug(file, 200)}-`;
  const fits = monitors.filter(({ id, name }) =>
    [id, slug(name, 60)].some(one => one && words.includes(`-${one}-`)),
  );
  return fits.length === 1 ? fits[0] : undefined;
}

const UNITS: Readonly<Record<string, Millis>> = { d: DAY, h: HOUR, m: MINUTE, s: SECOND };

/** `1 hrs, 5 mins`, `5h 3m 2s`, `00:05:12` or seconds; else the column of minutes. Null: it has not ended, or is not known. */
function lengthOf(row: CsvRow): Millis | null {
  const text = field(row, 'duration').toLowerCase();
  const [, hours, minutes, seconds] = /^(\d+):(\d{2}):(\d{2})$/.exec(text) ?? [];
  if (hours !== undefined) return Number(hours) * HOUR + Number(minutes) * MINUTE + Number(seconds) * SECOND;
  if (/^\d+$/.test(text)) return Number(text) * SECOND;
  const parts = [...text.matchAll(/(\d+(?:\.\d+)?)\s*([dhms])[a-z]*\.?/g)];
  if (parts.length > 0) return parts.reduce((sum, [, size, unit]) => sum + Number(size) * UNITS[unit!]!, 0);
  const whole = field(row, 'minutes');
  return /^\d+(\.\d+)?$/.test(whole) ? Number(whole) * MINUTE : null;
}
