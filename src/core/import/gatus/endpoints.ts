// Gatus' endpoints as components with checks.
import { MINUTE, type Millis, parseDuration, SECOND } from '../../model/time.ts';
import {
  cronOf,
  hostPort,
  portOf,
  printDuration,
  socketCheck,
  soundCheck,
  soundHeaders,
  VERIFIED_HERE,
  type WrittenCheck,
} from '../foreign-checks.ts';
import { type ForeignRecord, isRecord, recordsIn, textOf } from '../foreign-yaml.ts';
import type { EntryRemarks, ImportedComponent } from '../imported.ts';
import { type Hide, hideSecrets, makeHide } from '../secrets.ts';
import { type Judges, meaningOf } from './conditions.ts';

/** Ways to an endpoint without which it may not answer, though it is well. */
const WAYS: Readonly<Record<string, string>> = {
  oauth2: 'can log in as it does',
  'identity-aware-proxy': 'can log in as it does',
  tls: 'has a certificate of its own',
  'proxy-url': 'goes through a proxy',
  tunnel: 'goes through a tunnel',
};

/** Of a check that becomes manual, nothing else is said. */
const UNSAID: EntryRemarks = { changed: () => {}, leftOut: () => {}, changedInAll: () => {} };

/** An endpoint's fields beside its id, name and group. */
export type Watch = Pick<ImportedComponent, 'schedule' | 'check' | 'detect'>;

/**
 * @param id its component's
 * @param alerting `alerting:`, which has the defaults of alerts
 */
export function watchOf(endpoint: ForeignRecord, id: string, alerting: unknown, say: EntryRemarks): Watch {
  const client = isRecord(endpoint.client) ? endpoint.client : {};
  const manual = (why: string): Watch => {
    say.changed(`${why}: its check becomes manual`);
    return { check: { type: 'manual' } };
  };
  const way = Object.keys(WAYS).find(key => client[key]);
  if (way !== undefined) return manual(`no check ${WAYS[way]} (\`client.${way}\`)`);
  const { judges } = targetOf(endpoint, makeHide('', UNSAID), UNSAID);
  if (!judges) return manual('this kind of endpoint cannot be checked');
  const conditions = (Array.isArray(endpoint.conditions) ? endpoint.conditions : []).map(String);
  const { contrary } = meaningOf(conditions, judges, UNSAID);
  if (contrary.length > 0) return manual(`it is up there by “${contrary.join('”, “')}”, which is down here`);
  const { check } = targetOf(endpoint, makeHide(`GATUS_${id}`, say), say);
  const { fields, latency } = meaningOf(conditions, judges, say);
  if (client.insecure && judges !== 'dns' && check.type !== 'tcp') say.changed(VERIFIED_HERE);
  if (client['dns-resolver'])
    say.changed('its name is looked up as this server does, not by `client.dns-resolver`');
  const timeout = timeoutOf(endpoint) ?? 10 * SECOND;
  if (latency !== null)
    say.changedInAll(
      'a slow answer is an incident of its own, by the average over five minutes (`detect.latency`)',
    );
  return {
    schedule: scheduleOf(endpoint, say),
    check: soundCheck(
      { ...check, ...fields, ...(timeout === 10 * SECOND ? {} : { timeout: printDuration(timeout) }) },
      say,
    ),
    // What no condition calls slow is not slow here.
    detect: { ...thresholdsOf(endpoint, alerting), latency: printDuration(latency ?? timeout) },
  };
}

/** Gatus looks every minute unless an endpoint says otherwise. */
function scheduleOf({ interval }: ForeignRecord, say: EntryRemarks): string {
  const wanted = parseDuration(textOf(interval) ?? '1m') ?? MINUTE;
  const { cron, period } = cronOf(wanted);
  if (period !== wanted)
    say.changed(`it is checked every ${printDuration(period)}, not every ${textOf(interval)}`);
  return cron;
}

/** From 1 ms to 5 minutes, as status.yaml takes them. */
function timeoutOf({ client }: ForeignRecord): Millis | null {
  const wanted = isRecord(client) ? parseDuration(textOf(client.timeout) ?? '') : null;
  return wanted === null || wanted <= 0 ? null : Math.min(wanted, 5 * MINUTE);
}

