// Healthchecks.io: a custom body from $CODE, $NAME, $STATUS …, or its $JSON.
import { fieldAt, reader } from '../../shape.ts';

/**
 * Set its body to `$JSON`, or to `{"code":"$CODE","name":$NAME_JSON,"status":"$STATUS","at":"$NOW","tags":"$TAGS"}`. A
 * tag `component=api` names the component.
 */
export const healthchecks = reader({
  status: ['status', 'check.status'],
  down: ['down'],
  up: ['up'],
  name: ['name', 'slug', 'code', 'check.name', 'check.slug', 'check.code'],
  monitor: ['code', 'uuid', 'unique_key', 'check.unique_key', 'check.uuid', 'pinged', 'name', 'check.name'],
  tags: ['tags', 'check.tags'],
  at: ['at', 'now', 'check.at'],
  message: ['message', 'desc', 'check.desc'],
  example: '{"code":"$CODE","name":$NAME_JSON,"status":"$STATUS","at":"$NOW"}, or $JSON',
  // Its test is of a check that does not exist. What that has 42 of is in $JSON alone.
  isTest: text => text('name') === 'TEST' && text('tags') === '' && ['', '42'].includes(text('n_pings')),
  prepare: body => ({ ...body, pinged: codeIn(body) }),
});

/** `$JSON` has no code, but the check's ping address ends with it. */
function codeIn(body: Record<string, unknown>): string | null {
  const urls = ['ping_url', 'update_url', 'check.ping_url', 'check.update_url'].map(path =>
    fieldAt(body, path),
  );
  return /([0-9a-f]{8}-[0-9a-f-]{27})/i.exec(urls.join(' ').slice(0, 2000))?.[1] ?? null;
}
