// Carries operators' edits on: what a file said when it was last seen here is compared with what it says now.

import type { IncidentFiles } from '../../content/incidents/file-cache.ts';
import { withCarried } from '../../core/filing/edited/carried-lists.ts';
import { withEnd } from '../../core/filing/edited/ended.ts';
import { isUpdateOfProgram, withLost } from '../../core/filing/edited/older-buffer.ts';
import { withReopening } from '../../core/filing/edited/reopened.ts';
import { isIdle, notCarried, unwritten } from '../../core/filing/problems.ts';
import { parseIncident } from '../../core/incidents/file/parse.ts';
import { backwards } from '../../core/incidents/lint/times.ts';
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
import type { NameIncident } from './filing-notes.ts';

/** How many texts of a file are kept that programs replaced. */
const REPLACED = 20;

export interface Carried {
  /** Whether any file changed: the folder must be read again. */
  readonly wrote: boolean;
  readonly problems: readonly Problem[];
}

export const NOTHING_CARRIED: Carried = { wrote: false, problems: [] };

interface CarryingDeps {
  readonly db: Db;
  readonly writer: Writer;
  readonly named: NameIncident;
}

export class CarriedEdits {
  readonly #deps: CarryingDeps;
  /** The text of each file as last seen or written, by id; null until those of an earlier process are read. */
  #texts: Map<string, string> | null = null;
  /** The texts that the machine, the API or a command replaced, by id, oldest first: an editor may still have them open. */
  readonly #replaced = new Map<string, readonly string[]>();
  /** Writes incident files, and knows that nobody else changed them so. */
  readonly writer: Writer;

  /** What an edit does not change, by id, and the text that it left: until somebody writes to the file. */
  readonly #idle = new Map<string, { readonly text: string; readonly problem: Problem }>();

  constructor(deps: CarryingDeps) {
    this.#deps = deps;
    const { create, replace } = deps.writer;
    this.writer = {
      create: async (id, text) => this.#noted(await create(id, text), id, text),
      replace: async (id, before, text) => {
        const done = await replace(id, before, text);
        if (done) this.#keep(id, before);
        return this.#noted(done, id, text);
      },
    };
  }

  /** Another program's writer: an editor may still have open what it replaces. */
  keeping({ create, replace }: Writer): Writer {
    return {
      create,
      replace: async (id, before, text) => {
        const done = await replace(id, before, text);
        // Only what was seen: of a text that came since, what was seen last is an earlier version, not a later one.
        if (done && this.#texts?.get(id) === before) this.#keep(id, before);
        return done;
      },
    };
  }

  #keep(id: string, replaced: string): void {
    const all = this.#replaced.get(id) ?? [];
    if (all.at(-1) !== replaced) this.#replaced.set(id, [...all, replaced].slice(-REPLACED));
  }

  #noted(done: boolean, id: string, text: string): boolean {
    if (done) this.#texts?.set(id, text);
    return done;
  }

  /**
   * Writes an end that is missing, puts back what a save from an older buffer lost, and writes each change of a list into the
   * later lists, of the severity into the newest section that says one, and into the front matter that it goes on. Nothing
   * else may have read the files before: what is put back would seem new.
   */
  async round(
    { incidents, missing, text: textOf }: Pick<IncidentFiles, 'incidents' | 'missing' | 'text'>,
    site: Site,
    now: Millis,
  ): Promise<Carried> {
    this.#texts ??= new Map(
      [...(await readKeptFiles(this.#deps.db))].map(([path, text]) => [
        path.replace(/^.*\/|\.md$/g, ''),
        text,
      ]),
    );
    const problems: Problem[] = [];
    let wrote = false;
    for (const incident of missing?.closed ? [] : incidents) {
      const { id } = incident;
      const text = textOf(id);
      const before = this.#texts.get(id);
      const idle = this.#idle.get(id);
      if (idle && idle.text === text) problems.push(idle.problem);
      if (text === undefined || text === before) continue;
      if (before !== undefined && isBackwards(id, text, now)) continue;
      if (before !== undefined && isUpdateOfProgram(before, text)) this.#keep(id, before);
      const ended = await this.#ended(incident, text, now);
      const edited = before === undefined ? null : await this.#carried(incident, before, ended, site, now);
      const carried = edited ?? (before === undefined || ended !== text ? { text: ended } : null);
      if (carried?.unwritten) problems.push(notCarried(id, carried.unwritten));
      if (!carried || carried.unwritten) continue;
      if (carried.idle) this.#idle.set(id, { text: carried.text, problem: isIdle(id, carried.idle) });
      if (carried.text === text) this.#texts.set(id, text);
      else
        try {
          if (await this.writer.replace(id, text, carried.text)) wrote = true;
        } catch (error) {
          problems.push(unwritten(id, (error as NodeJS.ErrnoException).code ?? 'unknown error'));
        }
    }
    return { wrote, problems };
  }

  /** With the missing end that an operator's `status: resolved` asks for, once all sources of the incident recovered. */
  async #ended(incident: Incident, text: string, now: Millis): Promise<string> {
    const sources = isOpen(incident) ? sourcesOf(incident) : [];
    if (sources.length === 0 || parseIncident('', '', text).value) return text;
    const last = await Promise.all(sources.map(source => newestTransition(this.#deps.db, source)));
    const isOver = last.every(one => one?.kind === 'up');
    return isOver ? withEnd(text, Math.min(now, Math.max(...last.map(one => one!.at))), now) : text;
  }

  /** Once an operator's incident is over, only what the machine wrote of a source that joined is changed. */
  async #carried(incident: Incident, before: string, text: string, { components }: Site, now: Millis) {
    const whole = withLost(this.#replaced.get(incident.id) ?? [], before, text);
    const reopened = whole ?? withReopening(before, text, now);
    if (reopened === null) return null;
    const hasLists = whole !== null || incident.updates.some(({ change }) => change);
    if (!hasLists) return { text: reopened };
    if (incident.openedBy !== null || isOpen(incident))
      return withCarried(before, reopened, components, () => true);
    const { db, named } = this.#deps;
    const records = await recordsOf(db, keyOf(named(incident, now)));
    return withCarried(before, reopened, components, ({ body }) => records.has(filedKey(body)));
  }
}

/** Whether a file ends before it begins: until that is corrected, it counts as it was. */
function isBackwards(id: string, text: string, now: Millis): boolean {
  const { value } = parseIncident('', id, text);
  return value !== null && backwards(value, text, '', now)?.level === 'error';
}
