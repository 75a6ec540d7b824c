// Generic: any monitor with a custom body, {"monitor": "API", "status": "down"}.
import { address, fieldsOf, first, fromJson, identity, MESSAGE, moment, NAME } from '../fields.ts';
import { byWord, type SenderResult, type SenderSignal } from '../signal.ts';

const MAX_EVENTS = 100;

/** Other monitors' words for down and up. */
export const WORDS = {
  down: 'down offline error failed failing critical alert alerting firing problem outage unhealthy major_outage'.split(
    ' ',
  ),
  up: 'up online ok resolved recovered recovery healthy operational success passing closed'.split(' '),
};

/**
 * Reads `{monitor | name | id, status, message?, at?, url?, component?, event?}`, or a list of them. `status` is one of
 * WORDS; any other is ignored.
 */
export function generic(input: unknown): SenderResult {
  const body = typeof input === 'string' ? fromJson(input) : input;
  if (!Array.isArray(body)) return readOne(body);
  if (body.length > MAX_EVENTS)
    return { problem: `${body.length} events in one request: send at most ${MAX_EVENTS}` };
  const signals: SenderSignal[] = [];
  for (const [index, each] of body.entries()) {
    const reading = readOne(each);
    if ('problem' in reading) return { problem: `[${index}]: ${reading.problem}` };
    signals.push(...reading.signals);
  }
  return { signals };
}

function readOne(input: unknown): SenderResult {
  const body = fieldsOf(input);
  if (!body) return { problem: `expected ${EXAMPLE}` };
  const name = first(NAME, body.name, body.monitor_name, body.monitor, body.id, body.monitor_id);
  const status = first(NAME, body.status, body.state, body.monitor_status).toLowerCase();
  if (name === '') return { problem: `"monitor" is missing: which one is it? Send for example ${EXAMPLE}` };
  if (status === '') return { problem: `"status" is missing: send "down" or "up", such as ${EXAMPLE}` };
  const ids = [body.id, body.monitor_id, body.monitor, body.name, body.monitor_name];
  const event = first(NAME, body.event, body.event_id);
  const fields = {
    monitor: ids.map(identity).find(Boolean) ?? name,
    name,
    url: address(body.url) ?? address(body.monitor_target),
    at: moment(body.at) ?? moment(body.timestamp),
    message: first(MESSAGE, body.message, body.msg, body.reason),
    component: first(NAME, body.component) || null,
    ...(event === '' ? {} : { event }),
  };
  return byWord(fields, status, WORDS, `status "${status}" is neither down nor up`);
}

const EXAMPLE = '{"monitor":"API","status":"down","message":"timed out"}';
