// Refresh: gathers the facts, files what is owed to the folder, and holds the current Snapshot.
import { setImmediate as breathe } from 'node:timers/promises';
import type { IncidentFiles } from '../../content/file-cache.ts';
import { wellSinceOf } from '../../core/filing/dependencies.ts';
import { disagreements } from '../../core/filing/file-vs-monitor.ts';
import { silence } from '../../core/filing/reminder.ts';
import type { Sightings } from '../../core/filing/reported-vs-measured.ts';
import { asOf } from '../../core/incidents/as-of.ts';
import { parseIncident } from '../../core/incidents/file/parse.ts';
import type { Revision } from '../../core/incidents/history.ts';
import { promiseOf } from '../../core/incidents/impact.ts';
import { nameless, planned, unknownComponent, unknownComponentsIn } from '../../core/incidents/lint/lint.ts';
import { shownUntimely } from '../../core/incidents/lint/times.ts';
import { failingMeanwhile } from '../../core/incidents/maintenance.ts';
import { occurrencesOf } from '../../core/incidents/recurrence.ts';
import type { Measured } from '../../core/model/component.ts';
import { type Incident, isOpen } from '../../core/model/incident.ts';
import type { Log } from '../../core/model/ports/log.ts';
import type { Problem } from '../../core/model/problem.ts';
import type { Site } from '../../core/model/site.ts';
import { DAY, iso, MINUTE, type Millis } from '../../core/model/time.ts';
import { shortId } from '../../core/model/token.ts';
import { type Warning, warningProblems } from '../../core/monitoring/warning.ts';
import { composing } from '../../core/page/compose.ts';
import type { Facts } from '../../core/page/facts.ts';
import type { Snapshot } from '../../core/page/snapshot.ts';
import { inTurns, type Steps } from '../../core/page/steps.ts';
import type { Watchdog } from '../monitoring/watchdog.ts';
import type { File, Filed } from './file.ts';
import { makeFirstSights, type Sights } from './first-seen.ts';
import { makeComplaints } from './logged-problems.ts';
import { printOf, revisionOf, serialOf } from './revision.ts';

type Files = Pick<IncidentFiles, 'incidents' | 'problems' | 'unread' | 'missing' | 'text'>;

export interface RefreshDeps {
  /** The site as of now: the last good status.yaml and what is wrong with the present one. */
  readonly site: () => Promise<{ site: Site; problems: readonly Problem[] }>;
  readonly files: () => Promise<Files>;
  /** Since when the folder was missing for an earlier process; null: it was not. */
  readonly missingSince: Millis | null;
  readonly file: File;
  readonly measured: (from: Millis, now: Millis) => Promise<ReadonlyMap<string, Measured>>;
  /** Each metric's figure over the last 24 hours, by id; a new object is a new state. */
  readonly metrics: (site: Site, now: Millis) => Promise<ReadonlyMap<string, number>>;
  /** Each component's median answer over the last 24 hours, by id. */
  readonly responses: (site: Site, now: Millis) => Promise<ReadonlyMap<string, number>>;
  /** What every source saw; the same object while nothing is new. */
  readonly sightings: () => Promise<Sightings>;
  /** What git knows of the files, as last read; it is read elsewhere, by the clock. */
  readonly histories: () => ReadonlyMap<string, readonly Revision[]>;
  readonly blindSince: () => Millis | null;
  /** When an update was first seen, for those whose time nobody wrote, or that are dated ahead. */
  readonly sights: Sights;
  /** What is to be mended and is no outage. */
  readonly warnings: (site: Site, now: Millis) => readonly Warning[];
  /** Told of each round; says what of a Snapshot may be shown. */
  readonly watchdog: Pick<Watchdog, 'rounded' | 'judged'>;
  readonly log: Log;
}

