// One round of filing: each transition is created, added to a file, held or left for the next round.

import type { WellSince } from '../../core/filing/dependencies.ts';
import { type Fate, fateOf, MISSING_FOR, printOutage } from '../../core/filing/filing.ts';
import { batchesOf, changeGrouped, inOrderOf, isGathered, printGrouped } from '../../core/filing/grouping.ts';
import { folderAway, unwritable, unwritten } from '../../core/filing/problems.ts';
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

export interface FileDeps {
  readonly pending: () => Promise<StoredTransition[]>;
  readonly previousIncident: (source: string, seq: number) => Promise<string | null>;
  readonly markFiled: (seq: number, incidentId: string | null, now: Millis) => Promise<void>;
  readonly create: (id: string, text: string) => Promise<boolean>;
  /** The operator's own words, as last read. */
  readonly templates: () => Templates;
  readonly replace: (id: string, before: string, text: string) => Promise<boolean>;
  readonly clock: Clock;
  readonly log: Log;
}

/** The files as read before the round, and what the checks say. */
export interface Read {
  readonly incidents: readonly Incident[];
  readonly wellSince: WellSince;
  /** The folder is missing, and nothing may stand where it comes back to. */
  readonly away: boolean;
  text(id: string): string | undefined;
}

/** What was filed and could not be noted, by seq: the database had no room. */
export type Filing = Map<number, { readonly transition: StoredTransition; readonly id: string | null }>;

function isLater(other: StoredTransition, { source, seq }: StoredTransition): boolean {
  return other.source === source && other.seq > seq;
}

export class Round {
  wrote = false;
  readonly unfiled = new Map<string, string>();
  readonly problems: Problem[] = [];
  private readonly written = new Map<string, string>();
  /** Where a source stands after this round's earlier transitions that could not be marked. */
  private readonly standing = new Map<string, string | null>();

  readonly gathering = new Set<string>();
  /** Sources of which something waits for a person: what they say next waits behind it. */
  private readonly stuck = new Set<string>();
  /** Outages that openTogether took. */
  private readonly taken = new Set<number>();
  /** What is to be changed in grouped files: the text before, and after these transitions. */
  private readonly grouped = new Map<
    string,
    { readonly before: string; readonly events: readonly StoredTransition[]; readonly text: string }
  >();

  private readonly deps: FileDeps;
  private readonly read: Read;
  private readonly site: Site;
  private readonly now: Millis;
  private readonly filed: Filing;

  constructor(deps: FileDeps, read: Read, site: Site, now: Millis, filed: Filing) {
    this.filed = filed;
    this.deps = deps;
    this.read = read;
    this.site = site;
    this.now = now;
  }

  /**
   * Checks' first outages, `all` in the order they came: those within `together` of one another become one
   * file, once that time is over; until then it is shown as it grows. One that is `held` stands within its
   * parent's outage, found a moment later: the file keeps the name it was first shown by.
   */
  async openTogether(all: readonly StoredTransition[], held: ReadonlySet<number>): Promise<void> {
    const sources = new Set<string>();
    const openings: (StoredTransition & { readonly file: string })[] = [];
    for (const one of all) {
      if (sources.has(one.source) || probedBy(one.source) === null) continue;
      sources.add(one.source);
      const fate = fateOf(one, await this.previousOf(one), id => this.text(id), false);
      if (one.kind === 'down' && fate.kind === 'create') openings.push({ ...one, file: fate.id });
    }
    const leads = (one: StoredTransition) => !held.has(one.seq);
    const isLed = (one: StoredTransition) =>
      openings.some(other => leads(other) && other.components.includes(probedBy(one.source)!));
    const joining = openings.filter(one => leads(one) || isLed(one));
    for (const batch of batchesOf(inOrderOf(this.site, joining), this.site.together)) {
      const outages = inOrderOf(this.site, batch.filter(leads));
      if (outages.length > 0) await this.openOne(batch[0]!, outages);
    }
  }

  private async openOne(
    first: StoredTransition & { readonly file: string },
    outages: readonly StoredTransition[],
  ): Promise<void> {
    const [only] = outages as [StoredTransition];
    const text = outages.length === 1 ? printOutage(only) : printGrouped(outages, this.inWords);
    const id = first.file;
    const isDue = isGathered(first.recordedAt, this.site.together, this.now);
    const done = isDue && (await this.write({ kind: 'create', id, text }));
    if (!done) {
      this.unfiled.set(id, text);
      if (!isDue) this.gathering.add(id);
    }
    for (const one of outages) {
      this.taken.add(one.seq);
      this.standing.set(one.source, id);
      if (done) await this.mark(one, id);
    }
    if (done)
      this.deps.log.info({ sources: outages.map(({ source }) => source), incident: id }, 'incident filed');
  }

  /** What became of the members of grouped incidents, each file at once when it has been gathered. */
  async changeTogether(): Promise<void> {
    for (const [id, { before, events, text }] of this.grouped) {
      const isOver = parseIncident(`${id}.md`, id, text).value?.status === 'resolved';
      const first = Math.min(...events.map(({ recordedAt }) => recordedAt));
      const isDue = isOver || isGathered(first, this.site.together, this.now);
      if (!isDue) this.gathering.add(id);
      // What builds on an unwritten file waits for it.
      if (this.unfiled.has(id) || !isDue || !(await this.write({ kind: 'replace', id, text }, before))) {
        this.unfiled.set(id, text);
        continue;
      }
      for (const one of events) {
        await this.mark(one, id);
        this.deps.log.info({ source: one.source, incident: id, change: one.kind }, 'incident filed');
      }
    }
  }

