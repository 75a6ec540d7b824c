// Better Stack: an incident (JSON:API) as it is created, acknowledged and resolved.
import { address, fieldsOf, identity, line, MESSAGE, moment, NAME } from '../fields.ts';
import { byWord, type SenderResult } from '../signal.ts';

/** Unconfirmed may come to nothing; acknowledged is known to be down. */
const WORDS = { down: ['started'], up: ['resolved'] };

/** Monitor: `relationships.monitor` (or heartbeat), else the incident's name; event: incident id and state. */
export function betterstack(input: unknown): SenderResult {
  const data = fieldsOf(fieldsOf(input)?.data);
  const attributes = fieldsOf(data?.attributes);
  const name = line(attributes?.name, NAME) || line(attributes?.url, NAME);
  if (!data || !attributes || name === '') {
    return {
      problem:
        'expected {"data": {"id": …, "type": "incident", "attributes": {"name": …, "status": "Started" or "Resolved"}}}',
    };
  }
  const given = line(attributes.status, 30) || (attributes.resolved_at ? 'resolved' : 'started');
  const status = given.toLowerCase();
  const id = line(data.id, 64);
  const { monitor, heartbeat } = fieldsOf(data.relationships) ?? {};
  const [watched] = [monitor, heartbeat]
    .map(of => identity(fieldsOf(fieldsOf(of)?.data)?.id))
    .filter(Boolean);
  const fields = {
    monitor: watched || identity(attributes.name) || name,
    name,
    url: address(attributes.url),
    at: moment(status === 'resolved' ? attributes.resolved_at : attributes.started_at),
    message: line(attributes.cause, MESSAGE),
    event: id === '' ? null : `${id}-${status}`,
  };
  return byWord(fields, status, WORDS, `status "${status}" neither starts nor resolves an incident`);
}