export interface Refresh {
  /** The Snapshot visitors are shown. */
  current(): Snapshot;
  /** Brings the Snapshot up to date with the facts; the same object stays when nothing changed. */
  round(now: Millis): Promise<void>;
  /** Has the Snapshot judged again by the watchdog, without a round: one may never come. */
  judge(): Promise<void>;
  /**
   * Calls `tell` with each new Snapshot, until the returned function is called. A round ends when
   * all have done what they do with it: what comes after may rely on visitors being shown it.
   */
  subscribe(tell: (snapshot: Snapshot) => Promise<void>): () => void;
}

/** Makes the refresher with its first Snapshot composed. */
export async function openRefresh(deps: RefreshDeps, now: Millis): Promise<Refresh> {
  const listeners = new Set<(snapshot: Snapshot) => Promise<void>>();
  const complaints = makeComplaints(deps.log);
  const dated = makeFirstSights(deps.sights);
  let revision = '';
  let { missingSince } = deps;
  /** As the facts say, and as it is shown. */
  let composed = await gather();
  let snapshot = deps.watchdog.judged(composed);

  async function gather(at: Millis = now): Promise<Snapshot> {
    const { site, problems } = await deps.site();
    let files = await deps.files();
    const repeated = await inTurns(repeatedAt(await dated(files.incidents, at), at), breathe);
    const from = at - site.uptime.days * DAY;
    const wellSince = wellSinceOf(await deps.measured(from, at));
    const away = files.missing?.closed === true;
    const filed = await deps.file({ incidents: repeated, wellSince, away, text: files.text }, site, at);
    if (filed.wrote) files = await deps.files();
    missingSince = files.missing === null ? null : (missingSince ?? at);
    const measured = await deps.measured(from, at);
    const sightings = await deps.sightings();
    const views = await dated(files.incidents, at);
    const incidents = await inTurns(repeatedAt(withUnfiled(views, filed), at), breathe);
    const late = await inTurns(judging(files, views, incidents, at), breathe);
    const since = deps.blindSince();
    const warnings = deps.warnings(site, at);
    const all = [
      ...problems,
      ...files.problems,
      ...filed.problems,
      ...strays(incidents),
      ...strangers([...incidents.filter(isOpen), ...planned(files.incidents, at)], site),
      ...brokenPromises(incidents, at),
      ...nameless(files.incidents, site.components, at),
      ...failingMeanwhile(incidents, measured, site, at),
      ...late,
      ...disagreements(incidents, sightings, at),
      ...blindness(site, since),
      ...silence(incidents, site, at),
      ...warningProblems(warnings),
    ];
    complaints(all);
    const histories = site.history ? deps.histories() : new Map();
    const metrics = await deps.metrics(site, at);
    const responses = await deps.responses(site, at);
    const seen = `${serialOf(histories)}/${serialOf(metrics)}/${serialOf(responses)}/${printOf(sightings)}`;
    const next = shortId(revisionOf(site, incidents, filed, measured, all, at) + seen);
    if (next === revision) return composed;
    revision = next;
    const facts: Facts = {
      site,
      incidents,
      unread: files.unread,
      unfiled: new Set(filed.unfiled.keys()),
      measured,
      blindSince: since,
      missingSince,
      metrics,
      responses,
      problems: all,
      warnings,
      histories,
      sightings,
      revision: next,
    };
    return inTurns(composing(facts, at), breathe);
  }

  async function judge(): Promise<void> {
    const next = deps.watchdog.judged(composed);
    if (next.version === snapshot.version) return;
    snapshot = next;
    await Promise.all([...listeners].map(tell => tell(next)));
  }

  return {
    current: () => snapshot,
    async round(at) {
      composed = await gather(at);
      deps.watchdog.rounded();
      await judge();
    },
    judge,
    subscribe(tell) {
      listeners.add(tell);
      return () => listeners.delete(tell);
    },
  };
}

