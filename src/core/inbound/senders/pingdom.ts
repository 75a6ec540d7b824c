// Pingdom: one check changing between UP and DOWN.
import { address, fieldsOf, first, identity, line, MESSAGE, moment, NAME } from '../fields.ts';
import { ignored, type Reading, signal } from '../signal.ts';

/** Pingdom's webhook. A monitor is `check_id`, an event the moment of the change. */
export function pingdom(input: unknown): Reading {
  const body = fieldsOf(input);
  const state = line(body?.current_state, 30).toUpperCase();
  const name = first(NAME, body?.check_name, body?.check_id);
  if (!body || state === '' || name === '') {
    return { problem: 'expected {"check_id": …, "check_name": …, "current_state": "DOWN" or "UP"}' };
  }
  const params = fieldsOf(body.check_params) ?? {};
  const at = moment(body.state_changed_timestamp) ?? moment(body.state_changed_utc_time);
  const common = {
    provider: 'pingdom',
    monitor: identity(body.check_id) || identity(body.check_name),
    name,
    url: address(params.full_url) ?? address(params.hostname),
    at,
    message: first(MESSAGE, body.long_description, body.description),
    event: at === null ? null : String(at),
  };
  if (state === 'DOWN' || state === 'FAILING') return { signals: [signal({ ...common, kind: 'down' })] };
  if (state === 'UP' || state === 'SUCCESS') return { signals: [signal({ ...common, kind: 'up' })] };
  return ignored(common, `state "${state}" is neither DOWN nor UP`);
}
