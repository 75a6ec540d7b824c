// The probes' front door: one look at whatever a check asks for, on time and in publishable words.
import { setMaxListeners } from 'node:events';
import type { Check, CheckOf, Phases, Probe, Sighting } from '../core/check.ts';
import { isConfigured } from '../core/check.ts';
import { type Millis, SECOND } from '../core/time.ts';
import { lookAtDatabase } from './probes/database.ts';
import { lookAtDns } from './probes/dns.ts';
import { explain, timedOut } from './probes/failure.ts';
import { lookAtHttp } from './probes/http.ts';
import type { Look, Network } from './probes/network.ts';
import { redact } from './probes/redact.ts';
import { lookAtSmtp } from './probes/smtp.ts';
import { lookAtStatuspage, unreadable } from './probes/statuspage.ts';
import { lookAtTcp } from './probes/tcp.ts';
import { lookAtTls } from './probes/tls.ts';

/**
 * A probe for every kind of check. It always settles within `check.timeout`, never throws, and
 * leaves no socket behind. Heartbeats and manual components are not probed, an empty target is "not
 * configured", and an aborted look is no measurement: all `unknown`.
 */
export function makeProbes(network: Network = {}): Probe {
  return async (check, signal) => {
    if (!isConfigured(check)) return unknown('not configured');
    if (check.type === 'heartbeat' || check.type === 'manual') return unknown('not probed');
    if (signal.aborted) return unknown('not checked');
    const sighting = await withDeadline(check, signal, ending => look(check, ending, network));
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
  look: (ending: AbortSignal) => Promise<Sighting>,
): Promise<Sighting> {
  const started = performance.now();
  const ending = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  let cancel = () => {};
  const deadline = new Promise<Sighting>(resolve => {
    timer = setTimeout(() => resolve(atDeadline(check, performance.now() - started)), check.timeout);
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

/** A deadline that itself came late was held up with everything else here: that is not the other side's fault. */
function atDeadline(check: Check, elapsed: Millis): Sighting {
  return elapsed > check.timeout + HELD_UP ? unknown('not checked in time') : timedOut(check.timeout);
}

const HELD_UP: Millis = SECOND;

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
