// Jitter: spreads a schedule's checks over its period, so that they do not all start in the same second.
import { roughPeriod } from '../model/checks/cron.ts';
import { MINUTE, type Millis, SECOND } from '../model/time.ts';

/** The largest delay, so that a rare check still runs about when it should. */
const FARTHEST: Millis = 10 * MINUTE;

/**
 * The delay (ms) of a component's checks; the same for the same id and schedule at each start. Only `*` and `*\/n`:
 * anywhere in the period. Five fields with other values: within the minute. Six fields with other values: none.
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

/** FNV-1a with a final mix, so that similar ids get very different values. */
function hash(text: string): number {
  let value = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) value = Math.imul(value ^ text.charCodeAt(i), 0x01000193);
  value = Math.imul(value ^ (value >>> 16), 0x85ebca6b);
  value = Math.imul(value ^ (value >>> 13), 0xc2b2ae35);
  return (value ^ (value >>> 16)) >>> 0;
}
