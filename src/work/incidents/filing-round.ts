// One round of filing: each transition is created, added to a file, deferred or left for the next round.
import { nextStep, withEvent } from '../../core/filing/changed-file.ts';
import type { WellSince } from '../../core/filing/dependencies.ts';
import { decideFiling, type FilingDecision, MISSING_FOR, printOutage } from '../../core/filing/filing.ts';
import { printGrouped } from '../../core/filing/grouped-file.ts';
import { batchesOf, inOrderOf, isAlone, isComplete, isGroupComplete } from '../../core/filing/grouping.ts';
import { incidentToJoin, incidentToReopen } from '../../core/filing/joining.ts';
import { lateReport } from '../../core/filing/left-open.ts';
import { isTakenOver, type Members, memberAfter, memberStates } from '../../core/filing/members.ts';
import { folderAway, unwritable, unwritten } from '../../core/filing/problems.ts';
import { inWordsOf, type Templates } from '../../core/filing/template.ts';
import { parseIncident } from '../../core/incidents/file/parse.ts';
import { type Incident, isOpen, sourcesOf } from '../../core/model/incident.ts';
import type { Log } from '../../core/model/ports/log.ts';
import type { Problem } from '../../core/model/problem.ts';
import type { Site } from '../../core/model/site.ts';
import { probedBy } from '../../core/model/source.ts';
import type { Clock, Millis } from '../../core/model/time.ts';
import type { StoredTransition, Transition } from '../../core/model/transition.ts';
import type { Db } from '../../store/db/database.ts';
import type { Writer } from '../publish/git-sync.ts';
import type { Filing, FilingNotes, NameIncident } from './filing-notes.ts';

export interface FilingDeps {
  readonly db: Db;
  readonly writer: Writer;
  readonly templates: () => Templates;
  readonly named: NameIncident;
  readonly clock: Clock;
  readonly log: Log;
}

/** The incident files as read before the round, and the state of the checks. */
export interface Read {
  readonly incidents: readonly Incident[];
  readonly wellSince: WellSince;
  /** Components whose newest look failed outside a maintenance, by id: an outage that is not confirmed yet. */
  readonly unsure: ReadonlySet<string>;
  /** True if the folder is missing: nothing may be written where it will come back. */
  readonly isFolderMissing: boolean;
  text(id: string): string | undefined;
}

/** The reports of a file's sources in this round. */
interface Changing {
  /** The file's text and members before that; `text` and `now` are those with it. */
  readonly before: string;
  readonly base: Members;
  readonly events: readonly Filing[];
  readonly text: string;
  readonly now: Members;
  readonly isNews: boolean;
}

type Opening = StoredTransition & { readonly file: string };

export class FilingRound {
  wrote = false;
  readonly unfiled = new Map<string, string>();
  readonly gathering = new Set<string>();
  readonly problems: Problem[] = [];
  readonly #written = new Map<string, string>();
  /** Sources with a transition that waits for an operator, or until its file can be read. Their later ones wait behind it. */
  readonly #blocked = new Set<string>();
  /** Outages (by seq) that `openGrouped` has handled. */
  readonly #handled = new Set<number>();
  readonly #changing = new Map<string, Changing>();
  /** The incidents after this round's earlier transitions. */
  readonly #incidents: Map<string, Incident>;
  readonly #deps: FilingDeps;
  readonly #read: Read;
  readonly #site: Site;
  readonly #now: Millis;
  readonly #notes: FilingNotes;

  constructor(deps: FilingDeps, read: Read, site: Site, now: Millis, notes: FilingNotes) {
    this.#deps = deps;
    this.#read = read;
    this.#site = site;
    this.#now = now;
    this.#notes = notes;
    this.#incidents = new Map(read.incidents.map(incident => [incident.id, incident]));
  }

