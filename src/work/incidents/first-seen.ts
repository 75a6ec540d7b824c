// First seen: the incidents as of now. An update with no date, or with a future date, happened when it was first seen.
import { setImmediate as nextTurn } from 'node:timers/promises';
import { asOf, changesAt, isAhead, stepsAfterCompletion } from '../../core/incidents/as-of.ts';
import {
  announcedWhenSeen,
  type Edge,
  edgeKey,
  knownKeys,
  presumedRef,
} from '../../core/incidents/first-seen.ts';
import { silent } from '../../core/incidents/recurrence.ts';
import { type Incident, type IncidentUpdate, refOf } from '../../core/model/incident.ts';
import { isPlausible, type Millis } from '../../core/model/time.ts';
import { makeYield } from '../../core/model/turns/steps.ts';

/** When an update was recorded in the database, epoch ms, at most `now`; null if it is not recorded. */
type SeenAt = (ref: string, now: Millis) => Promise<Millis | null>;

/** Reads and writes the first-seen times in the database. */
export interface FirstSeenRecords {
  readonly seenAt: SeenAt;
  /** The keys of an incident's recorded updates. */
  readonly keysOf: (incidentId: string) => Promise<ReadonlySet<string>>;
  /** When an update was announced; like `seenAt`. */
  readonly announcedAt: SeenAt;
  /** The names of the starts and ends that were in the future when first seen. */
  readonly seenAhead: () => Promise<readonly string[]>;
  /**
   * Records that a start or end was in the future when first seen, unless it is recorded already. Absent in read-only
   * use.
   */
  readonly noteAhead?: (incident: Incident, edge: Edge, now: Millis) => Promise<boolean>;
}

/** A value that is valid from one moment until before another. */
interface Kept<T> {
  readonly made: T;
  readonly from: Millis;
  readonly until: Millis;
}

const FOREVER = Number.POSITIVE_INFINITY;

export class FirstSeen {
  readonly #records: FirstSeenRecords;
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
  /** The database answers synchronously, and one file may hold hundreds of updates. */
  readonly #yieldTurn = makeYield(nextTurn);

  constructor(records: FirstSeenRecords) {
    this.#records = records;
  }

  /** Returns the incidents as of now; the same list if all are as written in their files. */
  async date(incidents: readonly Incident[], now: Millis): Promise<readonly Incident[]> {
    const there = current(this.#lists.get(incidents), now);
    if (there) return there.made;
    const all = [...incidents];
    let until = FOREVER;
    let isSure = true;
    try {
      await this.#readEarly();
    } catch {
      isSure = false;
    }
    for (const [index, incident] of incidents.entries()) {
      const isPlain =
        !incident.updates.some(({ presumed }) => presumed) && this.#whatWasAhead(incident) === null;
      if (isPlain && !isAhead(incident, now) && stepsAfterCompletion(incident, now, () => false).length === 0)
        continue;
      try {
        const one = current(this.#known.get(incident), now) ?? (await this.#made(incident, now));
        this.#known.set(incident, one);
        all[index] = one.made;
        until = Math.min(until, one.until);
      } catch {
        // The storage problem is reported elsewhere. The page stays up, and the next round asks again.
        isSure = false;
        all[index] = asOf(announcedWhenSeen(incident, now), now, () => now);
      }
    }
    const list = all.every((incident, index) => incident === incidents[index]) ? incidents : all;
    if (isSure) this.#lists.set(incidents, { made: list, from: now, until });
    return list;
  }

  async #made(incident: Incident, now: Millis): Promise<Kept<Incident>> {
    // Must come first: below, records from a clock that was ahead are written again.
    const own = refTo(incident, 'started');
    await this.#noteAll(incident, now);
    const noted = await this.#records.keysOf(incident.id);
    const presumed = presumedRef(incident, ref => noted.has(ref.slice(incident.id.length + 1)));
    const dated = this.#withFirstSeenTimes(
      presumed === null
        ? await this.#ended(incident, now)
        : announcedWhenSeen(incident, await this.#firstSeen(presumed, now)),
      noted,
      now,
    );
    const wasAhead = this.#whatWasAhead(incident);
    if (!isAhead(dated, now) && wasAhead === null) return { made: dated, from: now, until: FOREVER };
    if (wasAhead === 'beginning') await this.#firstSeen(own, now);
    const { id, updates } = dated;
    const known = knownKeys(updates, key => noted.has(key));
    for (const update of updates) {
      const name = known.get(update) ?? update.key;
      await this.#firstSeen(
        refOf({ incidentId: id, key: update.key }),
        now,
        refOf({ incidentId: id, key: name }),
      );
    }
    const as = asOf(dated, now, ref => this.#seenAt.get(ref) ?? now, wasAhead);
    return { made: as, from: now, until: changesAt(incident, now) };
  }

  /** Removes the maintenance steps that its completion overtook, except steps that were announced before. */
  #withFirstSeenTimes(incident: Incident, noted: ReadonlySet<string>, now: Millis): Incident {
    const left = stepsAfterCompletion(incident, now, update => this.#wasAhead(incident, update)).filter(
      ({ key }) => !noted.has(key),
    );
    if (left.length === 0) return incident;
    const updates = incident.updates.filter(update => !left.includes(update));
    return { ...incident, updates: updates.length > 0 ? updates : [silent(incident)] };
  }

