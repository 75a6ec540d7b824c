// The probes' front door: one look at whatever a check asks for, on time and in publishable words.
import { setMaxListeners } from 'node:events';
import type { Check, CheckOf, Phases, Probe, ProbeResult } from '../core/model/checks/check.ts';
import { isConfigured } from '../core/model/checks/check.ts';
import { type Millis, SECOND } from '../core/model/time.ts';
import { lookAtDatabase } from './probes/database.ts';
import { lookAtDns } from './probes/dns.ts';
import { explain, type Seen, timedOut } from './probes/failure.ts';
import { lookAtHttp } from './probes/http/http.ts';
import type { Look, Network, Note } from './probes/network.ts';
import { redact } from './probes/redact.ts';
import { lookAtSmtp } from './probes/smtp.ts';
import { lookAtStatuspage, unreadable } from './probes/statuspage.ts';
import { lookAtTcp } from './probes/tcp.ts';
import { lookAtTls } from './probes/tls.ts';
import { PAUSE } from './pulse.ts';

/**
 * A probe for every kind of check. It settles within `check.timeout` (when the process itself stood still meanwhile,
 * up to a quarter more of it, and a second), never throws, and leaves no socket behind. Heartbeats and manual components are not
 * probed, an empty target is "not configured", and an aborted look is no measurement: all `unknown`.
 * `paused`: how long the process has stood still so far, ms; `steps`: how often the machine seems to have been asleep.
 */
export function makeProbes(
  network: Network = {},
  paused: () => Millis = () => 0,
  steps: () => number = () => 0,
): Probe {
  return async (check, signal) => {
    if (!isConfigured(check)) return unknown('not configured');
    if (check.type === 'heartbeat' || check.type === 'manual') return unknown('not probed');
    if (signal.aborted) return unknown('not checked');
    const [began, before, stepped] = [performance.now(), paused(), steps()];
    const stood = () => paused() - before;
    const seen = await withDeadline(check, signal, stood, (ending, note) =>
      look(check, ending, network, note),
    );
    const share = stood() / (performance.now() - began);
    const result = fairly(seen, stood() > PAUSE, share > EXCUSE || steps() !== stepped);
    // That a provider's page cannot be read says nothing about the provider's service.
    const isUnreadable = check.type === 'statuspage' && result.outcome === 'down' && !seen.isRead;
    return redact(check, whole(isUnreadable ? unreadable(result) : result));
  };
}

function look(check: Check, signal: AbortSignal, network: Network, note: Note): Promise<Seen> {
  const kind = KINDS[check.type as keyof typeof KINDS] as Look<Check>;
  return kind(check, signal, network, note);
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
  stood: () => Millis,
  look: (ending: AbortSignal, note: Note) => Promise<Seen>,
): Promise<Seen> {
  const ending = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  let cancel = () => {};
  let soFar: string | null = null;
  const note: Note = words => {
    soFar = words;
  };
  const deadline = new Promise<Seen>(resolve => {
    const began = performance.now();
    const wait = (known: Millis) => {
      const paused = stood();
      // The time it stood still is given anew, within bounds.
      const most = check.timeout / 4;
      const owed = paused > PAUSE ? check.timeout + Math.min(paused, most) + began - performance.now() : 0;
      // After a pause an answer may lie here unread: timers come before it.
      const unread = paused - known > PAUSE && known < most ? UNREAD : 0;
      const left = Math.max(owed, unread);
      if (left > 0) timer = setTimeout(wait, left, paused);
      else resolve(timedOut(check.timeout, soFar));
    };
    timer = setTimeout(wait, check.timeout, 0);
    cancel = () => resolve(unknown('not checked'));
  });
  // The poller hands one signal to every check under way; Node would take that for a leak.
  setMaxListeners(0, signal);
  signal.addEventListener('abort', cancel, { once: true });
  try {
    // `async` turns a synchronous throw into a rejection.
    const result = (async () => look(ending.signal, note))().catch(explain);
    return await Promise.race([result, deadline]);
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', cancel);
    ending.abort();
  }
}

/** How long what came during a pause is waited for. */
const UNREAD: Millis = SECOND;

/** Pauses that are a smaller part of a look than this explain no lost answer: what hangs must be found all the same. */
const EXCUSE = 0.2;

/** With pauses of our own in it a look's time is no measurement; where they explain it, a lost answer is no failure. */
function fairly({ lost, isRead: _, ...result }: Seen, stoodStill: boolean, isExcused: boolean): ProbeResult {
  if (!stoodStill || result.outcome === 'unknown') return result;
  if (lost && isExcused)
    return { ...unknown('our own process was paused'), detail: result.seen, paused: true };
  const { phases: _phases, ...rest } = result;
  return { ...rest, latency: null };
}

/** Whole milliseconds: finer ones are noise, and the database counts in integers. */
function whole(result: ProbeResult): ProbeResult {
  const { latency, phases } = result;
  const rounded = Object.entries(phases ?? {}).map(([phase, ms]) => [phase, Math.round(ms)]);
  return {
    ...result,
    latency: latency === null ? null : Math.round(latency),
    ...(phases ? { phases: Object.fromEntries(rounded) as Phases } : {}),
  };
}

function unknown(seen: string): ProbeResult {
  return { outcome: 'unknown', latency: null, seen };
}
