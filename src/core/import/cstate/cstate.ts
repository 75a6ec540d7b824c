// Imports the folder of a cState site: its issues and its settings.

import type { Severity } from '../../model/component.ts';
import { HOUR, type Millis, type Span } from '../../model/time.ts';
import { markdownOfHtml } from '../html.ts';
import {
  ComponentIds,
  type ComponentName,
  type Imported,
  type ImportedIncident,
  incidentId,
  printImported,
  Remarks,
  uniqueIds,
} from '../imported.ts';
import { courseOf, fittingTitle, type ToldUpdate } from '../timeline.ts';
import { readConfig } from './config.ts';
import { type HugoFields, hugoMoment, SiteZone, textsIn } from './hugo.ts';
import { type CstateIssue, issuesOf } from './issues.ts';
import { linksRemark, withWholeLinks } from './links.ts';
import { chunksOf } from './track.ts';

/**
 * Reads the files of a site's folder.
 * @param now epoch ms: what is dated later is planned
 */
export function importCstate(
  files: readonly { readonly name: string; readonly text: string }[],
  here: readonly ComponentName[],
  now: Millis,
): Imported {
  const remarks = new Remarks();
  const ids = new ComponentIds(here);
  const { root, read } = issuesOf(files, remarks);
  const config = readConfig(files, root, ids, remarks);
  const zone = new SiteZone(config.zone);
  const idsOf = (system: string) => {
    const id = ids.of(system);
    return config.namesakes.get(id) ?? [id];
  };
  const { address } = config;
  const reading: SiteReading = { zone, address, unique: uniqueIds(), remarks, now, idsOf };
  const incidents = read(config).flatMap(issue => incidentOf(issue, reading));
  if (zone.met) {
    const where = config.file ?? incidents[0]?.file ?? root;
    const why = config.zone === 'UTC' ? 'as in Hugo without `timeZone`' : 'as its `timeZone` says';
    remarks.changed(where, `times without a zone are read in ${config.zone}, ${why}`);
  }
  const { title, components, timezone } = config;
  return { title, timezone, components, named: ids.named, incidents, history: [], remarks: remarks.all };
}

interface SiteReading {
  readonly zone: SiteZone;
  /** The site's; null: not known. */
  readonly address: string | null;
  readonly unique: (id: string) => string;
  readonly remarks: Remarks;
  readonly now: Millis;
  /** The ids of the components that a system is. */
  readonly idsOf: (system: string) => readonly string[];
}

function incidentOf(
  { file, name, fields, body, addresses }: CstateIssue,
  { zone, address, unique, remarks, now, idsOf }: SiteReading,
): ImportedIncident[] {
  const say = (what: string) => remarks.changed(file, what);
  const named = /^(\d{4}-\d{2}-\d{2})/.exec(name)?.[1];
  const started = hugoMoment(fields.date ?? named, zone.wall);
  if (started === null) {
    if (fields.date == null) remarks.leftOut(file, 'it has no date');
    else remarks.wrong(file, `“${String(fields.date)}” is not a date`);
    return [];
  }
  if (fields.date == null) say('it has no date, so that in its name is used');
  const [path = ''] = addresses;
  const page = address === null ? null : new URL(`.${path}/`, address).href;
  const told = toldOf(markdownOf(body, page, say), started, zone, say);
  const isNotice = isTrue(fields.informational);
  const message = fittingTitle(titleOf(fields, name, say), say);
  const affected = [...new Set(textsIn(fields.affected ?? fields.affectedsystems).flatMap(idsOf))];
  const source = `cstate:${name}.md`;
  const id = () => unique(incidentId(started, message.title));
  const common = { title: message.title, aliases: addresses };
  const scheduled = plannedWindow(fields, started, zone, now, say);
  if (scheduled) {
    const plan = { ...common, severity: null, components: isNotice ? [] : affected, scheduled };
    const asSeenAt = (seen: Millis) => {
      const course = plannedCourse(told, started, seen);
      return printImported(source, { ...plan, ...course, message: message.before + course.message });
    };
    return [{ file, source, id: id(), text: asSeenAt(now), asSeenAt }];
  }
  const end = endOf(fields, started, Math.min(told.at(-1)?.at ?? started, now), zone, say);
  const course = courseOf({
    // What is resolved without a time of its own was resolved at the end.
    told: told.map(({ at, ...one }) => ({
      ...one,
      at: at ?? (one.status === 'resolved' ? (end ?? started) : started),
    })),
    started,
    end,
    over: 'resolved',
    open: 'investigating',
  });
  const text = printImported(source, {
    ...course,
    ...common,
    message: message.before + course.message,
    severity: isNotice ? 'minor' : severityOf(fields, say),
    started,
    components: affected.map(id => ({ id, status: isNotice ? 'operational' : null })),
  });
  return [{ file, source, id: id(), text }];
}

