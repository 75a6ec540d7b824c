// New Relic: the default payload of a workflow's webhook, and the older one of alert policies.
import { list, reader } from '../../shape.ts';

/** A "created" issue is not active yet, an acknowledged one is known. */
export const newrelic = reader({
  status: list('state current_state'),
  alerts: list('activated open'),
  over: list('closed resolved'),
  name: list('alertConditionNames conditionName title issueTitle'),
  alert: list('id issueId incident_id'),
  component: list('component labels.component'),
  tags: list('tags accumulations.tag'),
  also: list('impactedEntities entitiesData.names targets.name alertPolicyNames policyName'),
  at: list('activatedAt createdAt timestamp'),
  until: list('closedAt updatedAt timestamp'),
  message: list('title issueTitle details'),
  severity: list('priority severity'),
  example: '{"id": …, "title": …, "state": "ACTIVATED" or "CLOSED", "priority": "CRITICAL"}',
});
