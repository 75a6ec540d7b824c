// One round of filing: each transition is created, added to a file, deferred or left for the next round.
import type { WellSince } from '../../core/filing/dependencies.ts';
import { decideFiling, type FilingDecision, MISSING_FOR, printOutage } from '../../core/filing/filing.ts';
import { changeGrouped, printGrouped } from '../../core/filing/grouped-file.ts';
import { batchesOf, inOrderOf, isGathered } from '../../core/filing/grouping.ts';
import { folderAway, notUtf8, unwritable, unwritten } from '../../core/filing/problems.ts';
import { inWordsOf, type Templates } from '../../core/filing/template.ts';
import { parseIncident } from '../../core/incidents/file/parse.ts';
import { type Incident, isOpen, sourcesOf } from '../../core/model/incident.ts';
import type { Log } from '../../core/model/ports/log.ts';
import { StorageFault } from '../../core/model/ports/storage.ts';
import type { Problem } from '../../core/model/problem.ts';
import type { Site } from '../../core/model/site.ts';
import { probedBy } from '../../core/model/source.ts';
import type { Clock, Millis } from '../../core/model/time.ts';
import type { StoredTransition, Transition } from '../../core/model/transition.ts';
import type { Db } from '../../store/db/database.ts';
import { incidentBefore, markFiled } from '../../store/incidents/transitions.ts';
import type { Writer } from '../publish/git-sync.ts';

export interface FilingDeps {
  readonly db: Db;
  readonly writer: Writer;
  readonly templates: () => Templates;
  readonly clock: Clock;
  readonly log: Log;
}

/** The incident files as read before the round, and the state of the checks. */
export interface Read {
  readonly incidents: readonly Incident[];
  readonly wellSince: WellSince;
  /** True if the folder is missing: nothing may be written where it will come back. */
  readonly isFolderMissing: boolean;
  text(id: string): string | undefined;
}

/** Filed transitions, by seq, that are not yet marked as filed because the database had no room. */
export type Unnoted = Map<number, { readonly transition: StoredTransition; readonly id: string | null }>;

interface Grouped {
  /** The file's text before these transitions; `text` is the text with them. */
  readonly before: string;
  readonly events: readonly StoredTransition[];
  readonly text: string;
}

type Opening = StoredTransition & { readonly file: string };

function hasRecovered({ source, seq }: StoredTransition, waiting: readonly StoredTransition[]): boolean {
  return waiting.some(other => other.source === source && other.seq > seq && other.kind === 'up');
}

export class FilingRound {
  wrote = false;
  readonly unfiled = new Map<string, string>();
  readonly gathering = new Set<string>();
  readonly problems: Problem[] = [];
  readonly #written = new Map<string, string>();
  /** The latest incident of each source, after this round's earlier transitions. */
  readonly #lastIncident = new Map<string, string | null>();
  /** Sources with a transition that needs a person. Their later transitions wait behind it. */
  readonly #blocked = new Set<string>();
  /** Outages (by seq) that `openGrouped` has handled. */
  readonly #handled = new Set<number>();
  /** Pending changes of grouped incident files, by incident id. */
  readonly #grouped = new Map<string, Grouped>();
  readonly #deps: FilingDeps;
  readonly #read: Read;
  readonly #site: Site;
  readonly #now: Millis;
  readonly #unnoted: Unnoted;

  constructor(deps: FilingDeps, read: Read, site: Site, now: Millis, unnoted: Unnoted) {
    this.#deps = deps;
    this.#read = read;
    this.#site = site;
    this.#now = now;
    this.#unnoted = unnoted;
  }