  #wasAhead(incident: Incident, edge: Edge = 'started'): boolean {
    return this.#early !== null && this.#early.size > 0 && this.#early.has(refTo(incident, edge));
  }

  #whatWasAhead(incident: Incident): 'beginning' | 'update' | null {
    if (this.#wasAhead(incident)) return 'beginning';
    return this.#withEarlyUpdates.has(incident.id) ? 'update' : null;
  }

  async #readEarly(): Promise<void> {
    if (this.#early !== null) return;
    const refs = await this.#records.seenAhead();
    this.#early = new Set();
    for (const ref of refs) this.#remember(ref);
  }

  #remember(ref: string): void {
    this.#early?.add(ref);
    if (ref.endsWith('#ahead')) this.#withEarlyUpdates.add(ref.slice(0, ref.lastIndexOf(' ')));
  }

  /** @param noted the name of the moment in the database */
  async #firstSeen(ref: string, now: Millis, noted = ref): Promise<Millis> {
    await this.#yieldTurn();
    const known = this.#seenAt.get(ref);
    // A moment recorded by a clock that was ahead was seen now at the latest.
    const isKnown = known !== undefined && known <= now;
    const at = isKnown ? known : Math.min((await this.#records.seenAt(noted, now)) ?? now, now);
    this.#seenAt.set(ref, at);
    return at;
  }

  async #noteAll(incident: Incident, now: Millis): Promise<void> {
    const { scheduled, begins, started, status, resolved, rrule, updates } = incident;
    if (rrule !== undefined) return;
    if (!scheduled) {
      await this.#note(incident, 'started', begins ?? started, now);
      await this.#note(incident, 'resolved', status === 'resolved' ? resolved : null, now);
    }
    // A future end has its own record. A step of a maintenance is part of its plan, unless the plan is over.
    const isOvertaken = new Set(stepsAfterCompletion(incident, now, () => false));
    const isSaid = (update: IncidentUpdate) =>
      update.inherits || (!scheduled && update.status !== 'resolved') || isOvertaken.has(update);
    for (const update of updates.filter(isSaid)) await this.#note(incident, update, update.at, now);
  }

  /** Records a future moment if it is news. A clock that was never set would put everything in the future. */
  async #note(incident: Incident, edge: Edge, at: Millis | null, now: Millis): Promise<void> {
    if (!isPlausible(now)) return;
    if (at === null || at <= now || this.#wasAhead(incident, edge)) return;
    if (await this.#records.noteAhead?.(incident, edge, now)) this.#remember(refTo(incident, edge));
  }

  /**
   * Handles an end in the future that was already announced: a clock that was ahead wrote it. The end has happened, and
   * the earlier updates by that clock move back by the same amount. An end that was in the future when first seen is
   * waited for.
   */
  async #ended(incident: Incident, now: Millis): Promise<Incident> {
    const { id, scheduled, started, resolved, updates, status, rrule } = incident;
    const isWork = scheduled !== null && status === 'completed' && rrule === undefined;
    const over = scheduled ? 'completed' : 'resolved';
    const end = updates.findLast(update => update.status === over && !update.reopens);
    const written = isWork ? (end?.at ?? null) : scheduled ? null : resolved;
    if (!end || written === null || written <= now || end.at <= now || this.#wasAhead(incident, 'resolved'))
      return incident;
    const at = await this.#records.announcedAt(refOf({ incidentId: id, key: end.key }), now);
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

function refTo(incident: Incident, edge: Edge): string {
  return refOf({ incidentId: incident.id, key: edgeKey(incident, edge) });
}

/** Returns the kept value if it is valid now. After the clock is set back, a later value is not. */
function current<T>(kept: Kept<T> | undefined, now: Millis): Kept<T> | null {
  return kept && now >= kept.from && now < kept.until ? kept : null;
}
