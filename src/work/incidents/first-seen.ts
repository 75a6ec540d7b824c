// First seen: the incidents as of now. An update with no date, or with a future date, happened when it was first seen.
import { setImmediate as nextTurn } from 'node:timers/promises';
import {
  asOf,
  changesAt,
  isAhead,
  isDatedBySight,
  mayBePlannedStep,
  onDayAdded,
  stepsAfterCompletion,
} from '../../core/incidents/as-of.ts';
import { completedByRecord, mayRecordsTell } from '../../core/incidents/completion.ts';
import { endKey, endRecordOf, endsTold } from '../../core/incidents/ending.ts';
import { announcedWhenSeen, type Edge, edgeKey, isOfUpdate } from '../../core/incidents/first-seen.ts';
import { silent } from '../../core/incidents/recurrence.ts';
import {
  type Incident,
  type IncidentUpdate,
  keyOf,
  refOf,
  type UpdateRef,
} from '../../core/model/incident.ts';
import { isPlausible, type Millis } from '../../core/model/time.ts';
import { makeYield } from '../../core/model/turns/steps.ts';
import type { Db } from '../../store/db/database.ts';
import { noteAhead, recordsOf, type SeenRecords, seenAhead, seenNow } from '../../store/notify/first-seen.ts';
import { Identities } from './identities.ts';

/** The records of one incident as of now: a later time came from a clock that was ahead, and means now. */
class IncidentRecords {
  /** The keys of the records read that had a later time: to be stored, so that their time stays the same. */
  readonly late: string[] = [];
  readonly #records: SeenRecords;
  readonly #now: Millis;

  constructor(records: SeenRecords, now: Millis) {
    this.#records = records;
    this.#now = now;
  }

  has(key: string): boolean {
    return this.#records.has(key);
  }

  at(key: string): Millis | null {
    const at = this.#records.get(key)?.seenAt ?? null;
    if (at === null || at <= this.#now) return at;
    this.late.push(key);
    return this.#now;
  }

  announcedAt(key: string): Millis | null {
    return this.#records.get(key)?.isAnnounced ? this.at(key) : null;
  }
}

/** A value that is valid from one moment until before another. */
interface Kept<T> {
  readonly made: T;
  readonly from: Millis;
  readonly until: Millis;
}

/** Moments recorded in one step: a step takes a few milliseconds. */
const EDGES = 50;

const FOREVER = Number.POSITIVE_INFINITY;

export class FirstSeen {
  readonly #db: Db | null;
  readonly #isReader: boolean;
  readonly #identities: Identities;
  readonly #lists = new WeakMap<readonly Incident[], Kept<readonly Incident[]>>();
  readonly #known = new WeakMap<Incident, Kept<Incident>>();
  /**
   * First-seen times by database name. A name that is missing in the database is recorded in this round, as first seen
   * now.
   */
  readonly #seenAt = new Map<string, Millis>();
  /**
   * Names of moments that were in the future when first seen, and ids of incidents with such an update. Null until
   * read.
   */
  #early: Set<string> | null = null;
  readonly #withEarlyUpdates = new Set<string>();
  /** The database answers synchronously, and there may be thousands of incidents. */
  readonly #yieldTurn = makeYield(nextTurn);

  /** A program that only reads the database, or has none, records nothing. */
  constructor(db: Db | null, as: 'server' | 'reader') {
    this.#db = db;
    this.#isReader = as === 'reader';
    this.#identities = new Identities(db, as);
  }

