// The probes' front door: one run of whatever a check asks for, on time and in publishable words.
import type { Check, CheckOf, Phases, Probe, ProbeResult } from '../core/model/checks/check.ts';
import { isConfigured } from '../core/model/checks/check.ts';
import type { Millis } from '../core/model/time.ts';
import { checkDatabase } from './probes/database.ts';
import { withDeadline } from './probes/deadline.ts';
import { checkDns } from './probes/dns.ts';
import type { Seen } from './probes/failure.ts';
import { checkHttp } from './probes/http/http.ts';
import type { CheckRunner, Network } from './probes/network.ts';
import { redact } from './probes/redact.ts';
import { checkSmtp } from './probes/smtp.ts';
import { checkStatuspage, unreadable } from './probes/statuspage.ts';
import { checkTcp } from './probes/tcp.ts';
import { checkTls } from './probes/tls.ts';
import { PAUSE } from './pulse.ts';

/**
 * A probe for every kind of check. It settles within `check.timeout` (when the process itself stood still meanwhile,
 * up to a quarter more of it, and a second), never throws, and leaves no socket behind. Heartbeats and manual components are not
 * probed, an empty target is "not configured", and an aborted run is no measurement: all `unknown`.
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
    const runner = KINDS[check.type] as CheckRunner<Check>;
    const seen = await withDeadline(check.timeout, signal, stood, (ending, note) =>
      runner(check, ending, network, note),
    );
    const share = stood() / (performance.now() - began);
    const result = fairly(seen, stood() > PAUSE, share > EXCUSE || steps() !== stepped);
    // That a provider's page cannot be read says nothing about the provider's service.
    const isUnreadable = check.type === 'statuspage' && result.outcome === 'down' && !seen.isRead;
    return redact(check, whole(isUnreadable ? unreadable(result) : result));
  };
}

const KINDS = {
  http: checkHttp,
  tcp: checkTcp,
  dns: checkDns,
  tls: checkTls,
  smtp: checkSmtp,
  database: checkDatabase,
  statuspage: checkStatuspage,
} satisfies { readonly [Type in Exclude<Check['type'], 'heartbeat' | 'manual'>]: CheckRunner<CheckOf<Type>> };

/** Pauses that are a smaller part of a check than this explain no lost answer: what hangs must be found all the same. */
const EXCUSE = 0.2;

/** With pauses of our own in it a check's time is no measurement; where they explain it, a lost answer is no failure. */
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
