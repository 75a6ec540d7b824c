// Any monitor that can send a body of one's own: {"monitor": "API", "status": "down"}.
import { address, fieldsOf, first, fromJson, identity, MESSAGE, moment, NAME } from '../fields.ts';
import { ignored, type Reading, type Signal, signal } from '../signal.ts';

const MOST = 100;

export const DOWN = words(
  'down offline error failed failing critical alert alerting firing problem outage unhealthy major_outage',
);
export const UP = words(
  'up online ok resolved recovered recovery healthy operational success passing closed',
);

/**
 * `{monitor | name | id, status, message?, at?, url?, component?, event?}`, or a list of them.
 * `status` is down or up, or one of the words other monitors use for these; any other is ignored.
 */
export function generic(input: unknown): Reading {
  const body = typeof input === 'string' ? fromJson(input) : input;
  if (!Array.isArray(body)) return readOne(body);
  if (body.length > MOST) return { problem: `${body.length} events in one request: send at most ${MOST}` };
  const signals: Signal[] = [];
  for (const [index, each] of body.entries()) {
    const reading = readOne(each);
    if ('problem' in reading) return { problem: `[${index}]: ${reading.problem}` };
    signals.push(...reading.signals);
  }
  return { signals };
}

function readOne(input: unknown): Reading {
  const body = fieldsOf(input);
  if (!body) return { problem: `expected ${EXAMPLE}` };
  const name = first(NAME, body.name, body.monitor_name, body.monitor, body.id, body.monitor_id);
  const status = first(NAME, body.status, body.state, body.monitor_status).toLowerCase();
  if (name === '') return { problem: `"monitor" is missing: which one is it? Send for example ${EXAMPLE}` };
  if (status === '') return { problem: `"status" is missing: send "down" or "up", such as ${EXAMPLE}` };
  const at = moment(body.at) ?? moment(body.timestamp);
  const common = {
    provider: 'generic',
    monitor:
      [body.id, body.monitor_id, body.monitor, body.name, body.monitor_name].map(identity).find(Boolean) ??
      name,
    name,
    url: address(body.url) ?? address(body.monitor_target),
    at,
    message: first(MESSAGE, body.message, body.msg, body.reason),
    component: first(NAME, body.component) || null,
    event: first(NAME, body.event, body.event_id) || (at === null ? null : String(at)),
  };
  if (DOWN.has(status)) return { signals: [signal({ ...common, kind: 'down' })] };
  if (UP.has(status)) return { signals: [signal({ ...common, kind: 'up' })] };
  return ignored(common, `status "${status}" is neither down nor up`);
}

const EXAMPLE = '{"monitor":"API","status":"down","message":"timed out"}';

function words(list: string): ReadonlySet<string> {
  return new Set(list.split(' '));
}
