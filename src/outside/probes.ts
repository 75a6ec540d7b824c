// Runs a check of any kind, within its time limit and with a result that may be published.
import type { Check, CheckOf, Phases, Probe, ProbeResult } from '../core/model/checks/check.ts';
import { isConfigured } from '../core/model/checks/check.ts';
import { isPrivate } from '../core/model/checks/private-address.ts';
import type { Millis } from '../core/model/time.ts';
import { checkDatabase } from './probes/database.ts';
import { withDeadline } from './probes/deadline.ts';
import { checkDns } from './probes/dns.ts';
import type { ProbeFinding } from './probes/failure.ts';
import { checkHttp } from './probes/http/http.ts';
import type { CheckRunner, Network } from './probes/network.ts';
import { redact } from './probes/redact.ts';
import { checkSmtp } from './probes/smtp.ts';
import { checkStatuspage, unreadable } from './probes/statuspage.ts';
import { checkTcp } from './probes/tcp.ts';
import { checkTls } from './probes/tls.ts';
import { PAUSE } from './pulse.ts';

/**
 * Makes the probe, which runs a check of any kind.
 * It settles within `check.timeout` (after a pause of this process, up to a quarter and a second later), never throws,
 * and leaves no socket open. Heartbeats and manual components are not probed, an empty target is "not configured", and
 * an aborted run is no measurement: all `unknown`.
 * @param paused how long the process was paused so far, ms
 * @param steps how often the machine seems to have been asleep
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
    const pausedFor = () => paused() - before;
    const met = new Set<string>();
    const runner = KINDS[check.type] as CheckRunner<Check>;
    const seen = await withDeadline(check.timeout, signal, pausedFor, (ending, note) =>
      runner(check, ending, { ...network, meet: address => met.add(address) }, note),
    );
    const share = pausedFor() / (performance.now() - began);
    const result = excusePause(seen, pausedFor() > PAUSE, share > EXCUSE || steps() !== stepped);
    // An unreadable status page of a provider says nothing about its service.
    const isUnreadable = check.type === 'statuspage' && result.outcome === 'down' && !seen.isRead;
    const isInside = met.size > 0 && [...met].every(network.isPrivate ?? isPrivate);
    const told = { ...whole(isUnreadable ? unreadable(result) : result), ...(isInside ? INSIDE : {}) };
    return redact(check, told);
  };
}

const INSIDE = { inside: true } as const;

const KINDS = {
  http: checkHttp,
  tcp: checkTcp,
  dns: checkDns,
  tls: checkTls,
  smtp: checkSmtp,
  database: checkDatabase,
  statuspage: checkStatuspage,
} satisfies { readonly [Type in Exclude<Check['type'], 'heartbeat' | 'manual'>]: CheckRunner<CheckOf<Type>> };

/** Pauses shorter than this part of a check do not excuse a lost response: a target that hangs must be found. */
const EXCUSE = 0.2;

/**
 * Drops the response time of a run with a pause of this process. If the pause explains a lost response, the run is no
 * failure.
 */
function excusePause(
  { lost, isRead: _, ...result }: ProbeFinding,
  wasPaused: boolean,
  isExcused: boolean,
): ProbeResult {
  if (!wasPaused || result.outcome === 'unknown') return result;
  if (lost && isExcused)
    return { ...unknown('our own process was paused'), detail: result.seen, paused: true };
  const { phases: _phases, ...rest } = result;
  return { ...rest, latency: null };
}

/** Rounds to whole milliseconds: fractions are noise, and the database stores integers. */
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
