// Imports the folder of a cState site: its issues and its settings.

import { printIncident } from '../../incidents/file/print.ts';
import type { Severity } from '../../model/component.ts';
import type { Millis } from '../../model/time.ts';
import { markdownOfHtml } from '../html.ts';
import {
  ComponentIds,
  type ComponentName,
  type Imported,
  type ImportedIncident,
  incidentId,
  Remarks,
  uniqueIds,
} from '../imported.ts';
import { courseOf, fittingTitle, type ToldUpdate } from '../timeline.ts';
import { readConfig } from './config.ts';
import { type HugoFields, hugoMoment, SiteZone, textsIn } from './hugo.ts';
import { type CstateIssue, issuesOf } from './issues.ts';
import { chunksOf } from './track.ts';

/** Reads the files of a site's folder. */
export function importCstate(
  files: readonly { readonly name: string; readonly text: string }[],
  here: readonly ComponentName[],
): Imported {
  const remarks = new Remarks();
  const ids = new ComponentIds(here);
  const { root, read } = issuesOf(files, remarks);
  const config = readConfig(files, root, ids, remarks);
  const zone = new SiteZone(config.zone);
  const unique = uniqueIds();
  const incidents = read(config).flatMap(issue => incidentOf(issue, zone, ids, unique, remarks));
  if (zone.met) {
    const where = config.file ?? incidents[0]?.file ?? root;
    const why = config.zone === 'UTC' ? 'as in Hugo without `timeZone`' : 'as its `timeZone` says';
    remarks.changed(where, `times without a zone are read in ${config.zone}, ${why}`);
  }
  const { title, components } = config;
  return { title, components, named: ids.named, incidents, history: [], remarks: remarks.all };
}

function incidentOf(
  { file, name, fields, body, addresses }: CstateIssue,
  zone: SiteZone,
  ids: ComponentIds,
  unique: (id: string) => string,
  remarks: Remarks,
): ImportedIncident[] {
  const say = (what: string) => remarks.changed(file, what);
  const named = /^(\d{4}-\d{2}-\d{2})/.exec(name)?.[1];
  const started = hugoMoment(fields.date ?? named, zone.wall);
  if (started === null) {
    const why = fields.date === undefined ? 'it has no date' : `“${String(fields.date)}” is not a date`;
    remarks.leftOut(file, why);
    return [];
  }
  if (fields.date === undefined) say('it has no date, so that in its name is used');
  const told = toldOf(body, started, zone, say);
  const isNotice = isTrue(fields.informational);
  const end = endOf(fields, started, told.at(-1)?.at ?? started, zone, say);
  const message = fittingTitle(titleOf(fields, name, say), say);
  const affected = [
    ...new Set(textsIn(fields.affected ?? fields.affectedsystems).map(system => ids.of(system))),
  ];
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
  const source = `cstate:${name}.md`;
  const text = printIncident({
    ...course,
    title: message.title,
    message: message.before + course.message,
    severity: isNotice ? 'minor' : severityOf(fields, say),
    started,
    components: affected.map(id => ({ id, status: isNotice ? 'operational' : null })),
    openedBy: source,
    aliases: addresses,
  });
  return [{ file, source, id: unique(incidentId(started, message.title)), text }];
}

function titleOf(fields: HugoFields, name: string, say: (what: string) => void): string {
  const [title] = textsIn(fields.title);
  if (title !== undefined) return title;
  say('it has no title, so its name is used');
  const words = name.replace(/^.*\//, '').replace(/^\d{4}-\d{2}-\d{2}-?/, '');
  return words.replace(/[-_]+/g, ' ').trim() || name;
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
  const plain = markdownOfHtml(body, tags => say(`HTML is removed (${tags})`));
  const chunks = chunksOf(plain, moment, unread);
  const times = chunks.flatMap(({ at }) => at ?? []);
  if (times.some(at => at < started)) say('an update is older than its date; it stands at its own time');
  const isNewestFirst = times.length < 2 || times[0]! >= times.at(-1)!;
  const inOrder = isNewestFirst ? chunks.toReversed() : chunks;
  return inOrder
    .map((chunk, place) => ({ chunk, place }))
    .sort((a, b) => (a.chunk.at ?? started) - (b.chunk.at ?? started) || a.place - b.place)
    .map(({ chunk }) => chunk);
}

const ENDS = ['resolvedwhen', 'resolvedon', 'resolvedat', 'resolveddate', 'resolvedtime'];

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
  const given = Object.entries(fields).find(([key]) => ENDS.includes(key.replace(/[_-]/g, '')))?.[1];
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
