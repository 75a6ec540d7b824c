// Pingdom: a check that changes between UP and DOWN.
import { reader } from '../../shape.ts';

/** `importance_level` says whom to wake, not how bad it is: HIGH is Pingdom's default. */
export const pingdom = reader({
  status: ['current_state'],
  down: ['DOWN', 'FAILING'],
  up: ['UP', 'SUCCESS'],
  name: ['check_name', 'check_id'],
  monitor: ['check_id', 'check_name'],
  tags: ['tags'],
  url: ['check_params.full_url', 'check_params.hostname'],
  at: ['state_changed_timestamp', 'state_changed_utc_time'],
  message: ['long_description', 'description'],
  example: '{"check_id": …, "check_name": …, "current_state": "DOWN" or "UP"}',
});
