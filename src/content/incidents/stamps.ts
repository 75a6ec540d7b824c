// Stamps: a file's metadata. While they are the same, the file is not read again.
import type { BigIntStats } from 'node:fs';
import type { Millis } from '../../core/model/time.ts';

/** A file may change twice within one tick of the disk's clock: its stamp counts once it was the same for this long. */
const SETTLED_MS = 100;
/** Whoever writes a file with a pause is done when it was quiet for this long. */
export const QUIET_MS = 2000;
/** In place of a stamp until then: when it was first seen (ms, monotonic), and the stamp. */
const YOUNG = /^young:([^:]+):(.*)$/;

export function isYoung(stamp: string): boolean {
  return YOUNG.test(stamp);
}

/**
 * Whether a file changed so lately that its end may not be written yet. A time far in the future is no sign of it.
 * @param quiet for how long it must not have changed, ms
 */
export function isBeingWritten(
  { changedAt }: { readonly changedAt: Millis | null },
  now: Millis,
  quiet: Millis = QUIET_MS,
): boolean {
  return changedAt !== null && Math.abs(now - changedAt) < quiet;
}

/**
 * The stamp of a file, after the one `before`. By the monotonic clock: after a step of the wall clock, it is far from
 * the times of files. They are compared at the start alone, so that old files are read once.
 */
export function stampOf(
  { ino, size, mtimeNs, ctimeNs, ctimeMs }: BigIntStats,
  before: string | undefined,
  isFirst: boolean,
): string {
  const stamp = `${ino}:${size}:${mtimeNs}:${ctimeNs}`;
  const now = performance.now();
  const isOld = isFirst && Number(ctimeMs) <= performance.timeOrigin + now - SETTLED_MS;
  if (before === stamp || isOld) return stamp;
  const [, since, seen] = YOUNG.exec(before ?? '') ?? [];
  if (before === undefined || seen !== stamp) return `young:${Math.ceil(now)}:${stamp}`;
  return now - Number(since) >= SETTLED_MS ? stamp : before;
}
