// Uptime Kuma's monitors as checks of status.yaml.
import { fromJson } from '../../inbound/fields.ts';
import { parseStatuses } from '../../model/checks/http-statuses.ts';
import { MINUTE, SECOND } from '../../model/time.ts';
import {
  portOf,
  printDuration,
  socketCheck,
  soundHeaders,
  VERIFIED_HERE,
  type WrittenCheck,
} from '../foreign-checks.ts';
import { isRecord } from '../foreign-yaml.ts';
import type { EntryRemarks } from '../imported.ts';
import { type Hide, hideSecrets } from '../secrets.ts';
import type { MonitorRow } from './tables.ts';

/** The check of a monitor, not judged yet (`soundCheck`); a sentence why there is none. */
export function checkOf(monitor: MonitorRow, say: EntryRemarks, hide: Hide): WrittenCheck | string {
  if (!monitor.active) return 'it is paused there';
  if (monitor.upside_down) return 'it is upside down there (down is good), which no check can say';
  const make = KINDS[monitor.type];
  return make ? make(monitor, say, hide) : `no check does what its type “${monitor.type}” does`;
}

type MakeCheck = (monitor: MonitorRow, say: EntryRemarks, hide: Hide) => WrittenCheck | string;

const KINDS: Readonly<Record<string, MakeCheck>> = {
  http: httpOf,
  keyword: (monitor, say, hide) =>
    withMore(httpOf(monitor, say, hide), {
      [monitor.invert_keyword ? 'not_contains' : 'contains']: monitor.keyword ?? '',
    }),
  'json-query': (monitor, say, hide) => withMore(httpOf(monitor, say, hide), jsonOf(monitor, say)),
  'real-browser': (monitor, say, hide) => {
    say.changed('it is checked without a browser, so nothing on the page runs');
    return httpOf(monitor, say, hide);
  },
  port: ({ hostname, port }) => ({ type: 'tcp', host: hostname ?? '', ...portOf(port?.toString()) }),
  dns: dnsOf,
  push: ({ interval, maxretries, retry_interval, push_token }, _, hide) => ({
    type: 'heartbeat',
    period: printDuration(interval * SECOND),
    grace: printDuration(Math.max((maxretries ?? 0) * (retry_interval || interval), 10) * SECOND),
    // Our addresses take other tokens than Kuma makes; a shorter one is made anew.
    ...(/^[\w.~-]{8,}$/.test(push_token ?? '') ? { token: hide('PUSH_TOKEN', 'its push token') } : {}),
  }),
  'websocket-upgrade': ({ url }, say) => socketCheck(url ?? '', say),
  smtp: ({ hostname, port, smtp_security }) => ({
    type: 'smtp',
    host: hostname ?? '',
    ...portOf(port?.toString()),
    ...(smtp_security === 'secure' ? { secure: true } : {}),
    ...(smtp_security === 'starttls' ? { starttls: true } : {}),
  }),
  ...Object.fromEntries(['postgres', 'mysql', 'redis'].map(kind => [kind, databaseOf])),
};

function withMore(check: WrittenCheck | string, more: WrittenCheck): WrittenCheck | string {
  return typeof check === 'string' ? check : { ...check, ...more };
}

