// Grouping: which outages of checks at about the same time become one incident (`together:`).
import type { Site } from '../model/site.ts';
import { probeSource } from '../model/source.ts';
import type { Millis } from '../model/time.ts';
import type { Transition } from '../model/transition.ts';

/** One incident names at most so many checks: its file stays prose. More are the next incident's. */
const MAX_GROUPED = 50;

/** Outages within `within` ms of the first one's confirmation, oldest first; what came later is another batch. */
export function batchesOf<T extends { readonly recordedAt: Millis }>(
  outages: readonly T[],
  within: Millis,
): T[][] {
  const batches: T[][] = [];
  for (const one of [...outages].sort((a, b) => a.recordedAt - b.recordedAt)) {
    const last = batches.at(-1);
    const isNear = last && one.recordedAt - last[0]!.recordedAt <= within && last.length < MAX_GROUPED;
    if (isNear) last.push(one);
    else batches.push([one]);
  }
  return batches;
}

/** Checks' transitions as status.yaml lists their components: checks end in any order, and an incident's words must not. */
export function inOrderOf<T extends Pick<Transition, 'source'>>(
  { components }: Site,
  all: readonly T[],
): T[] {
  const place = ({ source }: T) => components.findIndex(({ id }) => source === probeSource(id));
  return [...all].sort((a, b) => place(a) - place(b));
}

/** Whether what was first known at `first` has been gathered for long enough; a clock set back ends it. */
export function isGathered(first: Millis, within: Millis, now: Millis): boolean {
  return now < first || now - first >= within;
}
