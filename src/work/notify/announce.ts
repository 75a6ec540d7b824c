// Announces news. One transaction records it with the promise to send it; the deliveries are then enqueued in steps, so
// that a hundred thousand of them block nothing.

import { setImmediate as nextTurn } from 'node:timers/promises';
import { endsTold, withdrawnWith } from '../../core/incidents/ending.ts';
import { beginningOf, type Incident, type IncidentUpdate, keyOf, refOf } from '../../core/model/incident.ts';
import type { Site } from '../../core/model/site.ts';
import { DAY, type Millis } from '../../core/model/time.ts';
import { makeYield } from '../../core/model/turns/steps.ts';
import { asAnnounced, findUpdate } from '../../core/notify/announced.ts';
import { mayNotLast, type Told, toldAfter } from '../../core/notify/calm.ts';
import { owedTo } from '../../core/notify/concern.ts';
import { filedKey } from '../../core/notify/filed-words.ts';
import { type Announcement, announcements } from '../../core/notify/news.ts';
import { WORDS_WITHIN, withoutWaiting } from '../../core/notify/wordless.ts';
import type { Snapshot } from '../../core/page/snapshot.ts';
import { additionsTo, isTakenBack } from '../../store/notify/additions.ts';
import {
  announceUpdates,
  concernIn,
  dropOwed,
  endFirstRound,
  enqueueSome,
  type Frozen,
  frozenUpdate,
  isFirstRound,
  type Owed,
  owedUpdates,
  seenUpdates,
  toldAsBeginning,
  withdraw,
} from '../../store/notify/announcements.ts';
import { keysOfFiledWords, whenAnnounced } from '../../store/notify/told.ts';
import type { SomeNotificationParts } from './parts.ts';

/** Subscribers per step. A step takes some milliseconds, and requests are answered between steps. */
const STEP = 500;
/** Updates per step. Each is stored with its incident as it is now; those announced to nobody are stored without. */
const UPDATES = 20;
const QUIET_UPDATES = 100;

type AnnouncerParts = SomeNotificationParts<'db' | 'clock' | 'log' | 'folder' | 'isClockUnsure'>;

export class Announcer {
  readonly #parts: AnnouncerParts;
  /** References of all updates announced or seen. Read once; only this process writes them. */
  readonly #seen: Set<string>;
  #isFirst: boolean;
  /** The update lists of incidents whose updates were all seen, so that a round skips them. */
  #allSeen = new WeakSet<readonly IncidentUpdate[]>();
  /** The update lists of incidents of which it was read what a machine filed in them. */
  readonly #recalled = new WeakSet<readonly IncidentUpdate[]>();
  /** The update lists of incidents in which components that were added were looked for. */
  readonly #compared = new WeakSet<readonly IncidentUpdate[]>();
  /** When something was told of the incidents that are still told about, by lasting name. */
  readonly #told = new Map<string, Told | null>();
  /** True at start, because a crash may have left promises open. */
  #owing = true;

  private constructor(parts: AnnouncerParts, seen: Set<string>, isFirst: boolean) {
    this.#parts = parts;
    this.#seen = seen;
    this.#isFirst = isFirst;
  }

  static async open(parts: AnnouncerParts): Promise<Announcer> {
    return new Announcer(parts, await seenUpdates(parts.db), await isFirstRound(parts.db));
  }

