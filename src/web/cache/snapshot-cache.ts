// The cache of one Snapshot: its responses and their addresses, limited in size.
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Lang } from '../../core/model/lang.ts';
import { finish, inTurns, type Steps } from '../../core/model/turns/steps.ts';
import type { Snapshot } from '../../core/page/snapshot.ts';
import { Rendered, type ResponseBody } from './encoded-response.ts';
import type { CachedResponse } from './fast-path.ts';

/** Permalinks of ten thousand incidents need not all stay in memory. */
const MAX_RENDERED = 500;
const MAX_BYTES = 16_000_000;
/** How many addresses per language are served from memory; others go through Express. */
const MAX_ADDRESSES = 1000;

/** Returns null if the page does not exist; slow responses are made in steps. */
export type Make = (snapshot: Snapshot) => ResponseBody | Steps<ResponseBody> | null;

/** A response and the function that made it, to make it again for the next Snapshot. */
interface KeptResponse {
  readonly rendered: Rendered;
  readonly make: Make;
}

function inSteps(made: ReturnType<Make>): made is Steps<ResponseBody> {
  return made !== null && !('body' in made);
}

export class SnapshotCache {
  readonly snapshot: Snapshot;
  /** By key, least recently requested first. */
  readonly kept = new Map<string, KeptResponse>();
  readonly responses: Readonly<Record<Lang, Map<string, CachedResponse>>> = { en: new Map(), de: new Map() };
  #bytes = 0;

  constructor(snapshot: Snapshot) {
    this.snapshot = snapshot;
  }

  /** Returns the stored response, or makes it now; null if it does not exist. */
  render(key: string, make: Make): Rendered | null {
    const known = this.kept.get(key);
    if (!known) {
      const made = make(this.snapshot);
      return this.#keep(key, make, inSteps(made) ? finish(made) : made);
    }
    known.rendered.idle = 0;
    this.kept.delete(key);
    this.kept.set(key, known);
    return known.rendered;
  }

  /** Like `render`, but in steps, so that requests run in between. A request for it meanwhile makes it at once. */
  async renderAhead(key: string, make: Make): Promise<Rendered | null> {
    await nextTurn();
    const known = () => this.kept.get(key)?.rendered;
    const made = known() ? null : make(this.snapshot);
    const answer = inSteps(made) ? await inTurns(made, nextTurn) : made;
    return known() ?? this.#keep(key, make, answer);
  }

  /** Stores a response, and removes the least recently requested ones if the cache is full. */
  #keep(key: string, make: Make, answer: ResponseBody | null): Rendered | null {
    if (!answer) return null;
    const rendered = new Rendered(answer);
    this.#drop(key);
    this.kept.set(key, { rendered, make });
    this.#bytes += rendered.length;
    while (this.kept.size > 1 && (this.kept.size > MAX_RENDERED || this.#bytes > MAX_BYTES)) {
      this.#drop(this.kept.keys().next().value as string);
    }
    return rendered;
  }

  /** Serves the address from memory from now on. */
  warm(lang: Lang, path: string, response: CachedResponse): void {
    const known = this.responses[lang];
    if (known.size >= MAX_ADDRESSES) known.delete(known.keys().next().value as string);
    known.set(path, response);
  }

  #drop(key: string): void {
    const gone = this.kept.get(key)?.rendered;
    if (!gone) return;
    this.kept.delete(key);
    this.#bytes -= gone.length;
    for (const addresses of Object.values(this.responses)) {
      for (const [path, { rendered }] of addresses) if (rendered === gone) addresses.delete(path);
    }
  }
}
