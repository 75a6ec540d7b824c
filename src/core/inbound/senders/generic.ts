// Generic: any monitor with a custom body, {"monitor": "API", "status": "down"}.
import { list, reader, type Shape } from '../shape.ts';

/** Other monitors' words, in any case: what is down (or degraded) and up, which alert begins and is over. */
export const WORDS = {
  down: list('down offline error failed failing failure critical outage unhealthy unavailable major_outage'),
  degraded: list('degraded degraded_performance partial_outage trouble warning warn'),
  up: list('up online ok healthy operational success successful passing passed normal green available'),
  alerts: list(
    'alert alerting alarm firing fired fire triggered trigger open opened activated active problem',
  ).concat(list('started created breached incident')),
  over: list(
    'resolved resolve recovered recovery closed close cleared clear deactivated inactive ended fixed',
  ),
} as const satisfies Partial<Shape>;

/**
 * Reads `{monitor | name | id, status, message?, severity?, at?, url?, component?, event?}`, or a list of them, with
 * names in any case. `status` is one of WORDS; any other is ignored.
 */
export const generic = reader({
  ...WORDS,
  status: list('status state monitor_status alert_status event_type action alert_type'),
  name: list('name monitor_name monitor alert_name title id monitor_id'),
  monitor: list('id monitor_id monitor name monitor_name alert_name title'),
  component: ['component'],
  tags: list('tags labels'),
  also: list('service entity policy'),
  url: list('url monitor_url monitor_target'),
  at: list('at timestamp time'),
  message: list('message msg reason description'),
  severity: list('severity priority'),
  event: list('event event_id'),
  example: '{"monitor":"API","status":"down","message":"timed out"}',
});
