// Checks: what status.yaml may ask for (one schema a kind), and what a check saw.
import * as z from 'zod';
import { parseStatuses } from './http-statuses.ts';
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

const timeout = duration
  .default(10 * SECOND)
  .refine(millis => millis > 0 && millis <= 5 * MINUTE, 'a timeout lies between 1ms and 5m');
// Ports may come out of ${VARIABLES}, which makes them text.
const port = z.coerce.number().int().min(1).max(65535);
const family = z.union([z.literal(4), z.literal(6)]).optional();

const webAddress = z
  .string()
  .refine(
    text => text.trim() === '' || /^https?:$/.test(URL.canParse(text) ? new URL(text).protocol : ''),
    'not a web address; write https://host/path (or leave it empty: not configured)',
  );

const httpCheck = z.object({
  type: z.literal('http'),
  url: webAddress,
  timeout,
  method: z.enum(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']).default('GET'),
  headers: z.record(z.string(), z.string()).default({}),
  body: z.string().optional(),
  expect: z
    .union([z.number(), z.string(), z.array(z.union([z.number(), z.string()]))])
    .refine(expect => parseStatuses(expect) !== null, 'write 200, 200-299 or a list of them')
    .default('200-299')
    .describe('a status, a range, or a list of them'),
  contains: z.string().optional(),
  not_contains: z.string().optional(),
  json: z.record(z.string(), z.unknown()).optional().describe('JSONPath → the value it must have'),
  redirects: z
    .number()
    .int()
    .min(0)
    .max(20)
    .default(5)
    .describe('followed at most; 0 takes the first answer'),
  tls_days: z.number().int().min(0).default(14).describe('warn when the certificate has fewer days left'),
  max_body: z.number().int().positive().default(1_000_000).describe('bytes, decompressed'),
  ip: family.describe('4 or 6: connect over that version of IP only'),
  http2: z.boolean().optional().describe('offer HTTP/2 (https only)'),
});

const tcpCheck = z.object({ type: z.literal('tcp'), host: z.string(), port, timeout });

const dnsCheck = z.object({
  type: z.literal('dns'),
  name: z.string(),
  record: z.enum(['A', 'AAAA', 'CNAME', 'MX', 'TXT', 'NS']).default('A'),
  expect: z
    .array(z.string())
    .optional()
    .describe('values that must all be among the answers (MX: the exchange)'),
  server: z
    .string()
    .optional()
    .describe("IP of the name server to ask, with :port if not 53; default: the system's"),
  timeout,
});

const tlsCheck = z.object({
  type: z.literal('tls'),
  host: z.string(),
  port: port.default(443),
  servername: z.string().optional(),
  days: z.number().int().min(0).default(14).describe('warn when the certificate has fewer days left'),
  timeout,
});

const smtpCheck = z.object({
  type: z.literal('smtp'),
  host: z.string(),
  port: port.default(587),
  secure: z.boolean().optional().describe('TLS from the first byte; default: on port 465'),
  starttls: z.boolean().default(false).describe('the server must offer STARTTLS'),
  user: z.string().optional(),
  pass: z.string().optional(),
  timeout,
});

const databaseCheck = z.object({
  type: z.literal('database'),
  url: z
    .string()
    .refine(
      text => text.trim() === '' || /^(postgres(ql)?|mysql|mariadb|rediss?):\/\/./.test(text),
      'write postgres://, mysql:// or redis:// (or leave it empty: not configured)',
    ),
  query: z.string().optional().describe('default SELECT 1, PING for Redis'),
  timeout,
});

const statuspageCheck = z.object({
  type: z.literal('statuspage'),
  url: webAddress.describe('of the page; /api/v2/summary.json is read'),
  component: z.string().optional().describe('name or id; default the whole page'),
  timeout,
});

const heartbeatCheck = z.object({
  type: z.literal('heartbeat'),
  period: duration.default(5 * MINUTE),
  grace: duration.default(MINUTE),
  token: z.string().min(8).optional(),
  timeout,
});

const manualCheck = z.object({ type: z.literal('manual'), timeout });

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

export const detectSchema = z.object({
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

export type Check = Readonly<z.infer<typeof checkSchema>>;
export type CheckOf<Type extends Check['type']> = Extract<Check, { type: Type }>;
export type DetectRule = Readonly<z.infer<typeof detectSchema>>;

/** Where a check's answer took its time, ms from the start of each phase; absent: there was no such phase. */
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
  /** Something to mend that is no outage: a certificate about to expire. Publishable like `seen`. */
  readonly warning?: string;
  readonly phases?: Phases;
}

/** What a probe returns: all of a CheckResult but the time, which the caller knows. */
export type Sighting = Omit<CheckResult, 'at'>;

/** One kind of check: looks once, always settles within `check.timeout`, never throws. */
export type Probe<C extends Check = Check> = (check: C, signal: AbortSignal) => Promise<Sighting>;

/** Whether a check has something to look at; one whose target is empty is "not configured", not down. */
export function isConfigured(check: Check): boolean {
  if (check.type === 'heartbeat' || check.type === 'manual') return true;
  const target = 'url' in check ? check.url : 'host' in check ? check.host : check.name;
  return target.trim() !== '';
}
