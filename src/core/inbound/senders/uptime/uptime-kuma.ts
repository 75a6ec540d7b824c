// Uptime Kuma: {heartbeat, monitor, msg} as JSON, as a form's field `data`, or as query parameters.
import {
  address,
  componentIn,
  fieldsOfObject,
  first,
  identity,
  line,
  MESSAGE,
  NAME,
  readTimestamp,
} from '../../fields.ts';
import { A_TEST, byWord, ignored, type SenderResult } from '../../signal.ts';

/**
 * Reads Uptime Kuma's webhook in each of its forms. A post without a monitor is a test, which is ignored, or an expiry
 * warning. Kuma has no event id: the heartbeat's time is used. A monitor's tag `component` names the component.
 */
export function uptimeKuma(input: unknown): SenderResult {
  const outer = fieldsOfObject(input);
  const body = fieldsOfObject(outer?.data) ?? outer;
  if (!body || !['heartbeat', 'monitor', 'msg'].some(key => key in body)) {
    return { problem: 'expected {"heartbeat": {"status": 0 or 1}, "monitor": {"name": …}, "msg": …}' };
  }
  const heartbeat = fieldsOfObject(body.heartbeat);
  const monitor = fieldsOfObject(body.monitor);
  const message = line(body.msg, MESSAGE);
  if (!heartbeat || !monitor) return expiring(message) ?? ignored({ name: 'Uptime Kuma', message }, A_TEST);
  const name = first(NAME, monitor.name, monitor.pathName, monitor.id);
  if (name === '') return { problem: 'monitor.name is missing: which monitor is it?' };
  const fields = {
    monitor: identity(monitor.id) || identity(monitor.name) || name,
    name,
    // Other monitors than http keep the form's empty "https://".
    url: address(monitor.url) ?? address(monitor.hostname),
    // In UTC; the zone beside it is only for display.
    at: readTimestamp(heartbeat.time),
    message: line(heartbeat.msg, MESSAGE) || message,
    component: componentIn(monitor.tags),
  };
  const status = line(heartbeat.status, 20);
  const why = WHY.get(status) ?? `heartbeat status "${status}" is neither 0 (down) nor 1 (up)`;
  return byWord(fields, status, { down: ['0'], up: ['1'] }, why);
}

const WHY = new Map([
  ['2', 'pending: Kuma is still retrying'],
  ['3', 'the monitor is under maintenance'],
]);

const EXPIRING =
  /^\[(.{1,120}?)\](?:\[([^\]]*)\])? .*\b(certificate|domain)\b.* expired? in (-?\d{1,5}) days?/i;

/** An expiry warning is only text: `[NAME][URL] server certificate HOST will expire in 7 days`. */
function expiring(message: string): SenderResult | null {
  const [, name = '', url = '', ends = '', days = ''] = EXPIRING.exec(message) ?? [];
  if (name === '') return null;
  const of = ends.toLowerCase() === 'domain' ? 'domain' : 'certificate';
  const expiry = { of, at: null, days: Number(days) } as const;
  const fields = { monitor: identity(name), name: line(name, NAME), message, url: address(url), expiry };
  return ignored(fields, 'an expiry warning is not an outage');
}
