// Healthchecks.io: a custom body from $CODE, $NAME, $STATUS …, or its $JSON.
import { componentTag, fieldsOf, first, identity, line, MESSAGE, moment, NAME } from '../fields.ts';
import { byWord, type SenderResult } from '../signal.ts';

/**
 * Reads Healthchecks' webhook. Set its body to `$JSON`, or to
 * `{"code":"$CODE","name":$NAME_JSON,"status":"$STATUS","at":"$NOW","tags":"$TAGS"}`. A tag `component=api` names the
 * component.
 */
export function healthchecks(input: unknown): SenderResult {
  const outer = fieldsOf(input);
  const body = fieldsOf(outer?.check) ?? outer;
  const name = first(NAME, body?.name, body?.slug, body?.code);
  const status = line(body?.status, 20).toLowerCase();
  if (!body || name === '' || status === '') return { problem: `expected ${EXAMPLE}, or $JSON` };
  const unfilled = [name, status].find(text => text.startsWith('$'));
  if (unfilled) return { problem: `"${unfilled}" is not filled in: write ${EXAMPLE} as the request body` };
  const fields = {
    monitor: first(64, body.code, body.uuid, body.unique_key) || codeIn(body) || identity(body.name) || name,
    name,
    at: moment(body.at) ?? moment(body.now),
    message: first(MESSAGE, body.message, body.desc),
    component: componentTag(line(body.tags, 500)),
  };
  return byWord(fields, status, { down: ['down'], up: ['up'] }, `status "${status}" is neither down nor up`);
}

const EXAMPLE = '{"code":"$CODE","name":$NAME_JSON,"status":"$STATUS","at":"$NOW"}';

/** `$JSON` has no code, but the check's ping address ends with it. */
function codeIn(body: Record<string, unknown>): string {
  return /([0-9a-f]{8}-[0-9a-f-]{27})/i.exec(first(500, body.ping_url, body.update_url))?.[1] ?? '';
}
