// Carries operators' edits on: what a file said when it was last seen here is compared with what it says now.

import { withCarried } from '../../core/filing/edited/carried-lists.ts';
import { withEnd } from '../../core/filing/edited/ended.ts';
import { isUpdateOfProgram, withLost } from '../../core/filing/edited/older-buffer.ts';
import { withReopening } from '../../core/filing/edited/reopened.ts';
import { notCarried, unwritten } from '../../core/filing/problems.ts';
import { parseIncident } from '../../core/incidents/file/parse.ts';
import { type Incident, isOpen, keyOf, sourcesOf } from '../../core/model/incident.ts';
import type { Problem } from '../../core/model/problem.ts';
import type { Site } from '../../core/model/site.ts';
import type { Millis } from '../../core/model/time.ts';
import { filedKey } from '../../core/notify/filed-words.ts';
import type { Db } from '../../store/db/database.ts';
import { readKeptFiles } from '../../store/incidents/last-good-files.ts';
import { newestTransition } from '../../store/incidents/transitions.ts';
import { recordsOf } from '../../store/notify/first-seen.ts';
import type { Writer } from '../publish/git-sync.ts';
import type { Read } from './filing-round.ts';
import type { Replaced } from './replaced.ts';

interface Carried {
  /** The incidents with what was carried. */
  readonly read: Read;
  readonly wrote: boolean;
  readonly problems: readonly Problem[];
}

export interface CarryingDeps {
  readonly db: Db;
  /** Keeps what it replaces in `replaced`. */
  readonly writer: Writer;
  readonly replaced: Replaced;
}

export class CarriedEdits {
  readonly #db: Db;
  readonly #writer: Writer;
  readonly #replaced: Replaced;
  /** The text of each file as last seen or written, by id; null until those of an earlier process are read. */
  #texts: Map<string, string> | null = null;

  constructor({ db, writer, replaced }: CarryingDeps) {
    this.#db = db;
    this.#writer = writer;
    this.#replaced = replaced;
  }

  /** Writes incident files, and knows that nobody else changed them so. */
  readonly writer: Writer = {
    create: async (id, text) => this.#noted(await this.#writer.create(id, text), id, text),
    replace: async (id, before, text) => this.#noted(await this.#writer.replace(id, before, text), id, text),
  };

  #noted(done: boolean, id: string, text: string): boolean {
    if (done) this.#texts?.set(id, text);
    return done;
  }

  /**
   * Writes an end that is missing, puts back what a save from an older buffer lost, and writes each change of a list into the later lists of the machine, and
   * into the front matter that it goes on.
   */
  async round(read: Read, site: Site, now: Millis): Promise<Carried> {
    this.#texts ??= new Map(
      [...(await readKeptFiles(this.#db))].map(([path, text]) => [path.replace(/^.*\/|\.md$/g, ''), text]),
    );
    const problems: Problem[] = [];
    const changed = new Map<string, string>();
    for (const incident of read.isFolderMissing ? [] : read.incidents) {
      const { id } = incident;
      const text = read.text(id);
      const before = this.#texts.get(id);
      if (text === undefined || text === before) continue;
      if (before !== undefined && isUpdateOfProgram(before, text)) this.#replaced.keep(id, before);
      const ended = await this.#ended(incident, text, now);
      const edited = before === undefined ? null : await this.#carried(incident, before, ended, site, now);
      const carried = edited ?? (before === undefined || ended !== text ? { text: ended } : null);
      if (carried?.unwritten) problems.push(notCarried(id, carried.unwritten));
      if (!carried || carried.unwritten) continue;
      if (carried.text === text) this.#texts.set(id, text);
      else
        try {
          if (await this.writer.replace(id, text, carried.text)) changed.set(id, carried.text);
        } catch (error) {
          problems.push(unwritten(id, (error as NodeJS.ErrnoException).code ?? 'unknown error'));
        }
    }
    if (changed.size === 0) return { read, wrote: false, problems };
    const incidents = read.incidents.map(one => {
      const text = changed.get(one.id);
      const said = text === undefined ? null : parseIncident(`${one.id}.md`, one.id, text).value;
      if (!said) return one;
      const { status, resolved, updates, openedBy } = said;
      return { ...one, status, resolved, updates, openedBy };
    });
    return {
      read: { ...read, incidents, text: id => changed.get(id) ?? read.text(id) },
      wrote: true,
      problems,
    };
  }

  /** With the missing end that an operator's `status: resolved` asks for, once all sources of the incident recovered. */
  async #ended(incident: Incident, text: string, now: Millis): Promise<string> {
    const sources = isOpen(incident) ? sourcesOf(incident) : [];
    if (sources.length === 0 || parseIncident('', '', text).value) return text;
    const last = await Promise.all(sources.map(source => newestTransition(this.#db, source)));
    const isOver = last.every(one => one?.kind === 'up');
    return isOver ? withEnd(text, Math.min(now, Math.max(...last.map(one => one!.at))), now) : text;
  }

  /** In an operator's file, only what the machine wrote of a source that joined is changed. */
  async #carried(incident: Incident, before: string, text: string, { components }: Site, now: Millis) {
    const whole = withLost(this.#replaced.of(incident.id), before, text);
    const reopened = whole ?? withReopening(before, text, now);
    if (reopened === null) return null;
    const hasLists = whole !== null || incident.updates.some(({ change }) => change?.components);
    if (!hasLists) return { text: reopened };
    if (incident.openedBy !== null) return withCarried(before, reopened, components, () => true);
    const records = await recordsOf(this.#db, keyOf(incident));
    return withCarried(before, reopened, components, ({ body }) => records.has(filedKey(body)));
  }
}
