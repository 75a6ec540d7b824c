// Gathers the facts, files pending transitions, and holds the current Snapshot.
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { IncidentFiles } from '../../content/incidents/file-cache.ts';
import { unsureOf, wellSinceOf } from '../../core/filing/dependencies.ts';
import { disagreements } from '../../core/filing/file-vs-monitor.ts';
import { silence } from '../../core/filing/reminder.ts';
import type { Outages } from '../../core/filing/reported-vs-measured.ts';
import { asOf } from '../../core/incidents/as-of.ts';
import { parseIncident } from '../../core/incidents/file/parse.ts';
import { namedInText } from '../../core/incidents/file/reparse.ts';
import type { Revision } from '../../core/incidents/history.ts';
import { shownProblems } from '../../core/incidents/lint/shown.ts';
import { shownTimeProblems } from '../../core/incidents/lint/times.ts';
import { failingMeanwhile } from '../../core/incidents/maintenance.ts';
import { withTold } from '../../core/incidents/plans.ts';
import { occurrencesOf } from '../../core/incidents/recurrence.ts';
import type { Incident } from '../../core/model/incident.ts';
import type { Log } from '../../core/model/ports/log.ts';
import { type Problem, warningAt } from '../../core/model/problem.ts';
import type { Site } from '../../core/model/site.ts';
import { DAY, iso, MINUTE, type Millis } from '../../core/model/time.ts';
import { inTurns, type Steps } from '../../core/model/turns/steps.ts';
import { type Warning, warningProblems } from '../../core/monitoring/warning.ts';
import { checksWithoutResult } from '../../core/monitoring/without-result.ts';
import { composing } from '../../core/page/compose.ts';
import type { Facts } from '../../core/page/facts.ts';
import { lastCheckOf } from '../../core/page/overall-status.ts';
import type { Snapshot } from '../../core/page/snapshot.ts';
import type { OwnNetwork } from '../monitoring/own-network.ts';
import type { Recorder } from '../monitoring/recorder.ts';
import type { Watchdog } from '../monitoring/watchdog.ts';
import type { Carried } from './carried-edits.ts';
import type { File, Filed } from './file.ts';
import type { FirstSeen } from './first-seen.ts';
import { makeLogProblems } from './logged-problems.ts';
import type { Plans } from './plans.ts';
import { printOf, revisionOf } from './revision.ts';

type Files = Pick<IncidentFiles, 'incidents' | 'problems' | 'unread' | 'missing' | 'text'>;

interface RefreshDeps {
  /** The last good status.yaml, and the problems of the present one. */
  readonly site: () => Promise<{ site: Site; problems: readonly Problem[] }>;
  readonly files: () => Promise<Files>;
  /** Since when the folder was missing for an earlier process, epoch ms; null if it was not. */
  readonly missingSince: Millis | null;
  /** Carries operators' edits on, before anything else is made of them. */
  readonly carry: (files: Files, site: Site, now: Millis) => Promise<Carried>;
  readonly file: File;
  readonly recorder: Pick<Recorder, 'measured'>;
  /** The slots of each metric in the last 24 hours, by id. A new object means a new state. */
  readonly metrics: (site: Site, now: Millis) => Promise<NonNullable<Facts['metrics']>>;
  /** Each component's median response time over the last 24 hours, by id. */
  readonly responses: (site: Site, now: Millis) => Promise<ReadonlyMap<string, number>>;
  /** The outages of every source; the same object while nothing changes. */
  readonly outages: () => Promise<Outages>;
  /** The git history of each file, as last read. Another job reads it. */
  readonly histories: () => ReadonlyMap<string, readonly Revision[]>;
  readonly network: Pick<OwnNetwork, 'downSince'>;
  readonly firstSeen: FirstSeen;
  readonly plans: Plans;
  /** Problems that are not outages but must be fixed. */
  readonly warnings: (site: Site, now: Millis) => readonly Warning[];
  /** Is informed of each round, and decides what of a Snapshot may be shown. */
  readonly watchdog: Pick<Watchdog, 'rounded' | 'judged' | 'isNamed' | 'newestRun'>;
  readonly log: Log;
}

export class Refresh {
  readonly #deps: RefreshDeps;
  readonly #listeners = new Set<(snapshot: Snapshot) => Promise<void>>();
  readonly #logProblems: (problems: readonly Problem[]) => void;
  #missingSince: Millis | null;
  #revision = '';
  /** The Snapshot as the facts say, and the one that is shown. */
  #composed!: Snapshot;
  #shown!: Snapshot;