  /**
   * Returns the incidents as of now, with the names they keep; the same list if all are as written in their files.
   * @param read all that were read
   */
  async date(read: readonly Incident[], now: Millis): Promise<readonly Incident[]> {
    const there = current(this.#lists.get(read), now);
    if (there) return there.made;
    let incidents = read;
    let until = FOREVER;
    let allRecordsRead = true;
    try {
      incidents = await this.#identities.of(read, now);
    } catch {
      allRecordsRead = false;
      // Under other names, they would be announced again.
      incidents = read.map(one => ({ ...one, isPartlyUnreadable: true as const }));
    }
    try {
      await this.#readEarly();
    } catch {
      allRecordsRead = false;
    }
    const all = [...incidents];
    for (const [index, incident] of incidents.entries()) {
      const nothingRevised = !isDatedBySight(incident) && this.#whatWasAhead(incident) === null;
      const isSettledByFile =
        !mayRecordsTell(incident, now) && stepsAfterCompletion(incident, now).length === 0;
      if (nothingRevised && isSettledByFile && !isAhead(incident, now)) {
        // The clock completes it.
        const end = incident.scheduled?.end ?? now;
        if (end > now) until = Math.min(until, end);
        continue;
      }
      try {
        const one = current(this.#known.get(incident), now) ?? (await this.#made(incident, now));
        this.#known.set(incident, one);
        all[index] = one.made;
        until = Math.min(until, one.until);
      } catch {
        // The storage problem is reported elsewhere. The page stays up, and the next round asks again.
        allRecordsRead = false;
        all[index] = asOf(announcedWhenSeen(incident, now), now, () => now);
      }
    }
    const list = all.every((incident, index) => incident === read[index]) ? read : all;
    if (allRecordsRead) this.#lists.set(read, { made: list, from: now, until });
    return list;
  }

  /** Waits until the names are recorded: nothing may be announced before. */
  readonly recorded = (): Promise<void> => this.#identities.recorded();

  /** An incident that is not yet in a file, with the names it keeps. */
  readonly unfiled = (incident: Incident, now: Millis): Incident => this.#identities.one(incident, now);

  async #made(incident: Incident, now: Millis): Promise<Kept<Incident>> {
    await this.#yieldTurn();
    // Must come first: below, records from a clock that was ahead are written again.
    await this.#noteAll(incident, now, await this.#isEndTold(incident, now));
    const seen = new IncidentRecords(await recordsOf(this.#db, keyOf(incident)), now);
    const made = this.#asSeen(incident, seen, now);
    if (this.#db && !this.#isReader && seen.late.length > 0)
      await seenNow(this.#db, keyOf(incident), seen.late, now);
    return made;
  }

  #asSeen(written: Incident, seen: IncidentRecords, now: Millis): Kept<Incident> {
    const record = endRecordOf(seen, update => this.#wasAhead(written, update));
    const added = onDayAdded(written, key => this.#firstSeen(written, key, seen, now));
    const incident = completedByRecord(added, record, now);
    const presumed = incident.updates.find(one => one.presumed);
    const dated = this.#withoutOvertakenSteps(
      presumed === undefined
        ? this.#ended(incident, seen, now)
        : announcedWhenSeen(incident, this.#firstSeen(incident, presumed.key, seen, now)),
      seen,
      record.announcedAt !== null,
      now,
    );
    const wasAhead = this.#whatWasAhead(incident);
    if (!isAhead(dated, now) && wasAhead === null)
      return { made: dated, from: now, until: changesAt(incident, now) };
    if (wasAhead === 'beginning') this.#firstSeen(incident, edgeKey(incident, 'started'), seen, now);
    for (const { key } of dated.updates) this.#firstSeen(incident, key, seen, now);
    const as = asOf(dated, now, ref => this.#seenAt.get(ref) ?? now, wasAhead);
    return { made: as, from: now, until: changesAt(incident, now) };
  }

  /** Removes the maintenance steps that its completion overtook, except steps that were announced before. */
  #withoutOvertakenSteps(
    incident: Incident,
    noted: IncidentRecords,
    isEndTold: boolean,
    now: Millis,
  ): Incident {
    const wasAhead = (update: IncidentUpdate) => this.#wasAhead(incident, update);
    const left = stepsAfterCompletion(incident, now, wasAhead, isEndTold).filter(
      ({ key }) => !noted.has(key),
    );
    if (left.length === 0) return incident;
    const updates = incident.updates.filter(update => !left.includes(update));
    return { ...incident, updates: updates.length > 0 ? updates : [silent(incident)] };
  }

  #wasAhead(incident: Incident, edge: Edge = 'started'): boolean {
    return this.#early !== null && this.#early.size > 0 && this.#early.has(refOf(refTo(incident, edge)));
  }

  #whatWasAhead(incident: Incident): 'beginning' | 'update' | null {
    if (this.#wasAhead(incident)) return 'beginning';
    return this.#withEarlyUpdates.has(keyOf(incident)) ? 'update' : null;
  }

  async #readEarly(): Promise<void> {
    if (this.#early !== null) return;
    const refs = await seenAhead(this.#db);
    this.#early = new Set();
    for (const ref of refs) this.#remember(ref);
  }

  #remember(ref: UpdateRef): void {
    this.#early?.add(refOf(ref));
    if (isOfUpdate(ref.key)) this.#withEarlyUpdates.add(ref.incidentId);
  }

  #firstSeen(incident: Incident, key: string, seen: IncidentRecords, now: Millis): Millis {
    const ref = refOf({ incidentId: keyOf(incident), key });
    const known = this.#seenAt.get(ref);
    // A moment recorded by a clock that was ahead was seen now at the latest.
    const at = known !== undefined && known <= now ? known : (seen.at(key) ?? now);
    this.#seenAt.set(ref, at);
    return at;
  }

  async #isEndTold(incident: Incident, now: Millis): Promise<boolean> {
    if (!mayRecordsTell(incident, now)) return false;
    const records = new IncidentRecords(await recordsOf(this.#db, keyOf(incident)), now);
    return endRecordOf(records).announcedAt !== null;
  }

  /** Records the moments in the future that are news. A clock that was never set would put everything in the future. */
  async #noteAll(incident: Incident, now: Millis, isEndTold: boolean): Promise<void> {
    if (incident.rrule !== undefined || !isPlausible(now) || !this.#db || this.#isReader) return;
    const news = aheadIn(incident, now, isEndTold).filter(edge => !this.#wasAhead(incident, edge));
    for (let index = 0; index < news.length; index += EDGES) {
      const some = news.slice(index, index + EDGES);
      for (const edge of await noteAhead(this.#db, incident, some, now))
        this.#remember(refTo(incident, edge));
      await this.#yieldTurn();
    }
  }

  /**
   * Handles an end in the future that was already announced: a clock that was ahead wrote it. The end has happened, and
   * the earlier updates by that clock move back by the same amount. An end that was in the future when first seen is
   * waited for.
   */
  #ended(incident: Incident, seen: IncidentRecords, now: Millis): Incident {
    const { scheduled, started, resolved, updates, status, rrule } = incident;
    const isWork = scheduled !== null && status === 'completed' && rrule === undefined;
    const over = scheduled ? 'completed' : 'resolved';
    const end = updates.findLast(update => update.status === over);
    const written = isWork ? (end?.at ?? null) : scheduled ? null : resolved;
    if (!end || written === null || written <= now || end.at <= now || this.#wasAhead(incident, 'resolved'))
      return incident;
    const { count, open } = endsTold(key => seen.has(key));
    // A recovery that a machine measured has come, although it is told a minute later.
    const measured = incident.openedBy === null ? null : seen.at(end.key);
    const at = open ? measured : seen.announcedAt(endKey(count - 1));
    if (at === null) return incident;
    const before = (moment: Millis) => (moment > now ? moment - (written - at) : moment);
    return {
      ...incident,
      started: scheduled ? started : before(started),
      resolved: resolved === null ? null : Math.min(resolved, at),
      updates: updates.map(update => ({ ...update, at: before(update.at) })),
    };
  }
}

/** The parts of an incident that are in the future. */
function aheadIn(incident: Incident, now: Millis, isEndTold: boolean): Edge[] {
  const { scheduled, begins, started, status, resolved, updates } = incident;
  const found: Edge[] = [];
  if (!scheduled && (begins ?? started) > now) found.push('started');
  if (!scheduled && status === 'resolved' && resolved !== null && resolved > now) found.push('resolved');
  // A future end has its own record. A step of a maintenance is part of its plan, unless the plan is over.
  const isOvertaken = new Set(isEndTold ? [] : stepsAfterCompletion(incident, now));
  const waitsForItsTime = (update: IncidentUpdate) =>
    scheduled ? !mayBePlannedStep(incident, update) : update.inherits || update.status !== 'resolved';
  for (const update of updates)
    if (isOvertaken.has(update) || (update.at > now && waitsForItsTime(update))) found.push(update);
  return found;
}

function refTo(incident: Incident, edge: Edge): UpdateRef {
  return { incidentId: keyOf(incident), key: edgeKey(incident, edge) };
}

/** Returns the kept value if it is valid now. After the clock is set back, a later value is not. */
function current<T>(kept: Kept<T> | undefined, now: Millis): Kept<T> | null {
  return kept && now >= kept.from && now < kept.until ? kept : null;
}
