// Identities: gives the incidents read from files the names they had before a correction or a new file name.
import { setImmediate as nextTurn } from 'node:timers/promises';
import { isUsedAgain, type KnownIncident, newRecord, recognise } from '../../core/incidents/identity.ts';
import { renamedFrom } from '../../core/incidents/renamed.ts';
import type { Incident } from '../../core/model/incident.ts';
import { MINUTE, type Millis, SECOND } from '../../core/model/time.ts';
import { makeYield } from '../../core/model/turns/steps.ts';
import type { Db } from '../../store/db/database.ts';
import { readIdentities, type StoredIncident, saveIdentities } from '../../store/incidents/identities.ts';

/** Records stored in one step: a step takes a few milliseconds. */
const STEP = 50;
/** For this long after a file went, one under another name may be it by what is no sure sign later. */
const JUST: Millis = 10 * MINUTE;
/** One save or checkout may be read in two rounds. */
const WITH_IT: Millis = 3 * SECOND;

export class Identities {
  readonly #db: Db | null;
  readonly #isReader: boolean;
  /** By lasting name; null until read. */
  #known: Map<string, StoredIncident> | null = null;
  readonly #byId = new Map<string, StoredIncident>();
  /** The incidents whose file is gone, by lasting name. */
  readonly #gone = new Map<string, StoredIncident>();
  readonly #unsaved = new Set<string>();
  #saving: Promise<void> | null = null;
  readonly #named = new WeakMap<Incident, Incident>();
  readonly #yieldTurn = makeYield(nextTurn);

  /** A program that only reads the database, or has none, records nothing. */
  constructor(db: Db | null, as: 'server' | 'reader') {
    this.#db = db;
    this.#isReader = as === 'reader' || db === null;
  }

  /**
   * The incidents with the names they keep, recorded for the next time; the same list if their files give the same
   * names.
   * @param incidents all there are
   */
  async of(incidents: readonly Incident[], now: Millis): Promise<readonly Incident[]> {
    await this.#read();
    const ids = new Set(incidents.map(({ id }) => id));
    if (!this.#isReader) {
      for (const one of this.#byId.values())
        if (one.goneAt === null && !ids.has(one.id)) this.#put({ ...one, goneAt: now });
    }
    const renamed = this.#renamed(incidents, now);
    const all: Incident[] = [];
    for (const incident of incidents) {
      const name = () => this.#name(incident, this.#knownAs(incident, ids, renamed, now), now);
      all.push(this.#named.get(incident) ?? name());
      await this.#yieldTurn();
    }
    // The page does not wait for it.
    this.#saving ??= this.#save().finally(() => {
      this.#saving = null;
    });
    return all.every((incident, index) => incident === incidents[index]) ? incidents : all;
  }

  #name(incident: Incident, known: KnownIncident, now: Millis): Incident {
    const { named, record } = recognise(known, incident);
    // An incident that cannot be read to its end, or may still get another name, is no record.
    if (this.#isReader || incident.isPartlyUnreadable || incident.gathering) return named;
    this.#named.set(incident, named);
    const before = this.#byId.get(incident.id);
    if (before?.goneAt === null && before.key !== known.key) this.#put({ ...before, goneAt: now });
    if (record !== known || this.#gone.has(known.key)) this.#put({ ...record, goneAt: null });
    return named;
  }

  /** The same for one incident that is not yet in a file, without a record. */
  one(incident: Incident, now: Millis): Incident {
    if (this.#known === null) return incident;
    const renamed = this.#renamed([incident], now);
    return recognise(this.#knownAs(incident, new Set([incident.id]), renamed, now), incident).named;
  }

  /** The records of files that are gone, by the incident that is it under another name, or under its own again. */
  #renamed(incidents: readonly Incident[], now: Millis): ReadonlyMap<Incident, StoredIncident> {
    const added = incidents.filter(one => !this.#named.has(one) && this.#own(one, now) === null);
    if (added.length === 0) return new Map();
    const own = added.flatMap(({ id }) => this.#byId.get(id) ?? []);
    const gone = new Set([...own, ...[...this.#gone.values()].reverse()]);
    return renamedFrom([...gone], added, ({ goneAt }) => {
      const ago = goneAt === null ? Number.POSITIVE_INFINITY : Math.abs(now - goneAt);
      return ago < WITH_IT ? 'with it' : ago < JUST ? 'just now' : 'earlier';
    });
  }

  /** The record of an incident by its file's name. */
  #own(incident: Incident, now: Millis): StoredIncident | null {
    const own = this.#byId.get(incident.id);
    return own?.goneAt === null && !isUsedAgain(own, incident, now) ? own : null;
  }

  /** The record of an incident; for a new one, an empty record with a name that is free. */
  #knownAs(
    incident: Incident,
    ids: ReadonlySet<string>,
    renamed: ReadonlyMap<Incident, StoredIncident>,
    now: Millis,
  ): KnownIncident {
    const before = this.#own(incident, now) ?? renamed.get(incident);
    if (before) return before;
    const { id, aliases = [] } = incident;
    const names = [...aliases.filter(name => !name.includes('/') && !ids.has(name)), id];
    const nameOf = (number: number): string => {
      const name = number < names.length ? names[number]! : `${id}~${number}`;
      return this.#known!.has(name) ? nameOf(number + 1) : name;
    };
    return newRecord(id, nameOf(0));
  }

  async #read(): Promise<void> {
    if (this.#known !== null) return;
    const records = this.#db ? await readIdentities(this.#db) : [];
    this.#known = new Map();
    // In the order in which they went, and last what is there: another file may have had its name before.
    records.sort((a, b) => (a.goneAt ?? Number.MAX_VALUE) - (b.goneAt ?? Number.MAX_VALUE));
    for (const one of records) this.#place(one);
  }

  #place(one: StoredIncident): void {
    const before = this.#known!.get(one.key);
    if (before && before.id !== one.id && this.#byId.get(before.id) === before) this.#byId.delete(before.id);
    this.#known!.set(one.key, one);
    if (one.goneAt === null) this.#gone.delete(one.key);
    else this.#gone.set(one.key, one);
    this.#byId.set(one.id, one);
  }

  #put(one: StoredIncident): void {
    this.#place(one);
    this.#unsaved.add(one.key);
  }

  /** Waits until what was read is recorded: nothing may be announced before. */
  async recorded(): Promise<void> {
    await this.#saving;
  }

  /** If the database cannot be written, the next round tries again. */
  async #save(): Promise<void> {
    while (this.#db && this.#unsaved.size > 0) {
      const some = [...this.#unsaved].slice(0, STEP);
      for (const key of some) this.#unsaved.delete(key);
      const records = some.map(key => this.#known!.get(key)!);
      try {
        await saveIdentities(this.#db, records);
      } catch {
        // The storage problem is reported elsewhere.
        for (const key of some) this.#unsaved.add(key);
        return;
      }
      await nextTurn();
    }
  }
}
