// HetrixTools: an uptime monitor that goes offline and online.
import { fieldsOfObject, line } from '../../fields.ts';
import { reader } from '../../shape.ts';

export const hetrixtools = reader({
  status: ['monitor_status'],
  down: ['offline'],
  up: ['online'],
  name: ['monitor_name', 'monitor_target'],
  monitor: ['monitor_id', 'monitor_name'],
  also: ['monitor_category'],
  url: ['monitor_target'],
  at: ['timestamp'],
  message: ['errors'],
  example: '{"monitor_id": …, "monitor_name": …, "monitor_status": "offline" or "online"}',
  // The sample of its documentation.
  isTest: text => text('monitor_id') === 'ThisWillBeTheMonitorID32CharLong',
  prepare: body => ({ ...body, errors: errorsOf(body.monitor_errors) }),
});

/** Returns the errors that its locations saw, each once. */
function errorsOf(byLocation: unknown): string {
  const errors = Object.values(fieldsOfObject(byLocation) ?? {}).map(error => line(error, 80));
  return [...new Set(errors)].filter(error => error !== '').join(', ');
}
