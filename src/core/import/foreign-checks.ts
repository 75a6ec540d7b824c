// Checks of other products in the terms of status.yaml: what several importers need.
import { checkSchema } from '../model/checks/check.ts';
import { parseStatuses } from '../model/checks/http-statuses.ts';
import { HEADER_NAME, OWN_HEADERS } from '../model/checks/kinds.ts';
import { DAY, HOUR, MINUTE, type Millis, SECOND } from '../model/time.ts';
import { isRecord } from './foreign-yaml.ts';
import type { EntryRemarks, ImportedComponent } from './imported.ts';

export type WrittenCheck = Readonly<Record<string, unknown>>;

/** What is said where the other product took any certificate. */
export const VERIFIED_HERE =
  'its certificate is verified here, which it was not there: the check fails if it is not valid';

/** A dollar that begins no variable: status.yaml reads this, in one pass, as a plain `$`. */
export const PLAIN_DOLLAR = '${DOLLAR:-$}';

const VARIABLE = /\$\{([A-Za-z_]\w*)\}/g;

/** The check as it is, or `manual` if status.yaml could not be read with it; variables may have any value that fits. */
export function soundCheck(check: WrittenCheck, say: EntryRemarks): WrittenCheck {
  const { success, error } = checkSchema.safeParse(filled(check, ''));
  if (success) return check;
  const [issue] = error.issues;
  say.changed(`its check becomes manual: \`${issue?.path.join('.')}\` cannot be used (${issue?.message})`);
  return { type: 'manual' };
}

const FITTING: Readonly<Record<string, string>> = { url: 'https://example.com', port: '1', expect: '200' };

/** Puts a value that fits in place of each variable. */
function filled(value: unknown, key: string): unknown {
  if (typeof value === 'string') {
    const whole = value.replace(VARIABLE, '').trim() === '';
    const usual = whole ? FITTING[key] : undefined;
    return value.replace(VARIABLE, usual ?? '192.0.2.1');
  }
  if (Array.isArray(value)) return value.map(one => filled(one, ''));
  if (!isRecord(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, filled(inner, name)]));
}

/** Says which environment variables the checks of components need. */
export function sayVariables(components: readonly ImportedComponent[], say: EntryRemarks): void {
  const checks = JSON.stringify(components.map(({ check }) => check));
  const names = new Set([...checks.matchAll(VARIABLE)].map(([, name]) => name));
  if (names.size > 0)
    say.changed(`set these environment variables, which its checks use: ${[...names].sort().join(', ')}`);
}

/** `expect:` for a set of statuses: numbers and ranges; null if there is none from 100 to 599. */
export function expectOf(statuses: Iterable<number>): string | number | null {
  const sorted = [...new Set(statuses)].filter(one => parseStatuses(one) !== null).sort((a, b) => a - b);
  const ranges: [number, number][] = [];
  for (const one of sorted) {
    const last = ranges.at(-1);
    if (last && last[1] === one - 1) last[1] = one;
    else ranges.push([one, one]);
  }
  if (ranges.length === 1 && ranges[0]![0] === ranges[0]![1]) return ranges[0]![0];
  return ranges.map(([from, to]) => (from === to ? `${from}` : `${from}-${to}`)).join(', ') || null;
}

/** Headers that a check may set; each name once, the last one. */
export function soundHeaders(
  headers: readonly (readonly [name: string, value: string])[],
  say: EntryRemarks,
): { readonly headers?: Readonly<Record<string, string>> } {
  const kept = new Map<string, readonly [string, string]>();
  for (const [name, value] of headers) {
    if (!HEADER_NAME.test(name) || OWN_HEADERS.test(name))
      say.leftOut(`the header “${name}”, which a check cannot set`);
    else kept.set(name.toLowerCase(), [name, value.trim()]);
  }
  return kept.size > 0 ? { headers: Object.fromEntries(kept.values()) } : {};
}

/** The host and port of `host`, `host:port`, `[::1]:port` or `scheme://host:port/path`. */
export function hostPort(address: string): { readonly host: string; readonly port?: string } {
  const plain = address.trim().replace(/^[a-z][a-z\d+.-]*:\/\//i, '');
  const [, host = '', port] =
    /^(?:[^/@]*@)?(\[[^\]]*\]|\$\{\w+\}|[^:/?#]*)(?::(\d+|\$\{\w+\}))?(?:[/?#].*)?$/.exec(plain) ?? [];
  // More colons than one: an IPv6 address without brackets.
  if (host === '') return { host: plain };
  return port === undefined ? { host } : { host, port };
}

/** What can be checked of a WebSocket: that its server answers. */
export function socketCheck(url: string, say: EntryRemarks): WrittenCheck {
  const { host, port } = hostPort(url);
  say.changed('only the connection is checked, not what is said over the WebSocket');
  if (/^wss:/i.test(url)) return { type: 'tls', host, ...portOf(port) };
  return { type: 'tcp', host, port: portOf(port).port ?? 80 };
}

/** A port as status.yaml writes it: a number, or the text of a variable. */
export function portOf(port: string | undefined): { readonly port?: number | string } {
  return port === undefined ? {} : { port: /^\d+$/.test(port) ? Number(port) : port };
}

/** A duration as status.yaml writes it. */
export function printDuration(millis: Millis): string {
  for (const [unit, length] of UNITS)
    if (millis >= length && millis % length === 0) return `${millis / length}${unit}`;
  return `${millis}ms`;
}
const UNITS: readonly (readonly [string, Millis])[] = [
  ['h', HOUR],
  ['m', MINUTE],
  ['s', SECOND],
];

/** Periods that a cron expression can give exactly: those that divide the next larger unit. */
const PERIODS: readonly (readonly [period: Millis, cron: string])[] = [
  ...[1, 2, 3, 4, 5, 6, 10, 12, 15, 20, 30].map(n => [n * SECOND, `*/${n} * * * * *`] as const),
  ...[2, 3, 4, 5, 6, 10, 12, 15, 20, 30].map(n => [n * MINUTE, `*/${n} * * * *`] as const),
  ...[2, 3, 4, 6, 8, 12].map(n => [n * HOUR, `0 */${n} * * *`] as const),
  [MINUTE, '* * * * *'],
  [HOUR, '0 * * * *'],
  [DAY, '0 0 * * *'],
];

/** The cron expression nearest to a period, and the period that it gives. */
export function cronOf(wanted: Millis): { readonly cron: string; readonly period: Millis } {
  const off = (period: Millis) => Math.abs(Math.log(period / Math.max(wanted, 1)));
  const [period, cron] = PERIODS.reduce((best, one) => (off(one[0]) < off(best[0]) ? one : best));
  return { cron, period };
}
