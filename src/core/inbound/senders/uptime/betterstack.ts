// Better Stack: an incident (JSON:API) as it is created, acknowledged and resolved.
import { line, NAME } from '../../fields.ts';
import { fieldAt, reader } from '../../shape.ts';

/** Unconfirmed may come to nothing; acknowledged is known to be down. */
export const betterstack = reader({
  status: ['data.attributes.status', 'implied'],
  down: ['started'],
  up: ['resolved'],
  name: ['data.attributes.name', 'data.attributes.url'],
  monitor: [
    'data.relationships.monitor.data.id',
    'data.relationships.heartbeat.data.id',
    'data.attributes.name',
  ],
  url: ['data.attributes.url'],
  at: ['data.attributes.started_at'],
  until: ['data.attributes.resolved_at'],
  message: ['data.attributes.cause'],
  event: ['event'],
  example:
    '{"data": {"id": …, "type": "incident", "attributes": {"name": …, "status": "Started" or "Resolved"}}}',
  prepare: body => {
    const implied = fieldAt(body, 'data.attributes.resolved_at') ? 'resolved' : 'started';
    const id = line(fieldAt(body, 'data.id'), NAME);
    const status = (line(fieldAt(body, 'data.attributes.status'), NAME) || implied).toLowerCase();
    return { ...body, implied, event: id ? `${id}-${status}` : null };
  },
});
