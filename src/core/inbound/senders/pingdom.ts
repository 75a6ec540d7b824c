// Pingdom: a check that changes between UP and DOWN.
import { address, fieldsOf, first, identity, line, MESSAGE, moment, NAME } from '../fields.ts';
import { byWord, type SenderResult } from '../signal.ts';

const WORDS = { down: ['DOWN', 'FAILING'], up: ['UP', 'SUCCESS'] };

/** Monitor: `check_id`; event: the time of the change. */
export function pingdom(input: unknown): SenderResult {
  const body = fieldsOf(input);
  const state = line(body?.current_state, 30).toUpperCase();
  const name = first(NAME, body?.check_name, body?.check_id);
  if (!body || state === '' || name === '') {
    return { problem: 'expected {"check_id": …, "check_name": …, "current_state": "DOWN" or "UP"}' };
  }
  const params = fieldsOf(body.check_params) ?? {};
  const fields = {
    monitor: identity(body.check_id) || identity(body.check_name),
    name,
    url: address(params.full_url) ?? address(params.hostname),
    at: moment(body.state_changed_timestamp) ?? moment(body.state_changed_utc_time),
    message: first(MESSAGE, body.long_description, body.description),
  };
  return byWord(fields, state, WORDS, `state "${state}" is neither DOWN nor UP`);
}
