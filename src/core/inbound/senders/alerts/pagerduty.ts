// PagerDuty: webhooks of version 3. Acknowledgements, notes and changes of priority change nothing.
import { withoutPrometheus } from '../../fields.ts';
import { reader, wordsOfList } from '../../shape.ts';

export const pagerduty = reader({
  status: ['event.event_type'],
  alerts: wordsOfList('incident.triggered incident.reopened'),
  over: ['incident.resolved'],
  // A `pagey.ping`, the test, and events of services have no title.
  name: ['event.data.title', 'event.data.summary', 'event.data.incident.summary', 'event.event_type'],
  alert: ['event.data.id'],
  component: ['event.data.component'],
  also: ['event.data.service.summary'],
  at: ['event.occurred_at', 'event.data.created_at'],
  severity: ['event.data.priority.summary', 'event.data.priority.name', 'event.data.urgency'],
  event: ['event.id'],
  isTest: text => text('event.event_type') === 'pagey.ping',
  bare: withoutPrometheus,
  example: '{"event": {"event_type": "incident.triggered", "data": {"id": …, "title": …, "service": {…}}}}',
});
