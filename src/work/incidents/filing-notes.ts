// Notes of a filing round: which transition was filed in which incident, in the database as soon as it has room.

import { parseIncident } from '../../core/incidents/file/parse.ts';
import { filedKeys } from '../../core/incidents/filed-words.ts';
import { type Incident, isOpen, keyOf, sourcesOf } from '../../core/model/incident.ts';
import { StorageFault } from '../../core/model/ports/storage.ts';
import type { Millis } from '../../core/model/time.ts';
import type { StoredTransition } from '../../core/model/transition.ts';
import type { Db } from '../../store/db/database.ts';
import { filedIn, incidentBefore, markFiled } from '../../store/incidents/transitions.ts';
import { noteQuietly } from '../../store/notify/announcements.ts';
import { ignoreStorageFault } from '../timing/storage.ts';

/** Where a transition was filed; `isJoined`: in an incident that was open before its source failed. */
export interface Filing {
  readonly transition: StoredTransition;
  readonly id: string | null;
  readonly isJoined: boolean;
}

/** Filed transitions, by seq, that are not yet marked as filed because the database had no room. */
export type Unnoted = Map<number, Filing>;

export class FilingNotes {
  readonly #db: Db;
  readonly #unnoted: Unnoted;
  readonly #now: Millis;
  readonly #counted: (transition: StoredTransition) => StoredTransition;
  /** The latest incident of each source, after this round's earlier transitions. */
  readonly #last = new Map<string, string>();
  /** The transitions filed in each incident, in order of arrival. */
  readonly #filedIn = new Map<string, StoredTransition[]>();

  /** @param counted a transition as it counts (maintained.ts) */
  constructor(
    db: Db,
    unnoted: Unnoted,
    now: Millis,
    counted: (transition: StoredTransition) => StoredTransition,
  ) {
    this.#db = db;
    this.#unnoted = unnoted;
    this.#now = now;
    this.#counted = counted;
  }

  /** A source's latest incident is this one, though its file may not be written yet. */
  place(source: string, id: string): void {
    this.#last.set(source, id);
  }

  /** The transitions of an incident that is shown, but not written yet. */
  expect(id: string, transitions: readonly StoredTransition[]): void {
    this.#filedIn.set(id, [...transitions]);
  }

  async mark(transition: StoredTransition, id: string | null, isJoined = false): Promise<void> {
    // If it cannot be marked now, later rounds skip this transition and try to mark it again.
    this.#unnoted.set(transition.seq, { transition, id, isJoined });
    await this.note();
    if (id === null) return;
    this.place(transition.source, id);
    this.#filedIn.get(id)?.push(transition);
  }

  /** Marks filed transitions in order of arrival, so that the newest one is marked last. */
  async note(): Promise<void> {
    for (const [seq, { transition, id, isJoined }] of [...this.#unnoted].sort(([a], [b]) => a - b)) {
      if (id !== null) this.place(transition.source, id);
      try {
        await markFiled(this.#db, seq, { id, isJoined }, this.#now);
      } catch (error) {
        if (error instanceof StorageFault) return;
        throw error;
      }
      this.#unnoted.delete(seq);
    }
  }

  /**
   * Records the words that a change adds to a file, before they are in it: they are told calmly. What cannot be recorded
   * counts as a person's.
   */
  async own(id: string, before: string, text: string, incidents: readonly Incident[]): Promise<void> {
    if (text === before) return;
    const [old, now] = [before, text].map(one => parseIncident(`${id}.md`, id, one).value);
    const keys = old && now ? filedKeys(old, now) : [];
    const name = keyOf(incidents.find(one => one.id === id) ?? { id });
    if (keys.length > 0) await ignoreStorageFault(noteQuietly(this.#db, name, keys, this.#now));
  }

  /** The transitions filed in an incident, in order of arrival. */
  async filedIn(id: string): Promise<readonly StoredTransition[]> {
    const known = this.#filedIn.get(id);
    if (known) return known;
    const unnoted = [...this.#unnoted.values()].filter(one => one.id === id).map(one => one.transition);
    const noted = (await filedIn(this.#db, id))
      .filter(({ seq }) => !this.#unnoted.has(seq))
      .map(this.#counted);
    const all = [...noted, ...unnoted].sort((a, b) => a.seq - b.seq);
    this.#filedIn.set(id, all);
    return all;
  }

  /** The id of the incident in which the source was last filed. */
  async previousOf(
    { source, seq }: StoredTransition,
    incidents: readonly Incident[],
  ): Promise<string | null> {
    const last = this.#last.get(source);
    if (last !== undefined) return last;
    // A crash may have happened after the file was written and before all its transitions were marked.
    const known = await incidentBefore(this.#db, source, seq);
    const own = incidents.filter(incident => sourcesOf(incident).includes(source));
    const open = own.filter(isOpen);
    const current = open.find(({ id }) => id === known) ?? open[0];
    // A new database does not know the source, but the incident files do.
    return current?.id ?? known ?? own.sort((a, b) => b.started - a.started)[0]?.id ?? null;
  }
}