  /**
   * Opens incident files for first outages of checks. Outages within `group_within` of one another go into one file.
   * A lone one is written at once, unless another check has failed and is not confirmed. The page shows what waits.
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
      const decision = await this.#decide(one, false);
      if (one.kind === 'down' && decision.kind === 'create') openings.push({ ...one, file: decision.id });
    }
    const leads = (one: StoredTransition) => !deferred.has(one.seq);
    const dependsOnOpening = (one: StoredTransition) =>
      openings.some(other => leads(other) && other.components.includes(probedBy(one.source)!));
    const joining = openings.filter(one => leads(one) || dependsOnOpening(one));
    for (const batch of batchesOf(inOrderOf(this.#site, joining), this.#site.groupWithin)) {
      const outages = inOrderOf(this.#site, batch.filter(leads));
      if (outages.length > 0) await this.#openFile(batch[0]!, outages);
    }
  }

  async #openFile(first: Opening, outages: readonly Opening[]): Promise<void> {
    const [{ file: id, recordedAt }, [lead]] = [first, outages as [Opening]];
    const text = outages.length === 1 ? printOutage(lead) : printGrouped(outages, this.#inWords);
    const isDue =
      isAlone(outages, this.#read.unsure) || isGroupComplete(recordedAt, this.#site.groupWithin, this.#now);
    const done = isDue && (await this.#write('create', id, text));
    if (!done) this.#show(id, text);
    if (!isDue) this.gathering.add(id);
    for (const one of outages) {
      this.#handled.add(one.seq);
      this.#notes.place(one.source, id);
      if (done) await this.#notes.mark(one, id);
    }
    // Until they are marked, they are members of it all the same.
    if (!done) this.#notes.expect(id, outages);
    else this.#deps.log.info({ sources: outages.map(one => one.source), incident: id }, 'incident filed');
  }

  readonly #filedWith = () => ({ site: this.#site, inWords: this.#inWords, now: this.#now });

  /** Writes what the sources of open incidents reported. Each file is written once. */
  async fileChanges(): Promise<void> {
    for (const [id, { before, base, events, text: shown, isNews }] of this.#changing) {
      const all = events.map(({ transition }) => transition);
      // In order of arrival it is written for the decisions of this round; here, in order of time.
      const step = isNews ? nextStep(before, id, all, { members: base, ...this.#filedWith() }) : null;
      const { text, count, whole } = step ?? { text: shown, count: all.length, whole: shown };
      const [old, incident] = [before, whole].map(one => parseIncident(`${id}.md`, id, one).value);
      await this.#notes.own(id, before, text);
      // One that was opened just now says all that is known.
      const isNew = this.#written.has(id);
      const mayWait = isNews && incident && !isNew;
      const isDue = !mayWait || isComplete(old!, incident, all, this.#read.unsure, this.#site, this.#now);
      // Changes to a file that is not written yet wait for it.
      const isWaiting = this.unfiled.has(id);
      const done =
        !isWaiting && isDue && (text === before || (await this.#write('replace', id, text, before)));
      const leavesRest = done && count < all.length;
      if (leavesRest || !(isDue || isWaiting)) this.gathering.add(id);
      if (leavesRest || !done) this.#show(id, whole);
      if (done) for (const one of events.slice(0, count)) await this.#filed(one.transition, id, one.isJoined);
    }
  }

  async take(
    one: StoredTransition,
    isDeferred: boolean,
    waiting: readonly StoredTransition[],
  ): Promise<void> {
    const { source } = one;
    if (this.#handled.has(one.seq) || this.#blocked.has(source)) return;
    const recovery = waiting.find(next => next.source === source && next.seq > one.seq && next.kind === 'up');
    const decision = await this.#decide(one, isDeferred, recovery?.at);
    if (decision.kind === 'unreadable') return void this.#blocked.add(source);
    // A deferred outage that ends before its maintenance window or its parent's outage does: file neither its start nor
    // its end.
    if (decision.kind === 'waiting')
      return one.kind === 'down' && recovery ? this.#notes.mark(one, null) : undefined;
    if (decision.kind === 'missing') {
      // A recovery waits for the file of its incident: the file may come back, still open.
      const waited = Math.abs(this.#now - one.recordedAt);
      return waited >= MISSING_FOR ? this.#notes.mark(one, null) : undefined;
    }
    if (decision.kind === 'change') return this.#collect(decision.id, one, decision.isJoined);
    const isBlocked = decision.id !== null && this.unfiled.has(decision.id);
    if (decision.kind === 'done')
      return isBlocked ? undefined : this.#notes.mark(one, decision.id, decision.isJoined);
    if (!isBlocked && (await this.#write('create', decision.id, decision.text)))
      return this.#filed(one, decision.id);
    this.#show(decision.id, decision.text);
    this.#notes.expect(decision.id, [one]);
    this.#notes.place(source, decision.id);
  }

  async #decide(one: StoredTransition, isDeferred: boolean, until?: Millis): Promise<FilingDecision> {
    const site = this.#site;
    const all = one.kind === 'up' || isDeferred ? [] : [...this.#incidents.values()];
    const there = all.filter(({ id }) => this.#text(id) !== undefined);
    // One that is not written yet takes others in by itself.
    const written = there.filter(({ id }) => !this.unfiled.has(id));
    const open = incidentToJoin(one, there, site) ?? (await this.#notes.begunWith(one, written, site));
    const over = incidentToReopen(one, there, site);
    const members = over && (await this.#statesOf(over));
    const { waits, ...late } = lateReport(one, over, members, this.#now);
    const isWaiting = isDeferred || (waits && open === null);
    const previous = await this.#notes.previousOf(one, this.#read.incidents);
    const found = { ...late, previous, open, isDeferred: isWaiting };
    return decideFiling(one, { ...found, incidents: this.#read.incidents, read: this.#text, site, until });
  }

  async #statesOf(incident: Incident): Promise<Members> {
    const known = this.#changing.get(incident.id)?.now;
    return known ?? memberStates(incident, await this.#notes.filedIn(incident.id), this.#site);
  }

  async #collect(id: string, one: StoredTransition, isNew: boolean): Promise<void> {
    const text = this.#text(id)!;
    const incident = parseIncident(`${id}.md`, id, text).value;
    // An operator is editing it: the page shows its last good version.
    if (!incident) return void this.#blocked.add(one.source);
    const known = this.#changing.get(id);
    const filed = await this.#notes.filedIn(id);
    if (one.kind === 'up' && isTakenOver(incident, filed)) return this.#filed(one, id);
    const members = await this.#statesOf(incident);
    const base = known?.base ?? members;
    const before = members.get(one.source);
    const said = { message: one.message };
    const change = withEvent(text, id, one, { members, words: said, ...this.#filedWith() });
    if (change === null) return this.#complain(id, one);
    // Killed before it was noted, a source that joined is in the file already.
    const isListed =
      !filed.some(({ source }) => source === one.source) && sourcesOf(incident)[0] !== one.source;
    const failsAgain = isOpen(incident) && (before?.isDown === false || isListed);
    const isJoined = one.kind === 'down' && (isNew || failsAgain);
    this.#changing.set(id, {
      before: known?.before ?? text,
      base,
      events: [...(known?.events ?? []), { transition: one, isJoined }],
      text: change.text,
      now: new Map(members).set(one.source, memberAfter(one, before, this.#site)),
      isNews: change.isNews || known?.isNews === true,
    });
    this.#know(id, change.text);
    this.#notes.place(one.source, id);
  }

  /** Shows a text that is not in its file yet. */
  #show(id: string, text: string): void {
    this.unfiled.set(id, text);
    this.#know(id, text);
  }

  #know(id: string, text: string): void {
    const incident = parseIncident(`${id}.md`, id, text).value;
    if (incident) this.#notes.opened(incident);
    if (incident) this.#incidents.set(id, incident);
    else this.#incidents.delete(id);
  }

  readonly #inWords = (transition: Transition) => inWordsOf(transition, this.#deps.templates());

  readonly #text = (id: string): string | undefined =>
    this.#changing.get(id)?.text ?? this.unfiled.get(id) ?? this.#written.get(id) ?? this.#read.text(id);

  /** Drops recoveries whose file is missing and whose source has a newer transition, if no earlier transition of it waits. */
  async withoutPast(pending: readonly StoredTransition[]): Promise<StoredTransition[]> {
    const left: StoredTransition[] = [];
    for (const one of pending) {
      const same = pending.filter(({ source }) => source === one.source);
      const isPast = one.kind === 'up' && same[0] === one && same.length > 1;
      if (isPast && (await this.#decide(one, false)).kind === 'missing') await this.#notes.mark(one, null);
      else left.push(one);
    }
    return left;
  }

  /** Reports a change that a person must make, because the machine does not overwrite a person's text. */
  #complain(id: string, transition: StoredTransition): void {
    this.#blocked.add(transition.source);
    this.problems.push(unwritable(id, transition));
  }

  async #filed(transition: StoredTransition, id: string, isJoined = false): Promise<void> {
    await this.#notes.mark(transition, id, isJoined);
    const { source, kind: change } = transition;
    this.#deps.log.info({ source, incident: id, change, joined: isJoined }, 'incident filed');
  }

  async #write(kind: 'create' | 'replace', id: string, text: string, before = ''): Promise<boolean> {
    const { writer, log } = this.#deps;
    if (kind === 'create') await this.#notes.own(id, null, text);
    if (this.#read.isFolderMissing) {
      this.problems.push(folderAway(id));
      return false;
    }
    try {
      const done = await (kind === 'create' ? writer.create(id, text) : writer.replace(id, before, text));
      this.wrote = true;
      if (done) {
        this.#written.set(id, text);
        this.#know(id, text);
      } else log.info({ incident: id }, 'someone else changed the file first; trying again');
      return done;
    } catch (error) {
      this.problems.push(unwritten(id, (error as NodeJS.ErrnoException).code ?? 'unknown error'));
      return false;
    }
  }
}
