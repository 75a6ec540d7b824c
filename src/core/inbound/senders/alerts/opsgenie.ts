// Opsgenie: the webhook integration. Acknowledgements, notes and escalations change nothing.
import { withoutPrometheus } from '../../fields.ts';
import { reader, wordsOfList } from '../../shape.ts';

export const opsgenie = reader({
  status: ['action'],
  alerts: ['Create'],
  over: wordsOfList('Close Delete'),
  name: ['alert.message', 'alert.alias'],
  alert: ['alert.alertId', 'alert.alias'],
  component: ['alert.details.component', 'alert.extraProperties.component'],
  tags: ['alert.tags'],
  also: ['alert.entity', 'alert.details.service'],
  at: ['alert.createdAt', 'alert.insertedAt'],
  until: ['alert.updatedAt'],
  message: ['alert.description'],
  severity: ['alert.priority'],
  // Older webhooks send the number of the priority.
  severities: wordsOfList('- P1 P2 P3 P4 P5'),
  bare: withoutPrometheus,
  example: '{"action": "Create" or "Close", "alert": {"alertId": …, "message": …}}',
});
