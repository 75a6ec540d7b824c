// Healthchecks.io: a body its user wrote from $CODE, $NAME, $STATUS …, or its own $JSON.
import { fieldsOf, first, identity, line, MESSAGE, moment, NAME } from '../fields.ts';
import { ignored, type Reading, signal } from '../signal.ts';

/**
 * Healthchecks' webhook integration. Write its body as `$JSON`, or as
 * `{"code":"$CODE","name":$NAME_JSON,"status":"$STATUS","at":"$NOW","tags":"$TAGS"}`. A tag
 * `component=api` names the component.
 */
export function healthchecks(input: unknown): Reading {
  const outer = fieldsOf(input);
  const body = fieldsOf(outer?.check) ?? outer;
  const name = first(NAME, body?.name, body?.slug, body?.code);
  const status = line(body?.status, 20).toLowerCase();
  if (!body || name === '' || status === '') return { problem: `expected ${EXAMPLE}, or $JSON` };
  if (name.startsWith('$') || status.startsWith('$')) {
    return {
      problem: `"${name.startsWith('$') ? name : status}" is not filled in: write ${EXAMPLE} as the request body`,
    };
  }
  const at = moment(body.at) ?? moment(body.now);
  const common = {
    provider: 'healthchecks',
    monitor: first(64, body.code, body.uuid, body.unique_key) || codeIn(body) || identity(body.name) || name,
    name,
    at,
    message: first(MESSAGE, body.message, body.desc),
    component: /(?:^|\s)component[=:](\S+)/i.exec(line(body.tags, 500))?.[1] ?? null,
    event: at === null ? null : String(at),
  };
  if (status === 'down') return { signals: [signal({ ...common, kind: 'down' })] };
  if (status === 'up') return { signals: [signal({ ...common, kind: 'up' })] };
  return ignored(common, `status "${status}" is neither down nor up`);
}

const EXAMPLE = '{"code":"$CODE","name":$NAME_JSON,"status":"$STATUS","at":"$NOW"}';

/** `$JSON` has no code of its own, but the check's ping address ends with it. */
function codeIn(body: Record<string, unknown>): string {
  return /([0-9a-f]{8}-[0-9a-f-]{27})/i.exec(first(500, body.ping_url, body.update_url))?.[1] ?? '';
}
