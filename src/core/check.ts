// Checks: what status.yaml may ask for (one schema a kind), and what a check saw.
import * as z from 'zod';
import { MINUTE, type Millis, parseDuration, SECOND } from './time.ts';

/** A duration as status.yaml writes it (`10s`, `5m`), read into ms. */
export const duration = z
  .union([z.string(), z.number()])
  .transform((text, context): Millis => {
    const millis = typeof text === 'number' ? null : parseDuration(text);
    if (millis === null) {
      context.addIssue({ code: 'custom', message: `"${text}" is not a duration; write 10s, 5m or 24h` });
      return z.NEVER;
    }
    return millis;
  })
  .meta({ type: 'string', examples: ['10s', '5m', '24h'] });

const timeout = duration.default(10 * SECOND);
const port = z.number().int().min(1).max(65535);

const httpCheck = z.object({
  type: z.literal('http'),
  url: z.string(),
  timeout,
  method: z.enum(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']).default('GET'),
  headers: z.record(z.string(), z.string()).default({}),
  body: z.string().optional(),
  expect: z
    .union([z.number(), z.string(), z.array(z.union([z.number(), z.string()]))])
    .default('200-299')
    .describe('a status, a range, or a list of them'),
  contains: z.string().optional(),
  not_contains: z.string().optional(),
  json: z.record(z.string(), z.unknown()).optional().describe('JSONPath → the value it must have'),
  redirects: z.number().int().min(0).max(20).default(5),
  tls_days: z.number().int().min(0).default(14),
  max_body: z.number().int().positive().default(1_000_000).describe('bytes'),
});

const tcpCheck = z.object({ type: z.literal('tcp'), host: z.string(), port, timeout });

const heartbeatCheck = z.object({
  type: z.literal('heartbeat'),
  period: duration.default(5 * MINUTE),
  grace: duration.default(MINUTE),
  token: z.string().min(8).optional(),
  timeout,
});

const manualCheck = z.object({ type: z.literal('manual'), timeout });

export const checkSchema = z.discriminatedUnion('type', [httpCheck, tcpCheck, heartbeatCheck, manualCheck]);

export const detectSchema = z.object({
  failures: z.number().int().min(1).default(3).describe('failed checks in a row that open an incident'),
  recoveries: z.number().int().min(1).default(2).describe('good checks in a row that resolve it'),
  latency: duration.default(2000).describe('average response time over the window that is too slow'),
  window: duration.default(5 * MINUTE),
  severity: z.enum(['minor', 'major', 'critical']).default('critical'),
});

export type Check = Readonly<z.infer<typeof checkSchema>>;
export type CheckOf<Type extends Check['type']> = Extract<Check, { type: Type }>;
export type DetectRule = Readonly<z.infer<typeof detectSchema>>;

/**
 * What one check saw. `unknown` is not a measurement: not configured, or our own network was down.
 * `seen` may be published ("answered 503", "timed out after 10 s": no hosts, no secrets);
 * `detail` is for the operator's log alone.
 */
export interface CheckResult {
  /** When the check began, epoch ms. */
  readonly at: Millis;
  readonly outcome: 'up' | 'degraded' | 'down' | 'unknown';
  /** How long the answer took, ms; null when there was none. */
  readonly latency: Millis | null;
  readonly seen: string;
  readonly detail?: string;
}

/** What a probe returns: all of a CheckResult but the time, which the caller knows. */
export type Sighting = Omit<CheckResult, 'at'>;

/** One kind of check: looks once, always settles within `check.timeout`, never throws. */
export type Probe<C extends Check = Check> = (check: C, signal: AbortSignal) => Promise<Sighting>;
