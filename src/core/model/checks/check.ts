// Checks: what status.yaml may ask for, when it is an outage, and what a check saw.
import * as z from 'zod';
import { MINUTE, type Millis } from '../time.ts';
import { shortId } from '../token.ts';
import {
  databaseCheck,
  dnsCheck,
  duration,
  heartbeatCheck,
  httpCheck,
  manualCheck,
  smtpCheck,
  statuspageCheck,
  tcpCheck,
  tlsCheck,
} from './kinds.ts';

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
  /** Of an http check: the JSONPaths at which metrics read a number out of its answer. */
  readonly reads?: readonly string[];
};
/** Whether two checks are the same, though status.yaml was read again. */
export function isSameCheck(one: Check, other: Check): boolean {
  return one === other || JSON.stringify(one) === JSON.stringify(other);
}
/** Names a check, so that another can be told from it after a restart; nothing of it can be read from that. */
export function checkKey(check: Check): string {
  return shortId(JSON.stringify(check));
}
export type CheckOf<Type extends Check['type']> = Extract<Check, { type: Type }>;
export type DetectRule = Readonly<z.infer<typeof detectSchema>>;

/** Where a check's answer took its time, ms a phase took; absent: there was no such phase. */
export interface Phases {
  readonly dns?: Millis;
  readonly connect?: Millis;
  readonly tls?: Millis;
  /** From the request's first byte to the answer's. */
  readonly firstByte?: Millis;
  /** Everything, redirects and body included. */
  readonly total: Millis;
}

/**
 * What one check saw. `unknown` is not a measurement: not configured, our own network was down, or our own process
 * stood still.
 * `seen` may be published ("answered 503", "timed out after 10 s": no hosts, no secrets);
 * `detail` is for the operator's log alone.
 */
export interface CheckResult {
  /** When the check began, epoch ms. */
  readonly at: Millis;
  readonly outcome: 'up' | 'degraded' | 'down' | 'unknown';
  /** How long the answer took, ms; null when there was none, or it cannot be told. */
  readonly latency: Millis | null;
  readonly seen: string;
  readonly detail?: string;
  /** Something to mend that is no outage: a certificate about to expire. Publishable like `seen`. */
  readonly warning?: string;
  readonly phases?: Phases;
  /** When the certificate it was shown ends, epoch ms. */
  readonly certificateEnd?: Millis;
  /** Nothing was seen because our own process stood still meanwhile: check again at once. */
  readonly paused?: true;
  /** What stands at each of the check's `reads`. */
  readonly readings?: readonly MetricReading[];
  /** How long the run took until it ended, and how long it had waited for its turn before it began, ms; absent: not at all. */
  readonly took?: Millis;
  readonly waited?: Millis;
  /** What was known when the run ended was too old to go by. */
  readonly inDoubt?: boolean;
}

/** A number a metric reads, or why there is none. */
export type MetricReading = { readonly path: string } & (
  | { readonly value: number }
  | { readonly fault: string }
);

/** What a probe returns: all of a CheckResult but the time, which the caller knows. */
export type ProbeResult = Omit<CheckResult, 'at'>;

/** One kind of check: runs once, settles within `check.timeout` or about it, never throws. */
export type Probe<C extends Check = Check> = (check: C, signal: AbortSignal) => Promise<ProbeResult>;

/** Whether a check has something to look at; one whose target is empty is "not configured", not down. */
export function isConfigured(check: Check): boolean {
  if (check.type === 'heartbeat' || check.type === 'manual') return true;
  const target = 'url' in check ? check.url : 'host' in check ? check.host : check.name;
  return target.trim() !== '';
}