  /**
   * Opens incident files for first outages of checks. Outages within `together` of one another go into one file. The
   * file is written when `together` is over; until then the page shows it as it grows.
   * @param all the outages, in order of arrival
   * @param deferred seqs of outages that belong to a parent's outage found a moment later; the file keeps the name
   * under which it was first shown
   */
  async openGrouped(all: readonly StoredTransition[], deferred: ReadonlySet<number>): Promise<void> {
    const sources = new Set<string>();
    const openings: Opening[] = [];
    for (const one of all) {
      if (sources.has(one.source) || probedBy(one.source) === null) continue;
      sources.add(one.source);
      const decision = decideFiling(one, await this.#previousOf(one), id => this.#text(id), false);
      if (one.kind === 'down' && decision.kind === 'create') openings.push({ ...one, file: decision.id });
    }
    const leads = (one: StoredTransition) => !deferred.has(one.seq);
    const isLed = (one: StoredTransition) =>
      openings.some(other => leads(other) && other.components.includes(probedBy(one.source)!));
    const joining = openings.filter(one => leads(one) || isLed(one));
    for (const batch of batchesOf(inOrderOf(this.#site, joining), this.#site.together)) {
      const outages = inOrderOf(this.#site, batch.filter(leads));
      if (outages.length > 0) await this.#open(batch[0]!, outages);
    }
  }

  async #open({ file: id, recordedAt }: Opening, outages: readonly Opening[]): Promise<void> {
    const text = outages.length === 1 ? printOutage(outages[0]!) : printGrouped(outages, this.#inWords);
    const isDue = isGathered(recordedAt, this.#site.together, this.#now);
    const done = isDue && (await this.#write({ kind: 'create', id, text }));
    if (!done) this.unfiled.set(id, text);
    if (!isDue) this.gathering.add(id);
    for (const one of outages) {
      this.#handled.add(one.seq);
      this.#lastIncident.set(one.source, id);
      if (done) await this.#mark(one, id);
    }
    const sources = outages.map(({ source }) => source);
    if (done) this.#deps.log.info({ sources, incident: id }, 'incident filed');
  }

  /** Writes the changes of grouped incidents. Each file is written once, when its transitions have been gathered. */
  async fileGroupedChanges(): Promise<void> {
    for (const [id, { before, events, text }] of this.#grouped) {
      const isOver = parseIncident(`${id}.md`, id, text).value?.status === 'resolved';
      const first = Math.min(...events.map(({ recordedAt }) => recordedAt));
      const isDue = isOver || isGathered(first, this.#site.together, this.#now);
      if (!isDue) this.gathering.add(id);
      // Changes to a file that is not written yet wait for it.
      if (this.unfiled.has(id) || !isDue || !(await this.#write({ kind: 'replace', id, text }, before))) {
        this.unfiled.set(id, text);
        continue;
      }
      for (const one of events) await this.#filed(one, id);
    }
  }

  async take(
    one: StoredTransition,
    isDeferred: boolean,
    waiting: readonly StoredTransition[],
  ): Promise<void> {
    const { source } = one;
    if (this.#handled.has(one.seq) || this.#blocked.has(source)) return;
    const isOver = hasRecovered(one, waiting);
    const decision = decideFiling(one, await this.#previousOf(one), id => this.#text(id), isDeferred, isOver);
    // A deferred outage that ends before its maintenance window or its parent's outage does: file neither its start nor
    // its end.
    if (decision.kind === 'waiting') return one.kind === 'down' && isOver ? this.#mark(one, null) : undefined;
    if (decision.kind === 'missing') {
      // A recovery waits for the file of its incident: the file may come back, still open.
      const waited = Math.abs(this.#now - one.recordedAt);
      return waited >= MISSING_FOR ? this.#mark(one, null) : undefined;
    }
    if (decision.kind === 'unwritable') return this.#complain(decision.id, one);
    if (decision.kind === 'grouped') return this.#collect(decision.id, one);
    // Changes to a file that is not written yet wait for it.
    const isBlocked = decision.id !== null && this.unfiled.has(decision.id);
    if (decision.kind === 'done') return isBlocked ? undefined : this.#mark(one, decision.id);
    if (!isBlocked && (await this.#write(decision))) return this.#filed(one, decision.id);
    this.unfiled.set(decision.id, decision.text);
    this.#lastIncident.set(source, decision.id);
  }

  #collect(id: string, one: StoredTransition): void {
    const { before, events } = this.#grouped.get(id) ?? { before: this.#text(id)!, events: [] };
    const all = [...events, one];
    const text = changeGrouped(before, id, all, this.#site, this.#inWords);
    if (text === null) this.#complain(id, one);
    else {
      this.#grouped.set(id, { before, events: all, text });
      this.#lastIncident.set(one.source, id);
    }
  }

  readonly #inWords = (transition: Transition) => inWordsOf(transition, this.#deps.templates());

  /** The id of the incident in which the source was last filed. */
  async #previousOf({ source, seq }: StoredTransition): Promise<string | null> {
    const last = this.#lastIncident.get(source);
    if (last !== undefined) return last;
    // A crash may have happened after the file was written and before all its transitions were marked.
    const known = await incidentBefore(this.#deps.db, source, seq);
    const own = this.#read.incidents.filter(incident => sourcesOf(incident).includes(source));
    const open = own.filter(isOpen);
    const current = open.find(({ id }) => id === known) ?? open[0];
    // A new database does not know the source, but the incident files do.
    return current?.id ?? known ?? own.sort((a, b) => b.started - a.started)[0]?.id ?? null;
  }

  #text(id: string): string | undefined {
    return (
      this.#grouped.get(id)?.text ?? this.unfiled.get(id) ?? this.#written.get(id) ?? this.#read.text(id)
    );
  }

  /** Drops recoveries whose file is missing and whose source has a newer transition. */
  async withoutPast(pending: readonly StoredTransition[]): Promise<StoredTransition[]> {
    const left: StoredTransition[] = [];
    for (const one of pending) {
      const isPast =
        one.kind === 'up' && pending.some(({ source, seq }) => source === one.source && seq > one.seq);
      const decision = isPast
        ? decideFiling(one, await this.#previousOf(one), id => this.#text(id), false)
        : null;
      if (decision?.kind === 'missing') await this.#mark(one, null);
      else left.push(one);
    }
    return left;
  }

  /** Reports a change that a person must make, because the machine does not overwrite a person's text. */
  #complain(id: string, transition: StoredTransition): void {
    this.#blocked.add(transition.source);
    this.problems.push(unwritable(id, transition));
  }

  async #filed(transition: StoredTransition, id: string): Promise<void> {
    await this.#mark(transition, id);
    const { source, kind: change } = transition;
    this.#deps.log.info({ source, incident: id, change }, 'incident filed');
  }

  async #mark(transition: StoredTransition, id: string | null): Promise<void> {
    // If it cannot be marked now, later rounds skip this transition and try to mark it again.
    this.#unnoted.set(transition.seq, { transition, id });
    await this.note();
    if (id !== null) this.#lastIncident.set(transition.source, id);
  }

  /** Marks filed transitions in order of arrival, so that the newest one is marked last. */
  async note(): Promise<void> {
    for (const [seq, { transition, id }] of [...this.#unnoted].sort(([a], [b]) => a - b)) {
      if (id !== null) this.#lastIncident.set(transition.source, id);
      try {
        await markFiled(this.#deps.db, seq, id, this.#now);
      } catch (error) {
        if (error instanceof StorageFault) return;
        throw error;
      }
      this.#unnoted.delete(seq);
    }
  }

  async #write(
    decision: Extract<FilingDecision, { text: string }>,
    before = this.#text(decision.id),
  ): Promise<boolean> {
    const { kind, id, text } = decision;
    const { writer, log } = this.#deps;
    if (this.#read.isFolderMissing) {
      this.problems.push(folderAway(id));
      return false;
    }
    try {
      const done = await (kind === 'create' ? writer.create(id, text) : writer.replace(id, before!, text));
      this.wrote = true;
      if (done) this.#written.set(id, text);
      else log.info({ incident: id }, 'someone else changed the file first; trying again');
      return done;
    } catch (error) {
      const code = (error as NodeJS.ErrnoException).code ?? 'unknown error';
      const refused = code === 'MISSING' ? folderAway(id) : code === 'NOT_UTF8' ? notUtf8(id) : null;
      this.problems.push(refused ?? unwritten(id, code));
      return false;
    }
  }
}
