// First seen: the incidents as of now. What nobody dated, or dated ahead, happened when it was first seen.
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

/** When an update was noted in the database, epoch ms and no later than `now`; null when it is not there. */
type SeenAt = (ref: string, now: Millis) => Promise<Millis | null>;

/** What the database knows of when things were first seen. */
export interface FirstSeenRecords {
  readonly seenAt: SeenAt;
  /** The keys of an incident's updates that were noted. */
  readonly keysOf: (incidentId: string) => Promise<ReadonlySet<string>>;
  /** The same for what was announced. */
  readonly announcedAt: SeenAt;
  /** The names of the beginnings and ends that lay ahead when they were first seen. */
  readonly seenAhead: () => Promise<readonly string[]>;
  /** Notes such a moment, unless it is known from before; absent where nothing is written. */
  readonly foretell?: (incident: Incident, edge: Edge, now: Millis) => Promise<boolean>;
}

/** What holds from one moment until before another. */
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
  /** By name in the database. What is not there yet is noted by this very round: it is first seen now. */
  readonly #seenAt = new Map<string, Millis>();
  /** What lay ahead when first seen, by name, and the incidents of which an update did; null until they are read. */
  #early: Set<string> | null = null;
  readonly #withEarlyUpdates = new Set<string>();
  /** The database answers without waiting, and a file may hold hundreds of updates. */
  readonly #yieldTurn = makeYield(nextTurn);

  constructor(records: FirstSeenRecords) {
    this.#records = records;
  }

  /** The incidents as of now; the same list when all are as their files have them. */
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
      const isPlain = presumedRef(incident) === null && this.#whatWasAhead(incident) === null;
      if (isPlain && !isAhead(incident, now) && stepsAfterCompletion(incident, now, () => false).length === 0)
        continue;
      try {
        const one = current(this.#known.get(incident), now) ?? (await this.#made(incident, now));
        this.#known.set(incident, one);
        all[index] = one.made;
        until = Math.min(until, one.until);
      } catch {
        // What is wrong with the database is said elsewhere; the page goes on, and asks again.
        isSure = false;
        all[index] = asOf(announcedWhenSeen(incident, now), now, () => now);
      }
    }
    const list = all.every((incident, index) => incident === incidents[index]) ? incidents : all;
    if (isSure) this.#lists.set(incidents, { made: list, from: now, until });
    return list;
  }

  async #made(incident: Incident, now: Millis): Promise<Kept<Incident>> {
    // First, as what an earlier clock noted is noted anew below.
    const own = refTo(incident, 'started');
    await this.#noteAll(incident, now);
    const presumed = presumedRef(incident);
    const noted = await this.#records.keysOf(incident.id);
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

  /** Without the steps of a maintenance that its completion overtook; one that was told before that has happened. */
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

  /** `noted`: the name that the database has for it. */
  async #firstSeen(ref: string, now: Millis, noted = ref): Promise<Millis> {
    await this.#yieldTurn();
    const known = this.#seenAt.get(ref);
    // What was seen by a clock that was ahead was seen now, at the latest.
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
    // An end that lies ahead has a note of its own, and a step of a maintenance is its plan, unless that is over.
    const isOvertaken = new Set(stepsAfterCompletion(incident, now, () => false));
    const isSaid = (update: IncidentUpdate) =>
      update.inherits || (!scheduled && update.status !== 'resolved') || isOvertaken.has(update);
    for (const update of updates.filter(isSaid)) await this.#note(incident, update, update.at, now);
  }

  /** Notes what lies ahead and is news; by a clock that nobody set yet, everything lies ahead. */
  async #note(incident: Incident, edge: Edge, at: Millis | null, now: Millis): Promise<void> {
    if (!isPlausible(now)) return;
    if (at === null || at <= now || this.#wasAhead(incident, edge)) return;
    if (await this.#records.foretell?.(incident, edge, now)) this.#remember(refTo(incident, edge));
  }

  /**
   * An end that lies ahead and was announced all the same came by a clock that was ahead: it has come, and so has what
   * that clock wrote before it, by as much earlier. One that lay ahead when it was first seen is waited for.
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

/** What is kept, if it holds now; a clock set back undoes what it brought. */
function current<T>(kept: Kept<T> | undefined, now: Millis): Kept<T> | null {
  return kept && now >= kept.from && now < kept.until ? kept : null;
}
