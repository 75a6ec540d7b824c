// First sight: the incidents as of now: what nobody dated, or dated ahead, happened when it was first seen, as the
// books have it.
import { setImmediate as breathe } from 'node:timers/promises';
import { asOf, changesAt, isAhead } from '../../core/incidents/as-of.ts';
import { type Edge, edgeKey, presumedRef, sighted } from '../../core/incidents/first-seen.ts';
import { type Incident, refOf } from '../../core/model/incident.ts';
import type { Millis } from '../../core/model/time.ts';
import { makeBreath } from '../../core/page/steps.ts';

/** When an update was noted in the books, epoch ms and no later than `now`; null when it is not in them. */
export type SeenAt = (ref: string, now: Millis) => Promise<Millis | null>;

/** The incidents as of now; the same list when all are as their files have them. */
export type DateThem = (incidents: readonly Incident[], now: Millis) => Promise<readonly Incident[]>;

/** What holds from one moment until before another. */
interface Kept<T> {
  readonly made: T;
  readonly from: Millis;
  readonly until: Millis;
}

/** What the books say of when things were first seen. */
export interface Sights {
  readonly seenAt: SeenAt;
  /** The same for what was told to somebody. */
  readonly toldAt: SeenAt;
  /** The names of the beginnings and ends that lay ahead when they were first seen. */
  readonly foretold: () => Promise<readonly string[]>;
  /** Notes such a moment, unless the books know it from before; absent where they are only read. */
  readonly foretell?: (incident: Incident, edge: Edge, now: Millis) => Promise<boolean>;
}

export function makeFirstSights({ seenAt, toldAt, foretold, foretell }: Sights): DateThem {
  const lists = new WeakMap<readonly Incident[], Kept<readonly Incident[]>>();
  const known = new WeakMap<Incident, Kept<Incident>>();
  /** By name in the books. What is not in them yet is noted by this very round: it is first seen now. */
  const firstSeen = new Map<string, Millis>();
  /** The books answer without waiting, and a file may hold hundreds of updates. */
  const breath = makeBreath(breathe);
  /** The beginnings and ends that lay ahead when first seen; null until they are read. */
  let early: Set<string> | null = null;
  const refTo = (incident: Incident, edge: Edge) =>
    refOf({ incidentId: incident.id, key: edgeKey(incident, edge) });
  const lay = (incident: Incident, edge: Edge = 'started') =>
    early !== null && early.size > 0 && early.has(refTo(incident, edge));

  async function seen(ref: string, now: Millis): Promise<Millis> {
    await breath();
    const known = firstSeen.get(ref);
    // What was seen by a clock that was ahead was seen now, at the latest.
    const at = known !== undefined && known <= now ? known : Math.min((await seenAt(ref, now)) ?? now, now);
    firstSeen.set(ref, at);
    return at;
  }

  /** Notes a beginning or an end that lies ahead and is news. */
  async function note(incident: Incident, edge: Edge, at: Millis | null, now: Millis): Promise<void> {
    if (incident.scheduled || at === null || at <= now || lay(incident, edge)) return;
    if (await foretell?.(incident, edge, now)) early?.add(refTo(incident, edge));
  }

  /**
   * An end that lies ahead and was told all the same came by a clock that was ahead: it has come, and so has what
   * that clock wrote before it, by as much earlier. One that lay ahead when it was first seen is waited for.
   */
  async function ended(incident: Incident, now: Millis): Promise<Incident> {
    const { id, scheduled, started, resolved, updates, status, rrule } = incident;
    const isWork = scheduled !== null && status === 'completed' && rrule === undefined;
    const end = updates.findLast(
      update => update.status === (scheduled ? 'completed' : 'resolved') && !update.reopens,
    );
    const written = isWork ? (end?.at ?? null) : scheduled ? null : resolved;
    if (!end || written === null || written <= now || end.at <= now || lay(incident, 'resolved'))
      return incident;
    const at = await toldAt(refOf({ incidentId: id, key: end.key }), now);
    if (at === null) return incident;
    const before = (moment: Millis) => (moment > now ? moment - (written - at) : moment);
    return {
      ...incident,
      started: scheduled ? started : before(started),
      resolved: resolved === null ? null : Math.min(resolved, at),
      updates: updates.map(update => ({ ...update, at: before(update.at) })),
    };
  }

  async function made(incident: Incident, now: Millis): Promise<Kept<Incident>> {
    // First, as what an earlier clock noted is noted anew below.
    const own = refTo(incident, 'started');
    await note(incident, 'started', incident.begins ?? incident.started, now);
    await note(incident, 'resolved', incident.status === 'resolved' ? incident.resolved : null, now);
    const presumed = presumedRef(incident);
    const dated =
      presumed === null ? await ended(incident, now) : sighted(incident, await seen(presumed, now));
    if (!isAhead(dated, now) && !lay(incident)) {
      return { made: dated, from: now, until: Number.POSITIVE_INFINITY };
    }
    const refs = dated.updates.map(({ key }) => refOf({ incidentId: dated.id, key }));
    if (lay(incident)) refs.push(own);
    if (!dated.scheduled) for (const ref of refs) await seen(ref, now);
    const as = asOf(dated, now, ref => firstSeen.get(ref) ?? now, lay(incident));
    return { made: as, from: now, until: changesAt(incident, now) };
  }

  return async (incidents, now) => {
    const there = current(lists.get(incidents), now);
    if (there) return there.made;
    const all = [...incidents];
    let until = Number.POSITIVE_INFINITY;
    let isSure = true;
    try {
      early ??= new Set(await foretold());
    } catch {
      isSure = false;
    }
    for (const [index, incident] of incidents.entries()) {
      if (presumedRef(incident) === null && !isAhead(incident, now) && !lay(incident)) continue;
      try {
        const one = current(known.get(incident), now) ?? (await made(incident, now));
        known.set(incident, one);
        all[index] = one.made;
        until = Math.min(until, one.until);
      } catch {
        // Who reads and writes the books says what is wrong with them; the page goes on, and asks again.
        isSure = false;
        all[index] = asOf(sighted(incident, now), now, () => now);
      }
    }
    const list = all.every((incident, index) => incident === incidents[index]) ? incidents : all;
    if (isSure) lists.set(incidents, { made: list, from: now, until });
    return list;
  };
}

/** What is kept, if it holds now; a clock set back undoes what it brought. */
function current<T>(kept: Kept<T> | undefined, now: Millis): Kept<T> | null {
  return kept && now >= kept.from && now < kept.until ? kept : null;
}
