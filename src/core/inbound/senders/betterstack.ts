// Better Stack: an incident (JSON:API) as it is created, acknowledged and resolved.
import { address, fieldsOf, identity, line, MESSAGE, moment, NAME } from '../fields.ts';
import { ignored, type Reading, signal } from '../signal.ts';

/**
 * Better Stack's incident webhook. A monitor is `relationships.monitor` (or heartbeat), else the
 * incident's name; an event is the incident's id and what became of it. Only started and resolved
 * change anything: unconfirmed may come to nothing, acknowledged is already known to be down.
 */
export function betterstack(input: unknown): Reading {
  const data = fieldsOf(fieldsOf(input)?.data);
  const attributes = fieldsOf(data?.attributes);
  const name = line(attributes?.name, NAME) || line(attributes?.url, NAME);
  if (!data || !attributes || name === '') {
    return {
      problem:
        'expected {"data": {"id": …, "type": "incident", "attributes": {"name": …, "status": "Started" or "Resolved"}}}',
    };
  }
  const status = (
    line(attributes.status, 30) || (attributes.resolved_at ? 'resolved' : 'started')
  ).toLowerCase();
  const common = {
    provider: 'betterstack',
    monitor: monitorOf(data) || identity(attributes.name) || name,
    name,
    url: address(attributes.url),
    at: moment(status === 'resolved' ? attributes.resolved_at : attributes.started_at),
    message: line(attributes.cause, MESSAGE),
    event: line(data.id, 64) === '' ? null : `${line(data.id, 64)}-${status}`,
  };
  if (status === 'started') return { signals: [signal({ ...common, kind: 'down' })] };
  if (status === 'resolved') return { signals: [signal({ ...common, kind: 'up' })] };
  return ignored(common, `status "${status}" neither starts nor resolves an incident`);
}

function monitorOf(data: Record<string, unknown>): string {
  const relations = fieldsOf(data.relationships) ?? {};
  for (const relation of [relations.monitor, relations.heartbeat]) {
    const id = identity(fieldsOf(fieldsOf(relation)?.data)?.id);
    if (id !== '') return id;
  }
  return '';
}
