// Checkly: a webhook alert channel with a body of Checkly's variables.
import { address, fieldsOfObject, line, MESSAGE, NAME, readTimestamp } from '../../fields.ts';
import { fieldAt, reader, wordsOfList } from '../../shape.ts';
import { ignored, type SenderResult } from '../../signal.ts';

const read = reader({
  status: wordsOfList('alert_type type'),
  down: wordsOfList('ALERT_FAILURE ALERT_FAILURE_REMAIN ALERT_DEGRADED_FAILURE'),
  degraded: wordsOfList('ALERT_DEGRADED ALERT_DEGRADED_REMAIN ALERT_FAILURE_DEGRADED'),
  up: wordsOfList('ALERT_RECOVERY ALERT_DEGRADED_RECOVERY'),
  name: wordsOfList('check_name name'),
  monitor: wordsOfList('check_id check_name'),
  component: ['component'],
  tags: ['tags'],
  also: ['group_name'],
  at: ['started_at'],
  message: wordsOfList('check_error_message error_message'),
  example: '{"check_id": "{{CHECK_ID}}", "check_name": "{{CHECK_NAME}}", "alert_type": "{{ALERT_TYPE}}"}',
});

/** Also reads ALERT_SSL, a certificate that expires soon: a warning. */
export function checkly(input: unknown): SenderResult {
  const body = fieldsOfObject(input);
  const get = (path: string) => line(fieldAt(body, path), NAME);
  const name = get('check_name') || get('ssl_check_domain');
  if (get('alert_type') !== 'ALERT_SSL' || name === '') return read(input);
  const days = /^-?\d{1,5}$/.exec(get('ssl_days_remaining'));
  const fields = {
    name,
    monitor: get('check_id') || name,
    url: address(get('ssl_check_domain')),
    at: readTimestamp(get('started_at')),
    message: line(fieldAt(body, 'check_error_message'), MESSAGE),
    expiry: { of: 'certificate', at: null, days: days ? Number(days[0]) : null },
  } as const;
  return ignored(fields, 'an expiry warning is not an outage');
}
