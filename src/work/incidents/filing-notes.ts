// Notes of a filing round: which transition was filed in which incident, in the database as soon as it has room. A round
// knows an incident by its file; the database, by the name it keeps when its file is renamed.

import { beganTogether } from '../../core/filing/grouping.ts';
import { beganWith, isLeftBy } from '../../core/filing/joining.ts';
import { parseIncident } from '../../core/incidents/file/parse.ts';
import { type Incident, isOpen, keyOf, sourcesOf } from '../../core/model/incident.ts';
import { StorageFault } from '../../core/model/ports/storage.ts';
import type { Site } from '../../core/model/site.ts';
import { probedBy } from '../../core/model/source.ts';
import type { Millis } from '../../core/model/time.ts';
import type { StoredTransition } from '../../core/model/transition.ts';
import { filedKeys } from '../../core/notify/filed-words.ts';
import type { Db } from '../../store/db/database.ts';
import { incidentBefore, markFiled, transitionsFiledIn } from '../../store/incidents/transitions.ts';
import { noteQuietly } from '../../store/notify/announcements.ts';
import { ignoreStorageFault } from '../timing/storage.ts';

/** Where a transition was filed; `isJoined`: in an incident that was open before its source failed. */
export interface Filing {
  readonly transition: StoredTransition;
  readonly isJoined: boolean;
}

/**
 * Filed transitions, by seq, that are not yet marked as filed because the database had no room. `name`: the lasting
 * name of the incident.
 */
export type Unnoted = Map<number, Filing & { readonly name: string | null }>;

/** Gives an incident that is not yet in a file the name it will keep. */
export type NameIncident = (incident: Incident, now: Millis) => Incident;

export class FilingNotes {
  readonly #db: Db;
  readonly #named: NameIncident;
  readonly #unnoted: Unnoted;
  readonly #now: Millis;
  readonly #counted: (transition: StoredTransition) => StoredTransition;
  /** The lasting names of incidents by id. */
  readonly #names: Map<string, string>;
  /** The latest incident of each source, by its lasting name, after this round's earlier transitions. */
  readonly #last = new Map<string, string>();
  /** The transitions filed in each incident (by its id), in order of arrival. */
  readonly #filedIn = new Map<string, StoredTransition[]>();

  /**
   * @param incidents all that were read, with the names they keep
   * @param counted a transition as it counts (maintained.ts)
   */
  constructor(
    { db, named }: { readonly db: Db; readonly named: NameIncident },
    unnoted: Unnoted,
    incidents: readonly Incident[],
    now: Millis,
    counted: (transition: StoredTransition) => StoredTransition,
  ) {
    this.#db = db;
    this.#named = named;
    this.#unnoted = unnoted;
    this.#names = new Map(incidents.map(incident => [incident.id, keyOf(incident)]));
    this.#now = now;
    this.#counted = counted;
  }

  /** Takes in an incident that this round opens. */
  opened(incident: Incident): void {
    const { id } = incident;
    if (!this.#names.has(id)) this.#names.set(id, keyOf(this.#named(incident, this.#now)));
  }

  #nameOf(id: string): string {
    return this.#names.get(id) ?? id;
  }

  /** The id that an incident has now. One that is gone has its last known, unless another file took that; then null. */
  #idOf(name: string): string | null {
    for (const [id, other] of this.#names) if (other === name) return id;
    return this.#names.has(name) ? null : name;
  }

  /** A source's latest incident is this one, though its file may not be written yet. */
  place(source: string, id: string): void {
    this.#last.set(source, this.#nameOf(id));
  }

  /** The transitions of an incident that is shown, but not written yet. */
  expect(id: string, transitions: readonly StoredTransition[]): void {
    this.#filedIn.set(id, [...transitions]);
  }

  async mark(transition: StoredTransition, id: string | null, isJoined = false): Promise<void> {
    // If it cannot be marked now, later rounds skip this transition and try to mark it again.
    const name = id === null ? null : this.#nameOf(id);
    this.#unnoted.set(transition.seq, { transition, name, isJoined });
    await this.note();
    if (id === null) return;
    this.place(transition.source, id);
    this.#filedIn.get(id)?.push(transition);
  }

  /** Marks filed transitions in order of arrival, so that the newest one is marked last. */
  async note(): Promise<void> {
    for (const [seq, { transition, name, isJoined }] of [...this.#unnoted].sort(([a], [b]) => a - b)) {
      if (name !== null) this.#last.set(transition.source, name);
      try {
        await markFiled(this.#db, seq, { name, isJoined }, this.#now);
      } catch (error) {
        if (error instanceof StorageFault) return;
        throw error;
      }
      this.#unnoted.delete(seq);
    }
  }

  /**
   * Records the words that a change adds to a file (`before` null: that a new file has), before they are in it: they are
   * news now, whatever their time, and told calmly. What cannot be recorded counts as a person's.
   */
  async own(id: string, before: string | null, text: string): Promise<void> {
    if (text === before) return;
    const read = (one: string) => parseIncident(`${id}.md`, id, one).value;
    const [old, now] = [before === null ? null : read(before), read(text)];
    if (now && before === null) this.opened(now);
    const keys = now && (old || before === null) ? filedKeys(old, now) : [];
    if (keys.length > 0) await ignoreStorageFault(noteQuietly(this.#db, this.#nameOf(id), keys, this.#now));
  }

  /** The transitions filed in an incident, in order of arrival. */
  async filedIn(id: string): Promise<readonly StoredTransition[]> {
    const known = this.#filedIn.get(id);
    if (known) return known;
    const name = this.#nameOf(id);
    const unnoted = [...this.#unnoted.values()].filter(one => one.name === name).map(one => one.transition);
    const noted = (await transitionsFiledIn(this.#db, name))
      .filter(({ seq }) => !this.#unnoted.has(seq))
      .map(this.#counted);
    const all = [...noted, ...unnoted].sort((a, b) => a.seq - b.seq);
    this.#filedIn.set(id, all);
    return all;
  }

  /** The machine's open incident whose first outage of a check began within `group_within` of a check's; else null. */
  async begunWith(
    one: StoredTransition,
    incidents: readonly Incident[],
    { groupWithin }: Site,
  ): Promise<Incident | null> {
    if (probedBy(one.source) === null || groupWithin === 0) return null;
    for (const incident of incidents) {
      if (!isOpen(incident) || incident.openedBy === null || isLeftBy(one, incident)) continue;
      const first = beganWith(await this.filedIn(incident.id));
      if (first !== null && beganTogether(one, first, groupWithin)) return incident;
    }
    return null;
  }

  /** The id of the incident in which the source was last filed. */
  async previousOf(
    { source, seq }: StoredTransition,
    incidents: readonly Incident[],
  ): Promise<string | null> {
    const last = this.#last.get(source);
    if (last !== undefined) return this.#idOf(last);
    // A crash may have happened after the file was written and before all its transitions were marked.
    const known = await incidentBefore(this.#db, source, seq);
    const own = incidents.filter(incident => sourcesOf(incident).includes(source));
    const open = own.filter(isOpen);
    const current = open.find(one => keyOf(one) === known) ?? open[0];
    // A new database does not know the source, but the incident files do.
    const filed = known === null ? null : this.#idOf(known);
    return current?.id ?? filed ?? own.sort((a, b) => b.started - a.started)[0]?.id ?? null;
  }
}
