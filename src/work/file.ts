// File: transitions become markdown incidents (walk 2); what cannot be written is shown all the same.
import { isSpokenFor, withDependents } from '../core/dependencies.ts';
import { type Fate, fateOf } from '../core/filing.ts';
import { affectedBy, type Incident } from '../core/incident.ts';
import type { Log } from '../core/log.ts';
import { isUnderWay } from '../core/maintenance.ts';
import type { Problem } from '../core/problem.ts';
import type { Site } from '../core/site.ts';
import { inWordsOf, type Templates } from '../core/template.ts';
import type { Millis } from '../core/time.ts';
import type { StoredTransition } from '../core/transition.ts';
import { evenSo } from './storage.ts';

export interface FileDeps {
  readonly pending: () => Promise<StoredTransition[]>;
  readonly previousIncident: (source: string, seq: number) => Promise<string | null>;
  readonly markFiled: (seq: number, incidentId: string | null, now: Millis) => Promise<void>;
  readonly create: (id: string, text: string) => Promise<boolean>;
  /** The operator's own words, as last read. */
  readonly templates: () => Templates;
  readonly replace: (id: string, before: string, text: string) => Promise<boolean>;
  readonly log: Log;
}

/** The files as read before the round. */
interface Read {
  readonly incidents: readonly Incident[];
  text(id: string): string | undefined;
}

export interface Filed {
  /** Whether any file changed: the folder must be read again. */
  readonly wrote: boolean;
  /** Texts of incidents that could not be written, by id. */
  readonly unfiled: ReadonlyMap<string, string>;
  readonly problems: readonly Problem[];
}

/** A round of filing; repeating it after a crash at any point does no harm. */
export type File = (read: Read, site: Site, now: Millis) => Promise<Filed>;

export function makeFile(deps: FileDeps): File {
  return async (read, site, now) => {
    const round = new Round(deps, read, now);
    const quiet = underMaintenance(read.incidents, site, now);
    const waiting = await deps.pending();
    for (const transition of waiting) {
      const expected = transition.components.length > 0 && transition.components.every(id => quiet.has(id));
      const held = expected || isSpokenFor(transition, read.incidents, waiting, site, now);
      await round.take(withDependents(inWordsOf(transition, deps.templates()), site), held, waiting);
    }
    return { wrote: round.wrote, unfiled: round.unfiled, problems: round.problems };
  };
}

function underMaintenance(incidents: readonly Incident[], site: Site, now: Millis): Set<string> {
  const underWay = incidents.filter(incident => isUnderWay(incident, now));
  return new Set(underWay.flatMap(incident => affectedBy(incident, site.components).map(({ id }) => id)));
}

class Round {
  wrote = false;
  readonly unfiled = new Map<string, string>();
  readonly problems: Problem[] = [];
  private readonly written = new Map<string, string>();
  /** Where a source stands after this round's earlier transitions that could not be marked. */
  private readonly standing = new Map<string, string | null>();

  private readonly deps: FileDeps;
  private readonly read: Read;
  private readonly now: Millis;

  constructor(deps: FileDeps, read: Read, now: Millis) {
    this.deps = deps;
    this.read = read;
    this.now = now;
  }

  async take(
    transition: StoredTransition,
    held: boolean,
    waiting: readonly StoredTransition[],
  ): Promise<void> {
    const { source, seq } = transition;
    const previous = this.standing.has(source)
      ? (this.standing.get(source) as string | null)
      : ((await this.deps.previousIncident(source, seq)) ?? this.lastFileOf(source));
    const fate = fateOf(transition, previous, id => this.text(id), held);
    if (fate.kind === 'held') return this.hold(transition, waiting);
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

  /** A new database knows nothing of the source; its files still do. */
  private lastFileOf(source: string): string | null {
    const own = this.read.incidents.filter(incident => incident.openedBy === source);
    return own.sort((a, b) => b.started - a.started)[0]?.id ?? null;
  }

  private text(id: string): string | undefined {
    return this.unfiled.get(id) ?? this.written.get(id) ?? this.read.text(id);
  }

  /** A held outage that is over before its window, or its parent's outage, is: neither end is filed. */
  private async hold(transition: StoredTransition, waiting: readonly StoredTransition[]): Promise<void> {
    if (transition.kind === 'up') return;
    const over = waiting.find(
      other => other.source === transition.source && other.seq > transition.seq && other.kind === 'up',
    );
    if (over) await this.mark(transition, null);
  }

  private async mark(transition: StoredTransition, id: string | null): Promise<void> {
    // Not marked, it is found in its file the next time, and marked then.
    await evenSo(this.deps.markFiled(transition.seq, id, this.now));
    if (id !== null) this.standing.set(transition.source, id);
  }

  private async write(fate: Extract<Fate, { text: string }>): Promise<boolean> {
    try {
      const before = this.text(fate.id);
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
      this.problems.push({
        level: 'error',
        where: `incidents/${fate.id}.md`,
        what: `the incident cannot be written (${code}); it is shown on the page and kept in the database`,
        fix: 'let the server write to the folder, or make room; it is tried again every second',
      });
      return false;
    }
  }
}