function titleOf(fields: HugoFields, name: string, say: (what: string) => void): string {
  const [title] = textsIn(fields.title);
  if (title !== undefined) return title;
  say('it has no title, so its name is used');
  const words = name.replace(/^.*\//, '').replace(/^\d{4}-\d{2}-\d{2}-?/, '');
  return words.replace(/[-_]+/g, ' ').trim() || name;
}

/** @param page the issue's address there; null: not known */
function markdownOf(body: string, page: string | null, say: (what: string) => void): string {
  const plain = markdownOfHtml(body, tags => say(`HTML is removed (${tags})`), true);
  const met = new Set<string>();
  const whole = withWholeLinks(plain, page, target => met.add(target));
  if (met.size > 0) say(linksRemark(met, page));
  return whole;
}

/** The updates, oldest first. `at` is null where the text says no time. */
function toldOf(
  body: string,
  started: Millis,
  zone: SiteZone,
  say: (what: string) => void,
): (Omit<ToldUpdate, 'at'> & { readonly at: Millis | null })[] {
  const moment = (text: string) => hugoMoment(text, zone.wall);
  const unread = (text: string) =>
    say(
      text === ''
        ? 'a time of an update is empty'
        : `the time of an update, “${text}”, cannot be read; it stays as text`,
    );
  const chunks = chunksOf(body, moment, unread);
  const times = chunks.flatMap(({ at }) => at ?? []);
  if (times.some(at => at < started)) say('an update is older than its date; it stands at its own time');
  const isNewestFirst = times.length < 2 || times[0]! >= times.at(-1)!;
  const inOrder = isNewestFirst ? chunks.toReversed() : chunks;
  return inOrder
    .map((chunk, place) => ({ chunk, place }))
    .sort((a, b) => (a.chunk.at ?? started) - (b.chunk.at ?? started) || a.place - b.place)
    .map(({ chunk }) => chunk);
}

/** When it is planned; null: it is not dated later than now, and does not end later. */
function plannedWindow(
  fields: HugoFields,
  start: Millis,
  zone: SiteZone,
  now: Millis,
  say: (what: string) => void,
): Span | null {
  const end = hugoMoment(givenEnd(fields), zone.wall) ?? hugoMoment(fields.resolved, zone.wall);
  const endsLater = end !== null && end > now && !isFalse(fields.resolved);
  if (start <= now && !endsLater) return null;
  if (end !== null && end > start) {
    say('it is dated in the future, or ends there: it is a maintenance until its end');
    return { start, end };
  }
  say('it is dated in the future, without an end: it is a maintenance of an hour');
  return { start, end: start + HOUR };
}

/** What is said before it begins: dates in the future are those of the plan, so it is told now. */
function plannedCourse(told: ReturnType<typeof toldOf>, start: Millis, now: Millis) {
  const started = Math.min(start, now, ...told.flatMap(({ at }) => at ?? []));
  const course = courseOf({
    told: told.map(({ at, status, message }) => ({
      at: Math.min(at ?? started, now),
      status: status === 'resolved' ? 'completed' : null,
      message,
    })),
    started,
    end: undefined,
    over: 'completed',
    open: 'scheduled',
  });
  return { ...course, started };
}

const ENDS = ['resolvedwhen', 'resolvedon', 'resolvedat', 'resolveddate', 'resolvedtime'];

function givenEnd(fields: HugoFields): unknown {
  return Object.entries(fields).find(([key]) => ENDS.includes(key.replace(/[_-]/g, '')))?.[1];
}

/** When it was over; undefined: it is open, which cState takes only from an explicit `resolved: false`. */
function endOf(
  fields: HugoFields,
  started: Millis,
  last: Millis,
  zone: SiteZone,
  say: (what: string) => void,
): Millis | undefined {
  if (isTrue(fields.informational)) return started;
  if (isFalse(fields.resolved)) return;
  const given = givenEnd(fields);
  const when = hugoMoment(given, zone.wall) ?? hugoMoment(fields.resolved, zone.wall);
  if (when !== null && when >= started) return when;
  const instead = 'the time of its last update is used';
  if (when !== null) say(`it is resolved before its date; ${instead}`);
  else if (given !== undefined && given !== null && given !== '')
    say(`it is resolved at “${String(given)}”, which is not a time; ${instead}`);
  else if (isTrue(fields.resolved)) say(`it is resolved without a time; ${instead}`);
  else say(`it does not say \`resolved: false\`, so it is closed; ${instead}`);
  return Math.max(last, started);
}

function isTrue(value: unknown): boolean {
  return /^(?:true|yes|on|y|1)$/i.test(String(value).trim());
}

function isFalse(value: unknown): boolean {
  return /^(?:false|no|off|n|0)$/i.test(String(value).trim());
}

const SEVERITY: Readonly<Record<string, Severity>> = {
  notice: 'minor',
  disrupted: 'major',
  down: 'critical',
  // Those of Statusfy, and of older themes.
  'under-maintenance': 'minor',
  'degraded-performance': 'minor',
  'partial-outage': 'major',
  'major-outage': 'critical',
};

function severityOf({ severity }: HugoFields, say: (what: string) => void): Severity {
  const [word] = textsIn(severity);
  const known = SEVERITY[word?.toLowerCase() ?? ''];
  if (!known)
    say(word === undefined ? 'it has no severity; it is minor' : `the severity “${word}” is minor here`);
  return known ?? 'minor';
}
