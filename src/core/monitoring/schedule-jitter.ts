// Jitter: a schedule's checks share out its period instead of all starting at its first second.
import { roughPeriod } from '../model/checks/cron.ts';
import { MINUTE, type Millis, SECOND } from '../model/time.ts';

/** A check is moved by less than this, so that a rare one still runs about when it was asked for. */
const FARTHEST: Millis = 10 * MINUTE;

/**
 * How far (ms) a component's checks are moved after its schedule's own seconds; the same for the same
 * id and schedule at every start. `*` and `*\/n` alone name a period, which is shared out whole; five
 * fields that name minutes or hours leave the second within the minute to us; six fields that name
 * anything are kept to the second.
 */
export function offsetOf(id: string, cron: string): Millis {
  const seconds = Math.floor(room(cron) / SECOND);
  return seconds <= 1 ? 0 : (hash(id) % seconds) * SECOND;
}

function room(cron: string): Millis {
  const fields = cron.trim().split(/\s+/);
  if (fields.every(field => /^\*(\/\d+)?$/.test(field))) return Math.min(roughPeriod(cron), FARTHEST);
  return fields.length === 5 ? MINUTE : 0;
}

/** FNV-1a with a final mixing: like ids land far apart. */
function hash(text: string): number {
  let value = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) value = Math.imul(value ^ text.charCodeAt(i), 0x01000193);
  value = Math.imul(value ^ (value >>> 16), 0x85ebca6b);
  value = Math.imul(value ^ (value >>> 13), 0xc2b2ae35);
  return (value ^ (value >>> 16)) >>> 0;
}