  async take(
    transition: StoredTransition,
    held: boolean,
    waiting: readonly StoredTransition[],
  ): Promise<void> {
    const { source } = transition;
    if (this.taken.has(transition.seq) || this.stuck.has(source)) return;
    const isOver = waiting.some(other => isLater(other, transition) && other.kind === 'up');
    const previous = await this.previousOf(transition);
    const fate = fateOf(transition, previous, id => this.text(id), held, isOver);
    if (fate.kind === 'held') return this.hold(transition, waiting);
    if (fate.kind === 'missing') return this.awaitFile(transition);
    if (fate.kind === 'unwritable') return this.complain(fate.id, transition);
    if (fate.kind === 'grouped') return this.collect(fate.id, transition);
    // What builds on an unwritten file waits for it.
    const blocked = fate.id !== null && this.unfiled.has(fate.id);
    if (fate.kind === 'done') return blocked ? undefined : this.mark(transition, fate.id);
    if (blocked || !(await this.write(fate))) {
      this.unfiled.set(fate.id, fate.text);
      this.standing.set(source, fate.id);
      return;
    }
    await this.mark(transition, fate.id);
    const { id } = fate;
    this.deps.log.info({ source, incident: id, change: transition.kind }, 'incident filed');
  }

  private collect(id: string, transition: StoredTransition): void {
    const { before, events } = this.grouped.get(id) ?? { before: this.text(id) as string, events: [] };
    const all = [...events, transition];
    const text = changeGrouped(before, id, all, this.site, this.inWords);
    if (text === null) this.complain(id, transition);
    else {
      this.grouped.set(id, { before, events: all, text });
      this.standing.set(transition.source, id);
    }
  }

  private readonly inWords = (transition: Transition) => inWordsOf(transition, this.deps.templates());

  /** The incident a source was last filed in. */
  private async previousOf({ source, seq }: StoredTransition): Promise<string | null> {
    if (this.standing.has(source)) return this.standing.get(source) as string | null;
    // A crash may have come between the writing of a file and the notes of all that stand in it.
    const known = await this.deps.previousIncident(source, seq);
    const open = this.read.incidents.filter(one => isOpen(one) && sourcesOf(one).includes(source));
    const standing = open.find(({ id }) => id === known) ?? open[0];
    return standing?.id ?? known ?? this.lastFileOf(source);
  }

  /** A new database knows nothing of the source; its files still do. */
  private lastFileOf(source: string): string | null {
    const own = this.read.incidents.filter(incident => sourcesOf(incident).includes(source));
    return own.sort((a, b) => b.started - a.started)[0]?.id ?? null;
  }

  private text(id: string): string | undefined {
    return this.grouped.get(id)?.text ?? this.unfiled.get(id) ?? this.written.get(id) ?? this.read.text(id);
  }

  /** A held outage that is over before its window, or its parent's outage, is: neither end is filed. */
  private async hold(transition: StoredTransition, waiting: readonly StoredTransition[]): Promise<void> {
    if (transition.kind === 'up') return;
    if (waiting.some(other => isLater(other, transition) && other.kind === 'up'))
      await this.mark(transition, null);
  }

  /** Without the recoveries that wait for a file and whose source has said something newer. */
  async withoutPast(pending: readonly StoredTransition[]): Promise<StoredTransition[]> {
    const left: StoredTransition[] = [];
    for (const one of pending) {
      const isPast = pending.some(other => isLater(other, one));
      const fate =
        isPast && one.kind === 'up' && fateOf(one, await this.previousOf(one), id => this.text(id), false);
      if (fate && fate.kind === 'missing') await this.mark(one, null);
      else left.push(one);
    }
    return left;
  }

  /** A recovery waits for its incident's file: what was written there before may come back, still open. */
  private async awaitFile(transition: StoredTransition): Promise<void> {
    if (Math.abs(this.now - transition.recordedAt) >= MISSING_FOR) await this.mark(transition, null);
  }

  /** What a person must write, for it is not written over theirs. */
  private complain(id: string, transition: StoredTransition): void {
    this.stuck.add(transition.source);
    this.problems.push(unwritable(id, transition));
  }

  private async mark(transition: StoredTransition, id: string | null): Promise<void> {
    // Not noted, it stays out of the next rounds, and is noted in one of them.
    this.filed.set(transition.seq, { transition, id });
    await this.note();
    if (id !== null) this.standing.set(transition.source, id);
  }

  /** Notes what was filed, in the order it came: what is noted last must not be what came first. */
  async note(): Promise<void> {
    for (const [seq, { transition, id }] of [...this.filed].sort(([a], [b]) => a - b)) {
      if (id !== null) this.standing.set(transition.source, id);
      try {
        await this.deps.markFiled(seq, id, this.now);
      } catch (error) {
        if (error instanceof StorageFault) return;
        throw error;
      }
      this.filed.delete(seq);
    }
  }

  private async write(fate: Extract<Fate, { text: string }>, before = this.text(fate.id)): Promise<boolean> {
    if (this.read.away) {
      this.problems.push(folderAway(fate.id));
      return false;
    }
    try {
      const done =
        fate.kind === 'create'
          ? await this.deps.create(fate.id, fate.text)
          : await this.deps.replace(fate.id, before as string, fate.text);
      this.wrote = true;
      if (done) this.written.set(fate.id, fate.text);
      else this.deps.log.info({ incident: fate.id }, 'somebody else wrote the file first; trying again');
      return done;
    } catch (error) {
      const code = (error as NodeJS.ErrnoException).code ?? 'unknown error';
      this.problems.push(code === 'MISSING' ? folderAway(fate.id) : unwritten(fate.id, code));
      return false;
    }
  }
}