function withUnfiled(incidents: readonly Incident[], { unfiled, gathering }: Filed): readonly Incident[] {
  // The same list, so that what is made of it is kept too.
  if (unfiled.size === 0) return incidents;
  const kept = incidents.filter(incident => !unfiled.has(incident.id));
  for (const [id, text] of unfiled) {
    const parsed = parseIncident(`${id}.md`, id, text).value;
    if (parsed) kept.push(gathering.has(id) ? { ...parsed, gathering: true } : parsed);
  }
  return kept;
}

/** Open incidents of monitors that match no component: shown, but they colour nothing. */
function strays(incidents: readonly Incident[]): Problem[] {
  return incidents
    .filter(incident => isOpen(incident) && incident.openedBy !== null && incident.components?.length === 0)
    .map(({ id, title, openedBy }) => ({
      level: 'warning',
      where: `incidents/${id}.md`,
      what: `"${title}" comes from the monitor ${openedBy}, which matches no component`,
      fix: 'add its name or id to the `match:` of a component in status.yaml',
    }));
}

/**
 * Components that incidents name and the site does not have: the page shows them without. Not asked of what is over:
 * its components may be gone, too.
 */
function strangers(incidents: readonly Incident[], site: Site): Problem[] {
  const known = new Set(site.components.map(({ id }) => id));
  return incidents.flatMap(incident => {
    const { named, later } = unknownComponentsIn(incident, known);
    return [...new Set([...named, ...later].map(({ id }) => id))].map(id => ({
      ...unknownComponent(`incidents/${incident.id}.md`, id, site.components),
      level: 'warning' as const,
    }));
  });
}

/** With every occurrence of what repeats, a file a step; the same list when nothing does. */
function* repeatedAt(incidents: readonly Incident[], now: Millis): Steps<readonly Incident[]> {
  if (incidents.every(({ rrule }) => rrule === undefined)) return incidents;
  const all: Incident[] = [];
  for (const incident of incidents) {
    all.push(...occurrences(incident, now));
    if (incident.rrule !== undefined) yield;
  }
  return all;
}

/**
 * What of the files lies in the future. What takes milliseconds for one long file is done a file a step: `incidents`,
 * all that are shown, are hashed here, too.
 */
function* judging(
  files: Files,
  views: readonly Incident[],
  incidents: readonly Incident[],
  now: Millis,
): Steps<Problem[]> {
  const found: Problem[] = [];
  for (const [index, one] of files.incidents.entries()) {
    found.push(...shownUntimely(one, files.text(one.id), views[index], now));
    yield;
  }
  for (const one of incidents) {
    printOf(one);
    yield;
  }
  return found;
}

/** A recurring maintenance's occurrences change at most once a minute. */
const repeats = new WeakMap<Incident, { readonly minute: number; readonly all: readonly Incident[] }>();

function occurrences(incident: Incident, now: Millis): readonly Incident[] {
  if (incident.rrule === undefined) return [incident];
  const minute = Math.floor(now / MINUTE);
  const known = repeats.get(incident);
  if (known?.minute === minute) return known.all;
  const all = occurrencesOf(incident, now).map(one => asOf(one, now, () => now));
  repeats.set(incident, { minute, all });
  return all;
}

function brokenPromises(incidents: readonly Incident[], now: Millis): Problem[] {
  const late = incidents.filter(incident => isOpen(incident) && (promiseOf(incident) ?? now) < now);
  return late.map(incident => ({
    level: 'warning',
    where: `incidents/${incident.id}.md`,
    what: `the update promised for ${iso(promiseOf(incident) as Millis)} is overdue`,
    fix: 'write an update, or promise a later one with `next_update:`',
  }));
}

/** Our own network down: what an operator should know, and why nothing changes on the page. */
function blindness({ network }: Site, since: Millis | null): Problem[] {
  if (since === null) return [];
  const what = `every check and the reference ${network.reference} have failed since ${iso(since)}: our own network seems to be down, so nothing is counted as an outage`;
  const fix = "mend this machine's network; if it works, choose another `network.reference`";
  return [{ level: 'warning', where: 'network', what, fix }];
}
