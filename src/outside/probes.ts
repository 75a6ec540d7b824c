// The probes' front door: one look at whatever a check asks for, on time and in publishable words.
import { setMaxListeners } from 'node:events';
import type { Check, CheckOf, Phases, Probe, Sighting } from '../core/check.ts';
import { isConfigured } from '../core/check.ts';
import { type Millis, SECOND } from '../core/time.ts';
import { lookAtDatabase } from './probes/database.ts';
import { lookAtDns } from './probes/dns.ts';
import { explain, type Seen, timedOut } from './probes/failure.ts';
import { lookAtHttp } from './probes/http.ts';
import type { Look, Network } from './probes/network.ts';
import { redact } from './probes/redact.ts';
import { lookAtSmtp } from './probes/smtp.ts';
import { lookAtStatuspage, unreadable } from './probes/statuspage.ts';
import { lookAtTcp } from './probes/tcp.ts';
import { lookAtTls } from './probes/tls.ts';
import { PAUSE } from './pulse.ts';

/**
 * A probe for every kind of check. It settles within `check.timeout` (and a second, when the process itself
 * stood still meanwhile), never throws, and leaves no socket behind. Heartbeats and manual components are not
 * probed, an empty target is "not configured", and an aborted look is no measurement: all `unknown`.
 * `paused`: how long the process has stood still so far, ms.
 */
export function makeProbes(network: Network = {}, paused: () => Millis = () => 0): Probe {
  return async (check, signal) => {
    if (!isConfigured(check)) return unknown('not configured');
    if (check.type === 'heartbeat' || check.type === 'manual') return unknown('not probed');
    if (signal.aborted) return unknown('not checked');
    const before = paused();
    const stoodStill = () => paused() - before > PAUSE;
    const seen = await withDeadline(check, signal, stoodStill, ending => look(check, ending, network));
    const sighting = fairly(seen, stoodStill());
    // That a provider's page cannot be read says nothing about the provider's service.
    const fair = check.type === 'statuspage' && sighting.outcome === 'down' ? unreadable(sighting) : sighting;
    return redact(check, whole(fair));
  };
}

function look(check: Check, signal: AbortSignal, network: Network): Promise<Sighting> {
  const kind = KINDS[check.type as keyof typeof KINDS] as Look<Check>;
  return kind(check, signal, network);
}

const KINDS = {
  http: lookAtHttp,
  tcp: lookAtTcp,
  dns: lookAtDns,
  tls: lookAtTls,
  smtp: lookAtSmtp,
  database: lookAtDatabase,
  statuspage: lookAtStatuspage,
} satisfies { readonly [Type in Exclude<Check['type'], 'heartbeat' | 'manual'>]: Look<CheckOf<Type>> };

/** The signal handed to `look` aborts in the end, whatever happened: that is what frees the sockets. */
async function withDeadline(
  check: Check,
  signal: AbortSignal,
  stoodStill: () => boolean,
  look: (ending: AbortSignal) => Promise<Sighting>,
): Promise<Seen> {
  const ending = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  let cancel = () => {};
  const deadline = new Promise<Seen>(resolve => {
    const end = () => resolve(timedOut(check.timeout));
    timer = setTimeout(() => {
      // After a pause an answer may lie here unread: timers come before it.
      if (stoodStill()) timer = setTimeout(end, UNREAD);
      else end();
    }, check.timeout);
    cancel = () => resolve(unknown('not checked'));
  });
  // The poller hands one signal to every check under way; Node would take that for a leak.
  setMaxListeners(0, signal);
  signal.addEventListener('abort', cancel, { once: true });
  try {
    // `async` turns a synchronous throw into a rejection.
    const sighting = (async () => look(ending.signal))().catch(explain);
    return await Promise.race([sighting, deadline]);
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', cancel);
    ending.abort();
  }
}

/** How long what came during a pause is waited for. */
const UNREAD: Millis = SECOND;

/** With a pause of our own in it a look's time is no measurement and its timeout no failure; its answer counts. */
function fairly({ lost, ...sighting }: Seen, stoodStill: boolean): Sighting {
  if (!stoodStill || sighting.outcome === 'unknown') return sighting;
  if (lost) return { ...unknown('our own process was paused'), detail: sighting.seen, paused: true };
  const { phases: _, ...rest } = sighting;
  return { ...rest, latency: null };
}

/** Whole milliseconds: finer ones are noise, and the database counts in integers. */
function whole(sighting: Sighting): Sighting {
  const { latency, phases } = sighting;
  const rounded = Object.entries(phases ?? {}).map(([phase, ms]) => [phase, Math.round(ms)]);
  return {
    ...sighting,
    latency: latency === null ? null : Math.round(latency),
    ...(phases ? { phases: Object.fromEntries(rounded) as Phases } : {}),
  };
}

function unknown(seen: string): Sighting {
  return { outcome: 'unknown', latency: null, seen };
}
