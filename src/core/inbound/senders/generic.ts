// Generic: any monitor with a custom body, {"monitor": "API", "status": "down"}.
import { reader, type Shape, wordsOfList } from '../shape.ts';

/** Other monitors' words, in any case: what is down (or degraded) and up, which alert begins and is over. */
export const WORDS = {
  down: wordsOfList(
    'down offline error failed failing failure critical outage unhealthy unavailable major_outage',
  ),
  degraded: wordsOfList('degraded degraded_performance partial_outage trouble warning warn'),
  up: wordsOfList(
    'up online ok healthy operational success successful passing passed normal green available',
  ),
  alerts: wordsOfList(
    'alert alerting alarm firing fired fire triggered trigger open opened activated active problem',
  ).concat(wordsOfList('started created breached incident')),
  over: wordsOfList(
    'resolved resolve recovered recovery closed close cleared clear deactivated inactive ended fixed',
  ),
} as const satisfies Partial<Shape>;

/**
 * Reads `{monitor | name | id, status, message?, severity?, at?, url?, component?, event?}`, or a list of them, with
 * names in any case. `status` is one of WORDS; any other is ignored.
 */
export const generic = reader({
  ...WORDS,
  status: wordsOfList('status state monitor_status alert_status event_type action alert_type'),
  name: wordsOfList('name monitor_name monitor alert_name title id monitor_id'),
  monitor: wordsOfList('id monitor_id monitor name monitor_name alert_name title'),
  component: ['component'],
  tags: wordsOfList('tags labels'),
  also: wordsOfList('service entity policy'),
  url: wordsOfList('url monitor_url monitor_target'),
  at: wordsOfList('at timestamp time'),
  message: wordsOfList('message msg reason description'),
  severity: wordsOfList('severity priority'),
  event: wordsOfList('event event_id'),
  example: '{"monitor":"API","status":"down","message":"timed out"}',
});
