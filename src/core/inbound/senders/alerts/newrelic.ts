// New Relic: the default payload of a workflow's webhook, and the older one of alert policies.
import { reader, wordsOfList } from '../../shape.ts';

/** The issue of the examples in New Relic's documentation, which the test of a workflow sends. */
const EXAMPLE_ISSUE = 'd1b1f3fd-995a-4066-88ab-8ce4f6960654';

/** A "created" issue is not active yet, an acknowledged one is known. */
export const newrelic = reader({
  status: wordsOfList('state current_state'),
  alerts: wordsOfList('activated open'),
  over: wordsOfList('closed resolved'),
  name: wordsOfList('alertConditionNames conditionName title issueTitle'),
  alert: wordsOfList('id issueId incident_id'),
  component: wordsOfList('component labels.component'),
  tags: wordsOfList('tags accumulations.tag'),
  also: wordsOfList('impactedEntities entitiesData.names targets.name alertPolicyNames policyName'),
  at: wordsOfList('activatedAt createdAt timestamp'),
  until: wordsOfList('closedAt updatedAt timestamp'),
  message: wordsOfList('title issueTitle details'),
  severity: wordsOfList('priority severity'),
  isTest: text => text('id') === EXAMPLE_ISSUE || text('current_state') === 'test',
  example: '{"id": …, "title": …, "state": "ACTIVATED" or "CLOSED", "priority": "CRITICAL"}',
});
