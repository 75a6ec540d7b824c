// The log of webhooks: enough for an operator to find why nothing happened, without secrets and personal data.
import type { Millis } from '../model/time.ts';

export interface LoggedWebhook {
  readonly at: Millis;
  /** The last word of its path. */
  readonly sender: string;
  /** The HTTP status of our response. */
  readonly status: number;
  readonly action: 'opened' | 'joined' | 'resolved' | 'held' | 'ignored' | 'refused';
  readonly incident: string | null;
  readonly why: string | null;
  /** JSON without secrets. */
  readonly body: string;
}

const MAX_LENGTH = 2000;
const HIDDEN = '[hidden]';
const SECRET = /token|secret|passw|passphrase|authori[sz]ation|api[_-]?key|cookie|contact|e-?mail|signature/i;

/**
 * A body as JSON text, cut, with secrets hidden: values with names of secrets or contacts, email addresses, and the
 * user, password and query of URLs. Never throws.
 */
export function bodyForLog(body: unknown): string {
  const text = JSON.stringify(hide(body, 0)) ?? '';
  return text.length <= MAX_LENGTH ? text : `${text.slice(0, MAX_LENGTH - 1)}…`;
}

function hide(value: unknown, depth: number): unknown {
  if (typeof value === 'string') return hideIn(value);
  if (typeof value !== 'object' || value === null) return value;
  if (depth > 6) return '…';
  if (Array.isArray(value)) return value.slice(0, 20).map(item => hide(item, depth + 1));
  const fields = Object.entries(value).slice(0, 100);
  return Object.fromEntries(
    fields.map(([name, inner]) => [name, SECRET.test(name) ? HIDDEN : hide(inner, depth + 1)]),
  );
}

function hideIn(text: string): string {
  return (
    text
      .slice(0, 4 * MAX_LENGTH)
      // Limited to 320, so that a long text without any @ does not take quadratic time.
      .replace(/[^\s"'<>@;,:]{1,320}@[^\s"'<>@;,/]+/g, HIDDEN)
      .replace(/(https?:\/\/[^\s"'<>?#]*)\?[^\s"'<>]*/gi, `$1?${HIDDEN}`)
      .replace(/("[^"]*(?:token|secret|passw|key)[^"]*"\s*:\s*)"[^"]*"/gi, `$1"${HIDDEN}"`)
  );
}
