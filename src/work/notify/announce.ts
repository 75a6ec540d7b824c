// Announces news: it is noted in one transaction with the promise of its deliveries; then these are
// enqueued some at a time, so that a hundred thousand of them hold nobody up.
import { setImmediate as nextTurn } from 'node:timers/promises';
import { type Incident, type IncidentUpdate, refOf } from '../../core/model/incident.ts';
import { makeYield } from '../../core/model/turns/steps.ts';
import { type Announcement, announcements, concernOf, findUpdate, owedTo } from '../../core/notify/news.ts';
import type { Snapshot } from '../../core/page/snapshot.ts';
import {
  announceUpdates,
  enqueueSome,
  type Frozen,
  frozenUpdate,
  isFirstRound,
  type Owed,
  owedUpdates,
  seenUpdates,
  withdraw,
} from '../../store/notify/announcements.ts';
import type { Parts } from './parts.ts';

/** So many subscribers a step: a step takes some milliseconds, and requests are answered between. */
const STEP = 500;
/** So many updates a step: each is stored with its incident as it is now. */
const UPDATES = 20;

type AnnouncerParts = Parts<'db' | 'clock' | 'log'>;

export class Announcer {
  readonly #parts: AnnouncerParts;
  /** Read once and updated along: nobody else writes there. */
  readonly #seen: Set<string>;
  #isFirst: boolean;
  /** Updates of incidents all of which were seen: of thousands, a round looks at the few that were not. */
  #settled = new WeakSet<readonly IncidentUpdate[]>();
  /** At start there may be promises a crash left open. */
  #owing = true;

  private constructor(parts: AnnouncerParts, seen: Set<string>, isFirst: boolean) {
    this.#parts = parts;
    this.#seen = seen;
    this.#isFirst = isFirst;
  }

  static async open(parts: AnnouncerParts): Promise<Announcer> {
    return new Announcer(parts, await seenUpdates(parts.db), await isFirstRound(parts.db));
  }

  /** Notes what is new in the Snapshot, and promises it to those it is owed to. */
  async note(snapshot: Snapshot): Promise<void> {
    const { db, clock, log } = this.#parts;
    const { incidents, maintenances, site } = snapshot;
    const now = clock();
    const open = [...incidents, ...maintenances].filter(({ updates }) => !this.#settled.has(updates));
    const yieldTurn = makeYield(nextTurn);
    const news: Announcement[] = [];
    for (const incident of open) {
      news.push(...announcements([incident], this.#seen, now, this.#isFirst, site.notices));
      await yieldTurn();
    }
    if (news.length === 0 && !this.#isFirst) return this.#settle(open);
    news.sort((a, b) => a.update.at - b.update.at);
    // The first round of a database is noted whole or not at all: what is left out of it would be news.
    const step = this.#isFirst ? Math.max(1, news.length) : UPDATES;
    for (let index = 0; index === 0 || index < news.length; index += step) {
      const some = news.slice(index, index + step);
      await announceUpdates(db, some, now, now + site.notify.grace);
      for (const one of some) {
        this.#seen.add(refOf(one));
        if (one.quiet) continue;
        this.#owing = true;
        log.info({ incident: one.incidentId, update: one.key }, 'update announced');
      }
      await yieldTurn();
    }
    if (this.#isFirst) log.info({ updates: news.length }, 'first start: what is there already is not mailed');
    this.#isFirst = false;
  }

  /** Enqueues the deliveries promised and due. */
  async enqueue(snapshot: Snapshot): Promise<void> {
    if (!this.#owing) return;
    const { db, clock, log } = this.#parts;
    const { grace } = snapshot.site.notify;
    let deliveries = 0;
    // Within a grace nothing is owed yet, and must be announced for again.
    this.#owing = grace > 0;
    try {
      for (const owed of await owedUpdates(db, clock(), grace)) {
        const frozen = await frozenUpdate(db, owed.ref);
        if (frozen === null) continue;
        const current = stillOwed(owed, frozen, snapshot);
        if (current === null && (await withdraw(db, owed.ref))) {
          // Should it return, it is news, be its incident the very same object.
          this.#seen.delete(owed.ref);
          this.#settled = new WeakSet();
          log.info({ update: owed.ref }, 'update taken back before it was mailed');
          continue;
        }
        deliveries += await this.#enqueueAll(owed.ref, current ?? frozen, snapshot);
      }
    } catch (error) {
      this.#owing = true;
      throw error;
    }
    if (deliveries > 0) log.info({ deliveries }, 'deliveries enqueued');
  }

  async #enqueueAll(ref: string, { incident, update }: Frozen, { site }: Snapshot): Promise<number> {
    const { db, clock } = this.#parts;
    const concern = concernOf(incident, update, site.components);
    const types = site.notify.visitors.channels;
    for (let deliveries = 0; ; ) {
      const step = await enqueueSome(db, ref, STEP, readers => owedTo(readers, concern), types, clock());
      deliveries += step.deliveries;
      if (step.done) return deliveries;
      await nextTurn();
    }
  }

  #settle(announced: readonly Incident[]): void {
    for (const { id, scheduled, updates } of announced) {
      // A maintenance's notices come with the clock.
      if (scheduled !== null) continue;
      if (updates.every(({ key }) => this.#seen.has(refOf({ incidentId: id, key }))))
        this.#settled.add(updates);
    }
  }
}

/** What the deliveries will be about; null when an edit within the grace took it back. */
function stillOwed(
  { ref, untouched }: Owed,
  frozen: Frozen,
  { incidents, maintenances, site }: Snapshot,
): Frozen | null {
  const all = [...incidents, ...maintenances];
  const current = findUpdate(all, ref);
  if (site.notify.grace === 0 || !untouched) return current ?? frozen;
  // A reminder of a maintenance is in no file: it is taken back with the maintenance.
  const isInFile = frozen.incident.updates.some(({ key }) => key === frozen.update.key);
  const incident = all.find(({ id }) => id === frozen.incident.id);
  if (!incident?.notify || (isInFile && (current === null || current.update.quiet))) return null;
  return current ?? frozen;
}
