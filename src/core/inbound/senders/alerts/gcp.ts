// Google Cloud Monitoring: the webhook of a notification channel.
import { reader } from '../../shape.ts';

export const gcp = reader({
  status: ['incident.state'],
  alerts: ['open'],
  over: ['closed'],
  name: ['incident.policy_name', 'incident.condition_name'],
  alert: ['incident.incident_id'],
  component: ['incident.policy_user_labels.component', 'incident.metadata.user_labels.component'],
  also: [
    'incident.policy_user_labels.service',
    'incident.resource_display_name',
    'incident.condition_name',
    'incident.resource.labels.service_name',
  ],
  at: ['incident.started_at'],
  until: ['incident.ended_at'],
  message: ['incident.summary'],
  severity: ['incident.severity'],
  example: '{"incident": {"incident_id": …, "policy_name": …, "state": "open" or "closed"}}',
  isTest: text => text('version') === 'test',
});
