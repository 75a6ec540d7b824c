// The inbound monitors we understand, by the last word of their webhook's path.
import type { Reader } from './signal.ts';
import { uptimerobot } from './uptimerobot.ts';

/** `/webhooks/uptime` reads `uptimerobot`; every other path is the sender's own name. */
export const INBOUND: Readonly<Record<string, Reader>> = {
  uptimerobot,
};
