// Uptime Kuma: {heartbeat, monitor, msg} as JSON, as a form's field `data`, or as query parameters.
import { address, fieldsOf, first, identity, line, MESSAGE, moment, NAME } from '../fields.ts';
import { ignored, type Reading, signal } from '../signal.ts';

/**
 * Uptime Kuma's webhook in each of its modes. Posts without a monitor are the Test button's, which is
 * ignored, or warn that a certificate ends. Kuma has no event id: its heartbeat's time stands in. A monitor's tag
 * `component` names the component.
 */
export function uptimeKuma(input: unknown): Reading {
  const outer = fieldsOf(input);
  const body = fieldsOf(outer?.data) ?? outer;
  if (!body || !['heartbeat', 'monitor', 'msg'].some(key => key in body)) {
    return { problem: 'expected {"heartbeat": {"status": 0 or 1}, "monitor": {"name": …}, "msg": …}' };
  }
  const heartbeat = fieldsOf(body.heartbeat);
  const monitor = fieldsOf(body.monitor);
  const text = line(body.msg, MESSAGE);
  if (!heartbeat || !monitor) {
    return (
      expiring(text) ??
      ignored(
        { provider: PROVIDER, name: 'Uptime Kuma', message: text },
        'a message without a monitor: a test',
      )
    );
  }
  const name = first(NAME, monitor.name, monitor.pathName, monitor.id);
  if (name === '') return { problem: 'monitor.name is missing: which monitor is it?' };
  // Kuma's own clock, UTC; its zone stands beside it for display only.
  const at = moment(heartbeat.time);
  const common = {
    provider: PROVIDER,
    monitor: identity(monitor.id) || identity(monitor.name) || name,
    name,
    // Monitors that are not http keep the form's empty "https://".
    url: address(monitor.url) ?? address(monitor.hostname),
    at,
    message: line(heartbeat.msg, MESSAGE) || text,
    component: tagged(monitor.tags),
    event: at === null ? null : String(at),
  };
  const status = line(heartbeat.status, 20);
  if (status === '0') return { signals: [signal({ ...common, kind: 'down' })] };
  if (status === '1') return { signals: [signal({ ...common, kind: 'up' })] };
  return ignored(common, WHY.get(status) ?? `heartbeat status "${status}" is neither 0 (down) nor 1 (up)`);
}

const PROVIDER = 'uptime-kuma';

const EXPIRING =
  /^\[(.{1,120}?)\](?:\[([^\]]*)\])? .*\b(certificate|domain)\b.* expired? in (-?\d{1,5}) days?/i;

/** A warning is a sentence alone: `[NAME][URL] server certificate HOST will expire in 7 days`. */
function expiring(text: string): Reading | null {
  const [, name = '', url = '', of = '', days = ''] = EXPIRING.exec(text) ?? [];
  if (name === '') return null;
  const expiry = {
    of: of.toLowerCase() === 'domain' ? ('domain' as const) : ('certificate' as const),
    at: null,
    days: Number(days),
  };
  const common = { provider: PROVIDER, monitor: identity(name), name: line(name, NAME), message: text };
  return ignored({ ...common, url: address(url), expiry }, 'an expiry warning is not an outage');
}

const WHY = new Map([
  ['2', 'pending: Kuma is still retrying'],
  ['3', 'the monitor is under maintenance'],
]);

function tagged(tags: unknown): string | null {
  if (!Array.isArray(tags)) return null;
  const tag = tags
    .slice(0, 100)
    .map(fieldsOf)
    .find(each => line(each?.name, NAME).toLowerCase() === 'component');
  return line(tag?.value, NAME) || null;
}
