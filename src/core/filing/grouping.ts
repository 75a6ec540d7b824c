// Grouping: which outages at about the same time become one incident (`group_within:`).
import type { Site } from '../model/site.ts';
import { probeSource } from '../model/source.ts';
import type { Millis } from '../model/time.ts';
import type { Transition } from '../model/transition.ts';
import { MAX_GROUPED } from './joining.ts';

/** Batches of outages, oldest first: those confirmed within `within` ms of a batch's first one. */
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

/** Sorts transitions as status.yaml lists their components, so that texts do not depend on when checks end. */
export function inOrderOf<T extends Pick<Transition, 'source'>>(
  { components }: Site,
  all: readonly T[],
): T[] {
  const place = ({ source }: T) => components.findIndex(({ id }) => source === probeSource(id));
  return [...all].sort((a, b) => place(a) - place(b));
}

/** Whether a batch that began at `first` is complete; a clock that was set back completes it. */
export function isGathered(first: Millis, within: Millis, now: Millis): boolean {
  return now < first || now - first >= within;
}
