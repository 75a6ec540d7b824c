// The cache of one Snapshot: everything that was made of it, and the addresses it is given at. Bounded.
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Lang } from '../../core/model/lang.ts';
import { finish, inTurns, type Steps } from '../../core/model/turns/steps.ts';
import type { Snapshot } from '../../core/page/snapshot.ts';
import type { CachedResponse } from './fast-path.ts';
import { Rendered, type ResponseBody } from './response-bytes.ts';

/** Permalinks of ten thousand incidents need not all stay in memory. */
const MAX_RENDERED = 500;
const MAX_BYTES = 16_000_000;
/** So many addresses in a language are answered from memory; the rest go through Express. */
const MAX_ADDRESSES = 1000;

/** Null when there is no such thing; what takes long comes in steps. */
export type Make = (snapshot: Snapshot) => ResponseBody | Steps<ResponseBody> | null;

/** An answer and how it was made, so that it can be made again of the next Snapshot. */
interface KeptResponse {
  readonly rendered: Rendered;
  readonly make: Make;
}

function inSteps(made: ReturnType<Make>): made is Steps<ResponseBody> {
  return made !== null && !('body' in made);
}

export class SnapshotCache {
  readonly snapshot: Snapshot;
  /** By key, the longest unasked first. */
  readonly kept = new Map<string, KeptResponse>();
  readonly responses: Readonly<Record<Lang, Map<string, CachedResponse>>> = { en: new Map(), de: new Map() };
  #bytes = 0;

  constructor(snapshot: Snapshot) {
    this.snapshot = snapshot;
  }

  /** What is kept under the key, else what `make` makes now; null when there is no such thing. */
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

  /** The same before anybody asks: in turns, so that requests get through. Who asks meanwhile has it made at once. */
  async renderAhead(key: string, make: Make): Promise<Rendered | null> {
    await nextTurn();
    const known = () => this.kept.get(key)?.rendered;
    const made = known() ? null : make(this.snapshot);
    const answer = inSteps(made) ? await inTurns(made, nextTurn) : made;
    return known() ?? this.#keep(key, make, answer);
  }

  /** Keeps an answer; what was asked for longest ago makes room. */
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

  /** From now on the address is answered from memory. */
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
