// Announce: news is written to the books in one transaction with the promise of its emails; then the
// emails are enqueued some at a time, so that a hundred thousand of them hold nobody up.
import { setImmediate as breathe } from 'node:timers/promises';
import type { Incident, IncidentUpdate } from '../../core/model/incident.ts';
import { refOf } from '../../core/model/incident.ts';
import type { Log } from '../../core/model/ports/log.ts';
import type { Choice } from '../../core/model/subscriber.ts';
import type { Millis } from '../../core/model/time.ts';
import { type Announcement, announcements, concernOf, findUpdate, owedTo } from '../../core/notify/news.ts';
import type { Snapshot } from '../../core/page/snapshot.ts';
import { makeBreath } from '../../core/page/steps.ts';

export interface AnnounceDeps {
  readonly seen: () => Promise<Set<string>>;
  readonly isFirstRound: () => Promise<boolean>;
  readonly book: (announced: readonly Announcement[], now: Millis, dueAt: Millis) => Promise<void>;
  readonly owed: (now: Millis, grace: Millis) => Promise<readonly Pick<Owed, 'ref' | 'untouched'>[]>;
  /** What it was about when it was promised; null when it was taken out of the books meanwhile. */
  readonly frozen: (ref: string) => Promise<Owed['frozen'] | null>;
  readonly enqueueSome: (
    ref: string,
    most: number,
    chosen: (readers: readonly { readonly id: string; readonly choice: Choice }[]) => readonly string[],
  ) => Promise<{ emails: number; done: boolean }>;
  /** The same for channels besides mail; resolves to the last one looked at, null when that was all. */
  readonly enqueueMessages: (
    ref: string,
    after: string,
    most: number,
    chosen: (readers: readonly { readonly id: string; readonly choice: Choice }[]) => readonly string[],
  ) => Promise<string | null>;
  /** Takes it out of the books; resolves to false when its emails are begun. */
  readonly withdraw: (ref: string) => Promise<boolean>;
  readonly log: Log;
}

interface Owed {
  readonly ref: string;
  readonly untouched: boolean;
  readonly frozen: { readonly incident: Incident; readonly update: IncidentUpdate };
}

export interface Announce {
  /** Notes what is new in the Snapshot, and promises it to those it is owed to. */
  note(snapshot: Snapshot, now: Millis): Promise<void>;
  /** Enqueues the emails promised and due; resolves to how many. */
  enqueue(snapshot: Snapshot, now: Millis): Promise<number>;
}

/** So many subscribers a step: a step takes some milliseconds, and requests are answered between. */
const STEP = 500;
/** So many updates a step: each is written down with its incident as it stands. */
const UPDATES = 20;

export async function openAnnounce(deps: AnnounceDeps): Promise<Announce> {
  const { log } = deps;
  // What stands in the books is read once and kept along: only this verb writes there.
  const seen = await deps.seen();
  let first = await deps.isFirstRound();
  // At start there may be promises a crash left open.
  let owing = true;

  /** What the emails will be about; null when an edit within the grace took it back. */
  const stillSo = ({ ref, untouched, frozen }: Owed, { incidents, maintenances, site }: Snapshot) => {
    const all = [...incidents, ...maintenances];
    const now = findUpdate(all, ref);
    if (site.notify.grace === 0 || !untouched) return now ?? frozen;
    // A notice before a maintenance stands in no file: it is taken back with the maintenance.
    const written = frozen.incident.updates.some(({ key }) => key === frozen.update.key);
    const incident = all.find(({ id }) => id === frozen.incident.id);
    if (!incident?.notify || (written && (now === null || now.update.quiet))) return null;
    return now ?? frozen;
  };

  /** Should it come back, it is news: nobody was told. */
  const unsee = ({ ref }: Owed) => {
    seen.delete(ref);
    // Its incident may be gone, and come back as the very same object.
    settled = new WeakSet();
  };

  /** Updates of incidents all of which stand in the books: of thousands, a round looks at the few that do not. */
  let settled = new WeakSet<readonly IncidentUpdate[]>();
  const settle = (looked: readonly Incident[]) => {
    for (const { id, scheduled, updates } of looked) {
      // A maintenance's notices come with the clock.
      if (scheduled !== null) continue;
      if (updates.every(({ key }) => seen.has(refOf({ incidentId: id, key })))) settled.add(updates);
    }
  };

  return {
    async note({ incidents, maintenances, site }, now) {
      const open = [...incidents, ...maintenances].filter(({ updates }) => !settled.has(updates));
      const breath = makeBreath(breathe);
      const news: Announcement[] = [];
      for (const incident of open) {
        news.push(...announcements([incident], seen, now, first, site.notices));
        await breath();
      }
      if (news.length === 0 && !first) return settle(open);
      news.sort((a, b) => a.update.at - b.update.at);
      // The first round of a database is noted whole or not at all: what is left out of it would be news.
      const step = first ? Math.max(1, news.length) : UPDATES;
      for (let index = 0; index === 0 || index < news.length; index += step) {
        const some = news.slice(index, index + step);
        await deps.book(some, now, now + site.notify.grace);
        for (const one of some) {
          seen.add(refOf(one));
          if (one.quiet) continue;
          owing = true;
          log.info({ incident: one.incidentId, update: one.key }, 'update announced');
        }
        await breath();
      }
      if (first) log.info({ updates: news.length }, 'first start: what is there already is not mailed');
      first = false;
    },

    async enqueue(snapshot, now) {
      if (!owing) return 0;
      let emails = 0;
      // Within a grace nothing is owed yet, and must be looked for again.
      owing = snapshot.site.notify.grace > 0;
      try {
        for (const { ref, untouched } of await deps.owed(now, snapshot.site.notify.grace)) {
          const frozen = await deps.frozen(ref);
          if (frozen === null) continue;
          const owed = { ref, untouched, frozen };
          const told = stillSo(owed, snapshot);
          if (told === null && (await deps.withdraw(owed.ref))) {
            unsee(owed);
            log.info({ update: owed.ref }, 'update taken back before it was mailed');
            continue;
          }
          const about = told ?? owed.frozen;
          const concern = concernOf(about.incident, about.update, snapshot.site.components);
          // First, as the books' cursor, which keeps the promise, moves with the emails.
          for (let after: string | null = ''; after !== null; ) {
            after = await deps.enqueueMessages(owed.ref, after, STEP, readers => owedTo(readers, concern));
            await turn();
          }
          for (let done = false; !done; ) {
            const step = await deps.enqueueSome(owed.ref, STEP, readers => owedTo(readers, concern));
            emails += step.emails;
            done = step.done;
            await turn();
          }
        }
      } catch (error) {
        owing = true;
        throw error;
      }
      if (emails > 0) log.info({ emails }, 'emails enqueued');
      return emails;
    },
  };
}

/** Lets requests and timers have their turn. */
function turn(): Promise<void> {
  return new Promise(resolve => setImmediate(resolve));
}
