// Checks: their settings in status.yaml, the detection rule, and the result of a run.
import * as z from 'zod';
import { MINUTE, type Millis } from '../time.ts';
import { shortId } from '../token.ts';
import {
  databaseCheck,
  dnsCheck,
  heartbeatCheck,
  httpCheck,
  manualCheck,
  smtpCheck,
  statuspageCheck,
  tcpCheck,
  tlsCheck,
} from './kinds.ts';
import { duration } from './values.ts';

export { duration };

export const checkSchema = z.discriminatedUnion('type', [
  httpCheck,
  tcpCheck,
  dnsCheck,
  tlsCheck,
  smtpCheck,
  databaseCheck,
  statuspageCheck,
  heartbeatCheck,
  manualCheck,
]);

export const detectSchema = z.strictObject({
  failures: z.number().int().min(1).default(3).describe('failed checks in a row that open an incident'),
  recoveries: z.number().int().min(1).default(2).describe('good checks in a row that resolve it'),
  latency: duration.default(2000).describe('average response time over the window that is too slow'),
  window: duration.default(5 * MINUTE),
  percentile: z
    .number()
    .int()
    .min(1)
    .max(100)
    .optional()
    .describe('judge by this percentile, not the average'),
  severity: z.enum(['minor', 'major', 'critical']).default('critical'),
});

export type Check = Readonly<z.infer<typeof checkSchema>> & {
  /** For http: the JSONPaths of the numbers that metrics read from the response. */
  readonly reads?: readonly string[];
};
/** Compares by value: reading status.yaml again makes new objects. */
export function isSameCheck(one: Check, other: Check): boolean {
  return one === other || JSON.stringify(one) === JSON.stringify(other);
}
/** A key to recognise a check after a restart. A hash: secrets in the check cannot be read from it. */
export function checkKey(check: Check): string {
  return shortId(JSON.stringify(check));
}
export type CheckOf<Type extends Check['type']> = Extract<Check, { type: Type }>;
export type DetectRule = Readonly<z.infer<typeof detectSchema>>;

/** The time of each phase of a run, ms; absent: there was no such phase. */
export interface Phases {
  readonly dns?: Millis;
  readonly connect?: Millis;
  readonly tls?: Millis;
  /** From the request's first byte to the response's. */
  readonly firstByte?: Millis;
  /** With redirects and body. */
  readonly total: Millis;
}

/**
 * The result of one run of a check. `unknown` is no measurement: not configured, our own network was down, or our own
 * process was blocked.
 * - `seen` may be published ("HTTP 503", "timed out after 10 s"): no hosts, no secrets.
 * - `detail` is for the operator's log only.
 */
export interface CheckResult {
  /** When the run began, epoch ms. */
  readonly at: Millis;
  readonly outcome: 'up' | 'degraded' | 'down' | 'unknown';
  /** The response time, ms; null when there was no response or it is unknown. */
  readonly latency: Millis | null;
  readonly seen: string;
  readonly detail?: string;
  /** For statuspage: what the provider's page says. May be published, like `seen`. */
  readonly upstream?: string;
  /** A problem that is no outage: a certificate about to expire. May be published, like `seen`. */
  readonly warning?: string;
  readonly phases?: Phases;
  /** When the server's certificate expires, epoch ms. */
  readonly certificateEnd?: Millis;
  /** The run tried to reach private addresses only, so it says nothing about our own network. */
  readonly inside?: true;
  /** The run saw nothing because our own process was blocked: check again at once. */
  readonly paused?: true;
  /** The values at the check's `reads`. */
  readonly readings?: readonly MetricReading[];
  /** `took`: how long the run took; `waited`: how long it waited before it began. ms; absent: not at all. */
  readonly took?: Millis;
  readonly waited?: Millis;
  /** The last known state was too old when this run ended. */
  readonly inDoubt?: boolean;
}

/** A number for a metric, or why there is none. */
export type MetricReading = { readonly path: string } & (
  | { readonly value: number }
  | { readonly fault: string }
);

/** The result that a probe returns; the caller adds the time. */
export type ProbeResult = Omit<CheckResult, 'at'>;

/** Runs one kind of check once. Settles within about `check.timeout`; never throws. */
export type Probe<C extends Check = Check> = (check: C, signal: AbortSignal) => Promise<ProbeResult>;

/** Whether a check has a target; without one the component is "not configured", not down. */
export function isConfigured(check: Check): boolean {
  if (check.type === 'heartbeat' || check.type === 'manual') return true;
  const target = 'url' in check ? check.url : 'host' in check ? check.host : check.name;
  return target.trim() !== '';
}