/** The alert that is sent first decides; three failures and two successes are the default of both. */
function thresholdsOf({ alerts }: ForeignRecord, alerting: unknown): Readonly<Record<string, number>> {
  const enabled = recordsIn(alerts)
    .map(alert => {
      const provider = isRecord(alerting) ? alerting[String(alert.type)] : null;
      const defaults = isRecord(provider) ? provider['default-alert'] : null;
      return isRecord(defaults) ? { ...defaults, ...alert } : alert;
    })
    .filter(alert => alert.enabled !== false);
  const least = (key: string, usual: number) => {
    const given = enabled
      .map(alert => Number(alert[key] ?? 0))
      .map(count => (count >= 1 ? Math.floor(count) : usual));
    return given.length === 0 ? usual : Math.min(...given);
  };
  const failures = least('failure-threshold', 3);
  const recoveries = least('success-threshold', 2);
  return { ...(failures === 3 ? {} : { failures }), ...(recoveries === 2 ? {} : { recoveries }) };
}

interface CheckTarget {
  readonly check: WrittenCheck;
  /** Null: it cannot be checked. */
  readonly judges: Judges | null;
}

function targetOf(endpoint: ForeignRecord, hide: Hide, say: EntryRemarks): CheckTarget {
  const url = (textOf(endpoint.url) ?? '').trim();
  if (isRecord(endpoint.dns)) return dnsOf(url, endpoint.dns);
  const [, scheme = ''] = /^([a-z]+):\/\//i.exec(url) ?? [];
  const { host, port } = hostPort(url);
  const manual: CheckTarget = { check: { type: 'manual' }, judges: null };
  if (scheme !== '' && !scheme.startsWith('http') && textOf(endpoint.body) !== null)
    say.leftOut('`body`: nothing is sent over the connection');
  if (scheme === 'tcp')
    return port === undefined
      ? manual
      : { check: { type: 'tcp', host, ...portOf(port) }, judges: 'connection' };
  if (scheme === 'tls') return { check: { type: 'tls', host, ...portOf(port) }, judges: 'tls' };
  if (scheme === 'starttls')
    return { check: { type: 'smtp', host, ...portOf(port), starttls: true }, judges: 'connection' };
  if (scheme === 'ws') return { check: socketCheck(url, say), judges: 'connection' };
  if (scheme === 'wss') return { check: socketCheck(url, say), judges: 'tls' };
  // The whole address may be a variable.
  if (/^https?$/.test(scheme) || url.startsWith('${'))
    return { check: httpOf(endpoint, url, hide, say), judges: 'http' };
  return manual;
}

/** The address of an endpoint with `dns` is the name server's. */
function dnsOf(url: string, dns: ForeignRecord): CheckTarget {
  const record = String(dns['query-type']).toUpperCase();
  const name = (textOf(dns['query-name']) ?? '').replace(/\.$/, '');
  const { host, port } = hostPort(url);
  const plain = host.replace(/^\[(.*)\]$/, '$1');
  const server = port === undefined || port === '53' ? plain : `${host}:${port}`;
  return { check: { type: 'dns', name, ...(record === 'A' ? {} : { record }), server }, judges: 'dns' };
}

function httpOf(endpoint: ForeignRecord, address: string, hide: Hide, say: EntryRemarks): WrittenCheck {
  const client = isRecord(endpoint.client) ? endpoint.client : {};
  const method = (textOf(endpoint.method) ?? 'GET').toUpperCase();
  const ip = client.network === 'ip4' ? 4 : client.network === 'ip6' ? 6 : null;
  const written = Object.entries(isRecord(endpoint.headers) ? endpoint.headers : {}).map(
    ([name, value]) => [name, String(value)] as const,
  );
  const isTyped = endpoint.graphql !== true || written.some(([name]) => /^content-type$/i.test(name));
  const sent = { url: address, headers: written, body: bodyOf(endpoint, address, say) };
  const { url, headers, body } = hideSecrets(sent, hide);
  return {
    type: 'http',
    url,
    ...(method === 'GET' ? {} : { method }),
    ...soundHeaders(isTyped ? headers : [...headers, ['Content-Type', 'application/json']], say),
    ...(body === null ? {} : { body }),
    ...(client['ignore-redirect'] === true ? { redirects: 0 } : {}),
    ...(ip === null ? {} : { ip }),
  };
}

function bodyOf(endpoint: ForeignRecord, url: string, say: EntryRemarks): string | null {
  const text = textOf(endpoint.body);
  if (text === null) return null;
  if (/\[RANDOM_STRING_\d+\]/.test(text))
    say.leftOut('`[RANDOM_STRING_…]` in `body`: it is sent as it is written');
  const body = text
    .replaceAll('[ENDPOINT_NAME]', () => textOf(endpoint.name) ?? '')
    .replaceAll('[ENDPOINT_GROUP]', () => textOf(endpoint.group) ?? '')
    .replaceAll('[ENDPOINT_URL]', () => url);
  return endpoint.graphql === true ? JSON.stringify({ query: body }) : body;
}
