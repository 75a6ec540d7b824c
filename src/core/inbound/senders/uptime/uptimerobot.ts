// UptimeRobot: JSON, form or query, with its own variables or a custom body.
import {
  address,
  decodeEntities,
  fieldsOfObject,
  first,
  identity,
  line,
  MESSAGE,
  NAME,
  readTimestamp,
} from '../../fields.ts';
import { type Expiry, ignored, type SenderResult, signal } from '../../signal.ts';

/** Longer than anything shown: enough to tell monitors apart. */
const LONG = 1000;

/** Names of each field, normalised (lower case, without `_`, `-` and `.`), most reliable first. */
const ALIASES = {
  friendly: ['alerttypefriendlyname'],
  type: ['alerttype', 'alert'],
  // Words of a custom body. Numbers here are a monitor's status (1 is "not checked"), not an alert type.
  other: ['status', 'state'],
  id: ['monitorid', 'id'],
  name: ['monitorname', 'monitorfriendlyname', 'friendlyname', 'monitor', 'name'],
  url: ['monitorurl', 'url'],
  details: ['alertdetails', 'details', 'reason', 'message'],
  at: ['alertdatetime', 'datetime', 'timestamp'],
  component: ['component'],
  certificate: ['sslexpirydate'],
  certificateDays: ['sslexpirydaysleft'],
  domain: ['domainexpiredate', 'domainexpirydate', 'domainexpirationdate'],
  domainDays: ['domainexpirydaysleft', 'domainexpiredaysleft'],
} as const;

/**
 * Reads query, form and JSON fields (merged by the caller, body over query); names in any case, with or without `_`. A
 * variable that UptimeRobot did not fill (`*alertDetails*`) is absent. A variable without its asterisks ("alertType":
 * "alertType") is a mistake in the webhook's settings, and the response says so. Only down (1) and up (2) change
 * anything; SSL and domain expiry (3) are warnings, other types are ignored.
 */
export function uptimerobot(input: unknown): SenderResult {
  const raw = fieldsOfObject(input);
  if (!raw) return { problem: `expected an object or form fields, such as ${EXAMPLE}` };
  const given = normalise(raw);
  const literal = literalVariable(given);
  if (literal) {
    return { problem: `"${literal}" was not replaced by a value: write *${literal}* with the asterisks` };
  }
  const get = (kind: keyof typeof ALIASES, most: number) =>
    first(most, ...ALIASES[kind].map(alias => given.get(alias)));
  const name = get('name', NAME) || get('url', NAME);
  const id = get('id', NAME);
  const type = get('type', NAME);
  const words = [get('friendly', NAME), type, get('other', NAME)].filter(word => word !== '');
  if (words.length === 0) {
    return {
      problem: `alert_type is missing: send "down" or "up" (UptimeRobot: alertType 1 or 2), such as ${EXAMPLE}`,
    };
  }
  if (name === '' && id === '') {
    return { problem: `monitor_name is missing: which monitor is it? Send for example ${EXAMPLE}` };
  }
  const fields = {
    monitor: identity(get('id', LONG)) || identity(get('name', LONG)) || name,
    name: name || `Monitor ${id}`,
    url: address(get('url', 2000)),
    at: readTimestamp(get('at', 60)),
    message: get('details', MESSAGE),
    component: get('component', NAME) || null,
  };
  const kind = kindOf(words, type);
  if (kind === 'down' || kind === 'up') return { signals: [signal(kind, fields)] };
  return ignored(kind.why === EXPIRY ? { ...fields, expiry: expiryIn(words, get) } : fields, kind.why);
}

const EXAMPLE = '{"alert_type":"down","monitor_name":"API"}';

/** The word is reliable; the number has had other meanings, but 3 is never an outage. */
function kindOf(words: readonly string[], type: string): 'down' | 'up' | { why: string } {
  if (type === '3') return { why: EXPIRY };
  for (const word of words.map(each => each.toLowerCase())) {
    if (word === 'down' || word === 'up') return word;
    if (/ssl|domain|expir/.test(word)) return { why: EXPIRY };
  }
  if (type === '1') return 'down';
  if (type === '2') return 'up';
  return { why: `alert type "${type || words[0]}" is neither down (1) nor up (2)` };
}

/** Both kinds have type 3: the word decides, else the date that is present. */
function expiryIn(
  words: readonly string[],
  get: (kind: keyof typeof ALIASES, most: number) => string,
): Expiry {
  const isDomain =
    words.some(word => /domain/i.test(word)) || (get('certificate', 60) === '' && get('domain', 60) !== '');
  const of = isDomain ? 'domain' : 'certificate';
  const days = get(`${of}Days`, 20);
  return { of, at: readTimestamp(get(of, 60)), days: /^-?\d{1,5}$/.test(days) ? Number(days) : null };
}

const EXPIRY = 'an SSL or domain expiry warning is not an outage';

/**
 * The fields by normalised name, entities decoded, without unfilled variables and empty values. Of two spellings the
 * later counts, which is the body's.
 */
function normalise(raw: Record<string, unknown>): Map<string, string> {
  const fields = new Map<string, string>();
  for (const [key, value] of Object.entries(raw).slice(0, 100)) {
    // `line` again after decoding: an entity may be a control character.
    const text = line(decodeEntities(line(value, 2000)), 2000);
    // Letters alone: a `?` or `*` may stand at an end of what was appended to the address.
    const name = key.toLowerCase().replace(/[^a-z0-9]/g, '');
    if (text !== '' && !/^\*\w+\*$/.test(text)) fields.set(name, text);
  }
  return fields;
}

/** The variable that came as its own name, if any. */
function literalVariable(fields: ReadonlyMap<string, string>): string | undefined {
  const variables = ['alertType', 'alertTypeFriendlyName', 'monitorID', 'monitorFriendlyName'];
  return variables.find(variable => fields.get(variable.toLowerCase()) === variable);
}