  private constructor(deps: RefreshDeps) {
    this.#deps = deps;
    this.#logProblems = makeLogProblems(deps.log);
    this.#missingSince = deps.missingSince;
  }

  static async open(deps: RefreshDeps, now: Millis): Promise<Refresh> {
    const refresh = new Refresh(deps);
    refresh.#composed = await refresh.#gather(now);
    refresh.#shown = deps.watchdog.judged(refresh.#composed);
    return refresh;
  }

  /** The Snapshot that visitors see. */
  readonly current = (): Snapshot => this.#shown;

  /** When anything was last checked: the Snapshot is not made anew for each check. */
  readonly lastCheck = (): Millis | null => {
    const [run, shown] = [this.#deps.watchdog.newestRun(), lastCheckOf(this.#shown.components)];
    return run === null || shown === null ? (run ?? shown) : Math.max(run, shown);
  };

  /** Brings the Snapshot up to date with the facts; keeps the same object if nothing changed. */
  async round(now: Millis): Promise<void> {
    this.#composed = await this.#gather(now);
    this.#deps.watchdog.rounded();
    await this.judge();
  }

  /** Waits until the names of what was read are recorded: nothing may be announced before. */
  readonly recorded = (): Promise<void> => this.#deps.firstSeen.recorded();

  /** Lets the watchdog judge the Snapshot again, without a round: rounds may have stopped. */
  async judge(): Promise<void> {
    const next = this.#deps.watchdog.judged(this.#composed);
    if (next.version === this.#shown.version) return;
    this.#shown = next;
    await Promise.all([...this.#listeners].map(listener => listener(next)));
  }

  /**
   * Calls `listener` with each new Snapshot, until the returned function is called. A round ends when all listeners are
   * done, so code after the round may rely on visitors seeing the new Snapshot.
   */
  subscribe(listener: (snapshot: Snapshot) => Promise<void>): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** The files as nobody has to write them any more: what was saved while edits were carried on is carried on, too. */
  async #read(site: Site, now: Millis): Promise<{ files: Files; problems: readonly Problem[] }> {
    let files = await this.#deps.files();
    for (let tries = 1; ; tries++) {
      const { wrote, problems } = await this.#deps.carry(files, site, now);
      if (wrote) files = await this.#deps.files();
      if (!wrote || tries === MAX_TRIES) return { files, problems };
    }
  }

  /**
   * One round: reads the folder, carries operators' edits on, files what is due, reads again what that changed, and
   * composes the Snapshot if anything changed. Long because the order of its steps is what it says.
   */
  async #gather(now: Millis): Promise<Snapshot> {
    const deps = this.#deps;
    const { site, problems } = await deps.site();
    const from = now - site.uptime.days * DAY;
    let { files, problems: uncarried } = await this.#read(site, now);
    const dated = await deps.firstSeen.date(files.incidents, now);
    const allFilesRead = files.missing === null && files.unread.length === 0;
    const plans = await deps.plans.round(dated, allFilesRead, site, now);
    const occurring = await inTurns(withOccurrences(withTold(dated, plans), site.timezone, now), nextTurn);
    const known = await deps.recorder.measured(from, now);
    const filed = await deps.file(
      {
        incidents: occurring,
        wellSince: wellSinceOf(known),
        unsure: unsureOf(known),
        isFolderMissing: files.missing?.closed === true,
        text: files.text,
      },
      site,
      now,
    );
    if (filed.wrote) ({ files, problems: uncarried } = await this.#read(site, now));
    this.#missingSince = files.missing === null ? null : (this.#missingSince ?? now);
    const measured = await deps.recorder.measured(from, now);
    const outages = await deps.outages();
    const views = await deps.firstSeen.date(files.incidents, now);
    const all = withUnfiled(views, filed, one => deps.firstSeen.unfiled(one, now));
    const incidents = await inTurns(withOccurrences(withTold(all, plans), site.timezone, now), nextTurn);
    const wrongTimes = await inTurns(timeProblems(files, views, now), nextTurn);
    await inTurns(hashing(incidents), nextTurn);
    const networkDownSince = deps.network.downSince();
    const warnings = deps.warnings(site, now);
    const unnamed = site.components.filter(({ id }) => !deps.watchdog.isNamed(id));
    const found = [
      ...problems,
      ...files.problems,
      ...uncarried,
      ...filed.problems,
      ...shownProblems(incidents, withTold(views, plans), site, now),
      ...failingMeanwhile(incidents, measured, site, now),
      ...wrongTimes,
      ...disagreements(incidents, outages, now, id => isRead(id, files)),
      ...blindness(site, networkDownSince),
      ...silence(incidents, site, now),
      ...(networkDownSince === null ? checksWithoutResult(unnamed, measured) : []),
      ...warningProblems(warnings),
    ];
    this.#logProblems(found);
    const histories = site.history ? deps.histories() : new Map();
    const metrics = await deps.metrics(site, now);
    const responses = await deps.responses(site, now);
    const facts: Omit<Facts, 'revision'> = {
      ...{
        site,
        incidents,
        measured,
        networkDownSince,
        metrics,
        responses,
        warnings,
        histories,
        outages,
        plans,
      },
      unread: files.unread.map(text => namedInText(text, site.components)),
      unfiled: new Set(filed.unfiled.keys()),
      missingSince: this.#missingSince,
      problems: found,
    };
    const revision = revisionOf(facts, filed, now);
    if (revision === this.#revision) return this.#composed;
    this.#revision = revision;
    return inTurns(composing({ ...facts, revision }, now), nextTurn);
  }
}

function withUnfiled(
  incidents: readonly Incident[],
  { unfiled, gathering }: Filed,
  named: (incident: Incident) => Incident,
): readonly Incident[] {
  // Return the same list, so that values cached by list stay valid.
  if (unfiled.size === 0) return incidents;
  const kept = incidents.filter(incident => !unfiled.has(incident.id));
  for (const [id, text] of unfiled) {
    const parsed = parseIncident(`${id}.md`, id, text).value;
    const one = parsed && named(parsed);
    const filed = incidents.find(incident => incident.id === id) ?? null;
    if (one) kept.push(gathering.has(id) ? { ...one, gathering: { filed } } : one);
  }
  return kept;
}

/** Who writes more often than this in one round waits for the next one. */
const MAX_TRIES = 5;

/** Whether an incident is as its file says now, and not as it was last read. */
function isRead(id: string, files: Files): boolean {
  const text = files.text(id);
  return text === undefined || parseIncident('', id, text).value !== null;
}

/** Adds the occurrences of recurring maintenances, one file per step; the same list if none recur. */
function* withOccurrences(
  incidents: readonly Incident[],
  zone: string,
  now: Millis,
): Steps<readonly Incident[]> {
  if (incidents.every(({ rrule }) => rrule === undefined)) return incidents;
  const all: Incident[] = [];
  for (const incident of incidents) {
    all.push(...occurrences(incident, zone, now));
    if (incident.rrule !== undefined) yield;
  }
  return all;
}

/** The occurrences of a recurring maintenance change at most once a minute. */
const repeats = new WeakMap<Incident, { readonly key: string; readonly all: readonly Incident[] }>();

function occurrences(incident: Incident, zone: string, now: Millis): readonly Incident[] {
  if (incident.rrule === undefined) return [incident];
  const key = `${zone} ${Math.floor(now / MINUTE)}`;
  const known = repeats.get(incident);
  if (known?.key === key) return known.all;
  const all = occurrencesOf(incident, now, zone).map(one => asOf(one, now, () => now));
  repeats.set(incident, { key, all });
  return all;
}

/** Finds future dates in the files, one file per step. */
function* timeProblems(files: Files, views: readonly Incident[], now: Millis): Steps<Problem[]> {
  const found: Problem[] = [];
  for (const [index, one] of files.incidents.entries()) {
    found.push(...shownTimeProblems(one, files.text(one.id), views[index], now));
    yield;
  }
  return found;
}

/** Hashes every shown incident, one per step: `revisionOf` finds the hashes. */
function* hashing(incidents: readonly Incident[]): Steps<void> {
  for (const one of incidents) {
    printOf(one);
    yield;
  }
}

/** The problem shown while our own network is down, and why the page does not change. */
function blindness({ network }: Site, since: Millis | null): Problem[] {
  if (since === null) return [];
  // The address may hold a password.
  const { reference } = network;
  const host = reference !== null && /^https?:/.test(reference) ? new URL(reference).host : reference;
  const what = `every check of a public address and the reference ${host} have failed since ${iso(since)}: our own network seems to be down, so nothing is counted as an outage`;
  const fix = "fix this machine's network; if it works, choose another `network.reference`";
  return [warningAt('network', what, fix)];
}
