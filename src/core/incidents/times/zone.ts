// Time zones by IANA name. A *wall time* is what a clock in a zone shows, as if it were UTC: epoch ms of those digits.
import { memoizedText } from '../../model/memo.ts';
import { DAY, MINUTE, type Millis, parseZone, SECOND } from '../../model/time.ts';

/** A moment from which a zone has another offset (ms east of UTC). */
export interface ZoneChange {
  readonly at: Millis;
  readonly from: Millis;
  readonly to: Millis;
}

/** Intl formatters are slow to make. Null: there is no such zone. */
const formatOf = memoizedText(1000, (zone): Intl.DateTimeFormat | null => {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: zone, timeZoneName: 'longOffset' });
  } catch {
    return null;
  }
});

export function isZone(zone: string): boolean {
  return formatOf(zone) !== null;
}

/** The name as other programs spell it: `europe/berlin` → `Europe/Berlin`. Other names of a zone stay. */
export function zoneName(zone: string): string {
  const usual = formatOf(zone)?.resolvedOptions().timeZone ?? 'UTC';
  return usual.toLowerCase() === zone.toLowerCase() ? usual : zone;
}

/** Asks Intl, which is slow; to the minute, as no zone has had seconds since 1972. An unknown zone is UTC. */
function askedOffset(zone: string, at: Millis): Millis {
  const offset = formatOf(zone)?.format(at).split('GMT')[1]?.slice(0, 6) ?? '';
  return parseZone(offset) ?? 0;
}

/** Shorter than the time between two changes of a zone: Morocco has a month between them. */
const STEP: Millis = 14 * DAY;
/** About fifteen years. */
const BLOCK: Millis = 400 * STEP;
/** The offset at the beginning of a block of time, and the changes in it. */
interface Block {
  readonly first: Millis;
  readonly changes: readonly ZoneChange[];
}
/** Kept: a block takes hundreds of questions to Intl. */
const blocks = new Map<string, Block>();

function blockOf(zone: string, index: number): Block {
  const key = `${zone} ${index}`;
  const known = blocks.get(key);
  if (known) return known;
  const begin = index * BLOCK;
  const first = askedOffset(zone, begin);
  const changes: ZoneChange[] = [];
  let from = first;
  for (let at = begin + STEP; at <= begin + BLOCK; at += STEP) {
    const to = askedOffset(zone, at);
    if (to === from) continue;
    let [low, high] = [at - STEP, at];
    while (high - low > SECOND) {
      const middle = Math.floor((low + high) / 2 / SECOND) * SECOND;
      if (askedOffset(zone, middle) === from) low = middle;
      else high = middle;
    }
    changes.push({ at: high, from, to });
    from = to;
  }
  const block = { first, changes };
  blocks.set(key, block);
  return block;
}

/** How far east of UTC the zone is at a moment, ms. */
export function offsetAt(zone: string, at: Millis): Millis {
  const { first, changes } = blockOf(zone, Math.floor(at / BLOCK));
  return changes.findLast(change => change.at <= at)?.to ?? first;
}

/** The changes of a zone's offset from `start` until before `end`. */
export function changesOf(zone: string, start: Millis, end: Millis): ZoneChange[] {
  const found: ZoneChange[] = [];
  for (let index = Math.floor(start / BLOCK); index * BLOCK < end; index++)
    found.push(...blockOf(zone, index).changes);
  return found.filter(({ at }) => at >= start && at < end);
}

/** The wall time in a zone. */
export function wallTime(zone: string, at: Millis): Millis {
  return at + offsetAt(zone, at);
}

/** The moments with a wall time, in order: none where the clock is put forward, two where it is put back. */
export function momentsAt(zone: string, wall: Millis): readonly Millis[] {
  const offsets = new Set([offsetAt(zone, wall - DAY), offsetAt(zone, wall + DAY)]);
  return [...offsets].map(offset => wall - offset).filter(at => wallTime(zone, at) === wall);
}

/**
 * The moment of a wall time, as RFC 5545 reads it: of one that exists twice the first, and one that does not exist by
 * the offset before the gap, so it is later by the length of the gap.
 */
export function momentAt(zone: string, wall: Millis): Millis {
  return momentsAt(zone, wall)[0] ?? wall - offsetAt(zone, wall - DAY);
}

/** The day in a zone, `2026-11-23`. */
export function dayIn(zone: string, at: Millis): string {
  return new Date(wallTime(zone, at)).toISOString().slice(0, 10);
}

/** `+01:00` */
export function printOffset(offset: Millis): string {
  const minutes = Math.abs(Math.round(offset / MINUTE));
  const two = (value: number) => String(value).padStart(2, '0');
  return `${offset < 0 ? '-' : '+'}${two(Math.floor(minutes / 60))}:${two(minutes % 60)}`;
}