function httpOf(monitor: MonitorRow, say: EntryRemarks, hide: Hide): WrittenCheck | string {
  const { auth_method, basic_auth_user, method, maxredirects, timeout } = monitor;
  const login = auth_method ?? (basic_auth_user ? 'basic' : '');
  if (login !== '' && login !== 'basic') return `no check can log in as it does (${login})`;
  const sent = { url: monitor.url ?? '', headers: headersOf(monitor, say), body: monitor.body || null };
  const { url, headers, body } = hideSecrets(sent, hide, login === 'basic');
  const type = body === null ? undefined : CONTENT_TYPES[monitor.http_body_encoding ?? 'json'];
  if (monitor.ignore_tls) say.changed(VERIFIED_HERE);
  if (monitor.proxy_id) say.changed('it is checked without its proxy');
  const isNoticed = monitor.expiry_notification !== 0;
  return {
    type: 'http',
    url,
    ...(method && method !== 'GET' ? { method } : {}),
    ...soundHeaders([...(type ? [['Content-Type', type] as const] : []), ...headers], say),
    ...(body === null ? {} : { body }),
    ...expectOf(monitor.accepted_statuscodes_json),
    ...(typeof maxredirects === 'number' ? { redirects: Math.min(maxredirects, 20) } : {}),
    ...(timeout ? { timeout: printDuration(Math.min(timeout * SECOND, 5 * MINUTE)) } : {}),
    ...(isNoticed || !/^https:/i.test(url) ? {} : { tls_days: 0 }),
  };
}

const CONTENT_TYPES: Readonly<Record<string, string>> = {
  json: 'application/json',
  xml: 'text/xml; charset=utf-8',
  form: 'application/x-www-form-urlencoded',
};

function headersOf({ headers }: MonitorRow, say: EntryRemarks): [string, string][] {
  if (!headers) return [];
  const read = fromJson(headers);
  if (isRecord(read)) return Object.entries(read).map(([name, value]) => [name, String(value)]);
  say.leftOut('its headers, which are no JSON');
  return [];
}

function expectOf(codes: string | null | undefined): WrittenCheck {
  const read = fromJson(codes ?? '');
  const list = Array.isArray(read) ? read.map(String) : [];
  if (list.length === 0 || parseStatuses(list) === null || list.join() === '200-299') return {};
  return { expect: list.length === 1 ? list[0] : list };
}

/** A path of JSONata that is one of JSONPath, too. */
const PATH = /^\$?\.?(?=[A-Za-z_[]|$)([\w.]|\[\d+\])*$/;

/** Kuma compares texts, and a check compares values: the text is taken for what it looks like. */
function jsonOf(
  { json_path, json_path_operator, expected_value }: MonitorRow,
  say: EntryRemarks,
): WrittenCheck {
  const path = json_path?.trim() ?? '';
  const wanted = expected_value ?? '';
  if (!PATH.test(path) || !['', '=='].includes(json_path_operator ?? '')) {
    say.leftOut(`its JSON query “${path} ${json_path_operator ?? '=='} ${wanted}”, which no check can say`);
    return {};
  }
  const value = /^(true|false|null|-?\d+(\.\d+)?)$/.test(wanted) ? fromJson(wanted) : wanted;
  if (typeof value !== 'string')
    say.changed(`${wanted} is compared as a value of JSON: write it in quotes if the answer has it as text`);
  const below = path.replace(/^\$?\.?/, '');
  return { json: { [below === '' ? '$' : below.startsWith('[') ? `$${below}` : `$.${below}`]: value } };
}

const RECORDS = ['A', 'AAAA', 'CNAME', 'MX', 'TXT', 'NS'];

function dnsOf(
  { hostname, dns_resolve_type, dns_resolve_server, port, conditions }: MonitorRow,
  say: EntryRemarks,
) {
  const record = dns_resolve_type || 'A';
  if (!RECORDS.includes(record)) return `no check asks for records of the type ${record}`;
  if (conditions && conditions !== '[]')
    say.leftOut('its conditions: the check only asks whether there is an answer; write `expect:`');
  // Several are asked in turn there.
  const server = dns_resolve_server?.split(',')[0]?.trim();
  const at = server && port && port !== 53 && !server.includes(':') ? `${server}:${port}` : server;
  return { type: 'dns', name: hostname ?? '', record, ...(at ? { server: at } : {}) };
}

function databaseOf({ type, database_query }: MonitorRow, _: EntryRemarks, hide: Hide): WrittenCheck {
  const query = type === 'redis' ? null : database_query;
  return {
    type: 'database',
    url: hide('URL', `its connection string (${type}://…)`),
    ...(query ? { query } : {}),
  };
}
