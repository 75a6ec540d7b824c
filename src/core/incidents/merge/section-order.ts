// Sections of two versions: which correspond to each other, and in which order the merged file has them.
import type { Millis } from '../../model/time.ts';

type Timed = { readonly same: string; readonly at: Millis | null };

/** Above this number of pairs, sections are matched by equal headings only, not word by word. */
const MAX_PAIRS = 1_000;
/** From this similarity on, one text counts as an edit of the other. */
const ALIKE = 0.5;

/** For each section of `side` the index of the same section in `base`; undefined when it was added. */
export function matched(base: readonly Timed[], side: readonly Timed[]): (number | undefined)[] {
  const found: (number | undefined)[] = side.map(() => undefined);
  const taken = new Set<number>();
  const pair = (mine: number, theirs: number) => {
    found[mine] = theirs;
    taken.add(theirs);
  };
  /** Pairs sections with an equal `name`, in order. */
  const pairEqual = (name: (one: Timed) => string) => {
    const waiting = new Map<string, number[]>();
    for (const [index, one] of base.entries()) {
      if (!taken.has(index)) waiting.set(name(one), [...(waiting.get(name(one)) ?? []), index]);
    }
    for (const [index, one] of side.entries()) {
      const next = found[index] === undefined ? waiting.get(name(one))?.shift() : undefined;
      if (next !== undefined) pair(index, next);
    }
  };
  pairEqual(({ same }) => same);
  const mine = side.flatMap((_, index) => (found[index] === undefined ? [index] : []));
  const left = base.flatMap((_, index) => (taken.has(index) ? [] : [index]));
  if (mine.length * left.length > MAX_PAIRS) {
    pairEqual(headingOf);
    return found;
  }
  const [ours, theirs] = [
    mine.map(index => readingOf(side[index]!)),
    left.map(index => readingOf(base[index]!)),
  ];
  const pairs = mine.flatMap((a, i) => left.map((b, j) => ({ a, b, score: likeness(ours[i]!, theirs[j]!) })));
  pairs.sort((x, y) => y.score - x.score || Math.abs(x.a - x.b) - Math.abs(y.a - y.b));
  for (const { a, b, score } of pairs) {
    if (score >= ALIKE && found[a] === undefined && !taken.has(b)) pair(a, b);
  }
  return found;
}

function headingOf({ same }: Timed): string {
  return same.split('\n', 1)[0]!.trim();
}

type SectionWords = { readonly heading: string; readonly words: ReadonlySet<string> };

function readingOf(one: Timed): SectionWords {
  const { same } = one;
  const words = new Set(same.slice(same.indexOf('\n') + 1).match(/[\p{L}\p{N}]+/gu) ?? []);
  return { heading: headingOf(one), words };
}

/** From 0 to 2: an equal heading counts as much as all the words. */
function likeness(a: SectionWords, b: SectionWords): number {
  let shared = 0;
  for (const word of a.words) if (b.words.has(word)) shared++;
  const all = a.words.size + b.words.size;
  return (all === 0 ? 0 : (2 * shared) / all) + (a.heading === b.heading ? 1 : 0);
}

/** The places of a merged section in the base and on each side. */
export interface Placed {
  readonly inBase: number | undefined;
  readonly inOurs: number | undefined;
  readonly inTheirs: number | undefined;
}

/** The order of sections that both sides added at one place. `all by time`: of all sections, oldest first. */
export type Between = 'by time' | 'ours first' | 'theirs first' | 'all by time';

/**
 * Orders the sections of both sides as on our side, or as on theirs if only they changed the order. A section that only
 * the other side has follows the one it follows there.
 * @param at when a section was written, epoch ms; null when unknown.
 */
export function ordered<T extends Placed>(
  all: readonly T[],
  at: (item: T) => Millis | null,
  between: Between,
): T[] {
  if (between === 'all by time') {
    const timed = all.filter(item => at(item) !== null).sort((a, b) => at(a)! - at(b)!);
    return [...timed, ...all.filter(item => at(item) === null)];
  }
  const reordered = (side: 'inOurs' | 'inTheirs') => {
    const places = inOrder(all, side).map(({ inBase }) => inBase);
    const known = places.filter(place => place !== undefined);
    return known.some((place, index) => index > 0 && place < known[index - 1]!);
  };
  const turned = !reordered('inOurs') && reordered('inTheirs');
  const [first, second] = turned ? (['inTheirs', 'inOurs'] as const) : (['inOurs', 'inTheirs'] as const);
  const frame = inOrder(all, first);
  const moments = frame.map(at).filter(moment => moment !== null);
  const rising = moments.length > 1 && moments[0]! < moments.at(-1)!;
  const firstLast = (between === 'ours first') === turned;
  const precedes = (a: T, b: T): boolean => {
    if (between !== 'by time') return firstLast;
    const [x, y] = [at(a), at(b)];
    return x !== null && y !== null && x !== y && (rising ? x < y : x > y);
  };
  /** The additions after each section of the frame; null: before all of it. */
  const after = new Map<T | null, T[]>();
  let anchor: T | null = null;
  for (const item of inOrder(all, second)) {
    if (item[first] !== undefined) anchor = item;
    else after.set(anchor, [...(after.get(anchor) ?? []), item]);
  }
  const done: T[] = [];
  let waiting = after.get(null) ?? [];
  for (const item of frame) {
    const isShared = item[second] !== undefined;
    while (waiting.length > 0 && (isShared || precedes(waiting[0]!, item))) done.push(waiting.shift()!);
    done.push(item);
    if (isShared) waiting = [...(after.get(item) ?? [])];
  }
  return [...done, ...waiting];
}

function inOrder<T extends Placed>(all: readonly T[], side: 'inOurs' | 'inTheirs'): T[] {
  return all.filter(item => item[side] !== undefined).sort((a, b) => a[side]! - b[side]!);
}
