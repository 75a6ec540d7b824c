// Site24x7: the incident parameters of its webhook, as JSON or a form.
import { reader } from '../../shape.ts';

/** TROUBLE is a monitor that answers, but not as it should; other states (maintenance, suspended) change nothing. */
export const site24x7 = reader({
  status: ['STATUS'],
  down: ['DOWN', 'CRITICAL'],
  degraded: ['TROUBLE'],
  up: ['UP'],
  name: ['MONITORNAME', 'MONITORURL'],
  // Its ids are numbers that JSON rounds: two monitors would be one.
  monitor: ['MONITORNAME'],
  tags: ['TAGS', 'GROUP_TAGS', 'LABELS'],
  also: ['MONITOR_GROUPNAME'],
  url: ['MONITORURL'],
  at: ['INCIDENT_TIME_ISO'],
  message: ['INCIDENT_REASON'],
  example: '{"MONITORNAME": …, "STATUS": "DOWN" or "UP"}',
});