  /** Records what is new in the Snapshot as of `now`, with the promise to send it. */
  async note(snapshot: Snapshot, now: Millis): Promise<void> {
    const { db, log, folder, isClockUnsure } = this.#parts;
    const { incidents, maintenances, site } = snapshot;
    const isUnsure = isClockUnsure() && !this.#isFirst;
    const isNew = (one: Incident, { key, at }: IncidentUpdate) =>
      at <= now && !this.#seen.has(refOf({ incidentId: keyOf(one), key }));
    // What the clock alone says of a plan, while that may be set back in a moment.
    const isByClock = (one: Incident) =>
      isUnsure && one.scheduled !== null && !one.updates.some(update => isNew(one, update));
    // What is cut off would be told so, and its end to nobody.
    const isWhole = (one: Incident) => this.#isFirst || !folder.isBeingWritten(one.series?.id ?? one.id, now);
    const open = [...incidents, ...maintenances].filter(
      one => !this.#allSeen.has(one.updates) && isWhole(one) && !isByClock(one),
    );
    const yieldTurn = makeYield(nextTurn);
    const news: Announcement[] = [];
    const whenTold = (key: string) => this.#told.get(key) ?? null;
    for (const incident of open) {
      await this.#recall(incident, now);
      const said = this.#inWords(incident, now);
      if (said === null) continue;
      const some = announcements([said], this.#seen, now, this.#isFirst, site.notices, whenTold);
      news.push(...some, ...(await this.#additions(incident, some, site, now)));
      await yieldTurn();
    }
    if (news.length === 0 && !this.#isFirst) return this.#settle(open, now);
    news.sort((a, b) => a.update.at - b.update.at);
    const step = this.#isFirst ? QUIET_UPDATES : UPDATES;
    for (let index = 0; index < news.length; index += step) {
      const some = news.slice(index, index + step);
      await announceUpdates(db, some, now, now + site.notify.grace);
      for (const one of some) {
        this.#seen.add(refOf(one));
        if (one.quiet) continue;
        if (one.update.announces !== 'beginning')
          this.#told.set(
            one.incidentId,
            toldAfter(whenTold(one.incidentId), one.update, now, this.#isFiled(one)),
          );
        this.#owing = true;
        log.info({ incident: one.incidentId, update: one.key }, 'update announced');
      }
      await yieldTurn();
    }
    if (!this.#isFirst) return;
    // Last: after a crash before it, the next round is the first one still, and what was left out is no news.
    await endFirstRound(db, now);
    this.#isFirst = false;
    log.info({ updates: news.length }, 'first start: no email is sent about existing updates');
  }

  /** What is told in the same round tells them, too; and so does what waits for the grace period to end. */
  async #additions(
    incident: Incident,
    news: readonly Announcement[],
    { components, notify }: Site,
    now: Millis,
  ): Promise<Announcement[]> {
    const { updates } = incident;
    if (
      this.#isFirst ||
      incident.endedBeside ||
      this.#compared.has(updates) ||
      news.some(({ quiet }) => !quiet)
    )
      return [];
    this.#compared.add(updates);
    const incidentId = keyOf(incident);
    const has = (key: string) => this.#seen.has(refOf({ incidentId, key }));
    const found = await additionsTo(this.#parts.db, incident, components, has, now);
    const told = this.#told.get(incidentId);
    const waits = told != null && now < told.last + notify.grace;
    return waits ? found.map(one => ({ ...one, quiet: true })) : found;
  }

  /** Returns an incident without what waits for its words; null if nothing is left to tell. */
  #inWords(incident: Incident, now: Millis): Incident | null {
    const name = incident.series?.id ?? incident.id;
    if (this.#isFirst || !this.#parts.folder.isBeingWritten(name, now, WORDS_WITHIN)) return incident;
    const has = (key: string) => this.#seen.has(refOf({ incidentId: keyOf(incident), key }));
    return withoutWaiting(incident, has, now);
  }

  async #recall(incident: Incident, now: Millis): Promise<void> {
    const { db } = this.#parts;
    const key = keyOf(incident);
    const isCurrent = incident.resolved === null || Math.abs(now - incident.resolved) < DAY;
    const beginning = refOf({ incidentId: key, key: beginningOf(incident)!.key });
    const isMachine = incident.openedBy !== null && isCurrent;
    // Another first section may take the place of the one that was told.
    if (!isMachine && this.#seen.has(beginning)) return;
    if (!this.#told.has(key)) this.#told.set(key, await whenAnnounced(db, key));
    if (!isMachine) return;
    if (this.#recalled.has(incident.updates)) return;
    for (const filed of await keysOfFiledWords(db, key))
      this.#seen.add(refOf({ incidentId: key, key: filed }));
    this.#recalled.add(incident.updates);
  }

  /** Whether a machine wrote the words of an update. */
  #isFiled({ incident, update }: Frozen): boolean {
    return this.#seen.has(refOf({ incidentId: keyOf(incident), key: filedKey(update.body) }));
  }

  /**
   * Whether a machine's incident is over before what the machine says of its outage left: then its end is told alone. The
   * rest waits for that, as the end may not hold. A person's words are told in any case.
   */
  #isOver(frozen: Frozen, current: Frozen | null): boolean {
    const { incident, update } = frozen;
    const isBefore = update.announces !== 'end' && update.announces !== 'none';
    const isOwn = beginningOf(incident)?.key === update.key || update.folds || this.#isFiled(frozen);
    return incident.openedBy !== null && isBefore && !!isOwn && current?.incident.status === 'resolved';
  }

  async enqueue(snapshot: Snapshot): Promise<void> {
    if (!this.#owing) return;
    const { db, clock, log } = this.#parts;
    const { grace } = snapshot.site.notify;
    const yieldTurn = makeYield(nextTurn);
    let deliveries = 0;
    // During a grace period nothing is due yet, so the next round must ask again.
    this.#owing = grace > 0;
    try {
      for (const owed of await owedUpdates(db, clock(), grace)) {
        await yieldTurn();
        const frozen = await frozenUpdate(db, owed.ref);
        if (frozen === null) continue;
        const current = stillOwed(owed, frozen, snapshot);
        if (current === null && (await withdraw(db, owed.ref))) {
          // If the update comes back, it is news, even in the same incident object.
          for (const ref of withdrawnWith(owed.ref)) this.#seen.delete(ref);
          this.#told.delete(keyOf(frozen.incident));
          this.#allSeen = new WeakSet();
          log.info({ update: owed.ref }, 'update withdrawn before any email was sent');
          continue;
        }
        if (grace > 0 && owed.untouched && this.#isOver(frozen, current)) {
          const incidentId = keyOf(frozen.incident);
          if (!endsTold(key => this.#seen.has(refOf({ incidentId, key }))).open) await dropOwed(db, owed.ref);
          continue;
        }
        const announced = current ? asAnnounced(current, frozen) : frozen;
        deliveries += await this.#enqueueAll(owed.ref, announced, snapshot);
      }
    } catch (error) {
      this.#owing = true;
      throw error;
    }
    if (deliveries > 0) log.info({ deliveries }, 'emails and messages are due');
  }

  async #enqueueAll(ref: string, { incident, update }: Frozen, { site }: Snapshot): Promise<number> {
    const { db, clock } = this.#parts;
    const about = { incident, update };
    const concern = await concernIn(db, ref, about, site.components);
    const toldBefore = await toldAsBeginning(db, ref, about, site.components);
    const owed = (readers: Parameters<typeof owedTo>[0]) => owedTo(readers, concern, toldBefore);
    const types = site.notify.visitors.channels;
    for (let deliveries = 0; ; ) {
      const step = await enqueueSome(db, ref, STEP, owed, types, clock());
      deliveries += step.deliveries;
      if (step.done) return deliveries;
      await nextTurn();
    }
  }

  /** @param silent incidents of which nothing is news */
  #settle(silent: readonly Incident[], now: Millis): void {
    for (const incident of silent) {
      const { scheduled, updates, openedBy, endedBeside } = incident;
      // Updates about a maintenance, and the end of a machine's incident, come due by the clock.
      if (scheduled !== null || (openedBy !== null && mayNotLast(incident, now))) continue;
      // If the other file goes, it is news that it goes on.
      if (endedBeside) continue;
      if (updates.every(({ key }) => this.#seen.has(refOf({ incidentId: keyOf(incident), key }))))
        this.#allSeen.add(updates);
    }
  }
}

/** Returns the subject of the deliveries; null if an edit within the grace period removed it. */
function stillOwed(
  { ref, untouched }: Owed,
  frozen: Frozen,
  { incidents, maintenances, site }: Snapshot,
): Frozen | null {
  const all = [...incidents, ...maintenances];
  const current = findUpdate(all, ref, frozen.update);
  if (site.notify.grace === 0 || !untouched) return current ?? frozen;
  // A reminder of a maintenance is in no file. It is withdrawn together with the maintenance.
  const isInFile = frozen.incident.updates.some(({ key }) => key === frozen.update.key);
  const incident = all.find(one => keyOf(one) === keyOf(frozen.incident));
  if (!incident?.notify || (isInFile && (current === null || current.update.quiet))) return null;
  if (isTakenBack(frozen, incident, site.components)) return null;
  return current ?? frozen;
}
