// Gatus' conditions (`[STATUS] == 200`) in the terms of a check and of its detection rule.
import { DAY, type Millis, parseDuration } from '../../model/time.ts';
import { expectOf } from '../foreign-checks.ts';
import type { ForeignRecord } from '../foreign-yaml.ts';
import type { EntryRemarks } from '../imported.ts';

/** What a check can judge, beside whether there is an answer. */
export type Judges = 'http' | 'dns' | 'tls' | 'connection';

/** What conditions mean. */
export interface Meaning {
  /** ForeignRecord of the check, as status.yaml has them. */
  readonly fields: ForeignRecord;
  /** The response time above which it is too slow, ms; null: it never is. */
  readonly latency: Millis | null;
  /** Conditions under which it is up, and every check here would call it down. */
  readonly contrary: readonly string[];
}

interface Condition {
  readonly text: string;
  /** `[STATUS]`, `[BODY]` …, and what follows it: `.a.b`. */
  readonly place: string;
  readonly path: string;
  readonly sign: string;
  readonly value: string;
}

const SIGNS = ['==', '!=', '<=', '>=', '>', '<'];
const TURNED: Readonly<Record<string, string>> = { '<': '>', '>': '<', '<=': '>=', '>=': '<=' };

/** Reads a condition as Gatus does: the first of its signs that stands between spaces, whichever side has the value. */
function readCondition(text: string): Condition | null {
  const sign = SIGNS.find(one => text.includes(` ${one} `));
  if (sign === undefined) return null;
  const [left = '', right = ''] = text.split(` ${sign} `).map(side => side.trim());
  const isTurned = !left.includes('[') && right.includes('[');
  const [side, value] = isTurned ? [right, left] : [left, right];
  const [, place, path = ''] = /^(\[[A-Z_]+\])(.*)$/.exec(side) ?? [];
  return place ? { text, place, path, sign: isTurned ? (TURNED[sign] ?? sign) : sign, value } : null;
}

/**
 * What the conditions of an endpoint mean. Those that no field can express are said: without them, something broken may be
 * up. Those without which something well would be down are `contrary`.
 */
export function meaningOf(conditions: readonly string[], judges: Judges, say: EntryRemarks): Meaning {
  const statuses: Condition[] = [];
  const contrary: string[] = [];
  let fields: ForeignRecord = {};
  let latency: Millis | null = null;
  for (const text of conditions) {
    const one = readCondition(text);
    const slow = one && latencyOf(one);
    const more = one && fieldsOf(one, judges, fields, say);
    if (one && isContrary(one, judges)) contrary.push(text);
    else if (one && judges === 'http' && one.place === '[STATUS]') statuses.push(one);
    else if (slow) latency = Math.min(slow, latency ?? slow);
    else if (more) fields = { ...fields, ...more };
    else say.leftOut(`the condition “${text}”`);
  }
  if (judges === 'http' && hasOthers(statuses)) contrary.push(...statuses.map(({ text }) => text));
  const expected = judges === 'http' && contrary.length === 0 ? expectedOf(statuses, say) : {};
  return { fields: { ...expected, ...fields }, latency, contrary };
}

/** Whether it holds where there is no connection, no name, or an expired certificate, which a check takes for an outage. */
function isContrary({ place, sign, value }: Condition, judges: Judges): boolean {
  if (place === '[CONNECTED]') return `${sign} ${value}` === '== false' || `${sign} ${value}` === '!= true';
  if (place === '[CERTIFICATE_EXPIRATION]')
    return (judges === 'http' || judges === 'tls') && sign.startsWith('<');
  return place === '[DNS_RCODE]' && judges === 'dns' && `${sign} ${value}` !== '== NOERROR';
}

/** Whether they are about an answer that no check can expect: none at all (0), or a number above 599. */
function hasOthers(conditions: readonly Condition[]): boolean {
  const hold = (status: number) => conditions.every(one => holds(one, status));
  const others = [0, ...Array.from({ length: 400 }, (_, index) => index + 600)].filter(hold);
  const named = conditions.flatMap(({ sign, value }) => (sign === '==' ? (anyOf(value) ?? [value]) : []));
  return others.length > 0 && (!STATUSES.some(hold) || named.some(one => others.includes(Number(one))));
}

const STATUSES = Array.from({ length: 500 }, (_, index) => index + 100);

/** The statuses for which all conditions hold. Without one, Gatus takes any answer. */
function expectedOf(conditions: readonly Condition[], say: EntryRemarks): ForeignRecord {
  const variable = conditions.find(({ value }) => value.includes('${'));
  if (variable?.sign === '==' && conditions.length === 1) return { expect: variable.value };
  const expect = expectOf(STATUSES.filter(status => conditions.every(one => holds(one, status))));
  if (expect !== null) return expect === '200-299' ? {} : { expect };
  for (const { text } of conditions) say.leftOut(`the condition “${text}”: with it no status is left`);
  return { expect: '100-599' };
}

function holds({ sign, value }: Condition, status: number): boolean {
  if (sign === '==') return isEqual(value, status);
  if (sign === '!=') return !isEqual(value, status);
  const number = Number.isFinite(Number(value)) ? Number(value) : 0;
  if (sign === '<') return status < number;
  if (sign === '<=') return status <= number;
  return sign === '>' ? status > number : status >= number;
}

function isEqual(value: string, status: number): boolean {
  const any = anyOf(value);
  if (any) return any.some(one => Number(one) === status);
  const [, pattern] = /^pat\((.*)\)$/.exec(value) ?? [];
  if (pattern === undefined) return value !== '' && Number(value) === status;
  const source = pattern
    .replace(/[.+^${}()|[\]\\]/g, '\\$&')
    .replaceAll('*', '.*')
    .replaceAll('?', '.');
  return new RegExp(`^${source}$`).test(String(status));
}

/** The values of `any(a, b)`; null for anything else. */
function anyOf(value: string): readonly string[] | null {
  const [, list] = /^any\((.*)\)$/.exec(value) ?? [];
  return list?.split(',').map(one => one.trim()) ?? null;
}

/** The response time that is too slow, ms; null if it is about something else, or about being too fast. */
function latencyOf({ place, sign, value }: Condition): Millis | null {
  if (place !== '[RESPONSE_TIME]' || !sign.startsWith('<')) return null;
  return millisOf(value) || null;
}

/** A number of milliseconds, or a duration; null for anything else. */
function millisOf(value: string): Millis | null {
  return /^\d+(?:\.\d+)?$/.test(value) ? Math.round(Number(value)) : parseDuration(value);
}

/** What a condition adds to the fields that are there; null: no field can express it. */
function fieldsOf(
  one: Condition,
  judges: Judges,
  there: ForeignRecord,
  say: EntryRemarks,
): ForeignRecord | null {
  const { place, path, sign, value } = one;
  if (place === '[CONNECTED]') return `${sign} ${value}` === '== true' ? {} : null;
  if (place === '[CERTIFICATE_EXPIRATION]' && sign.startsWith('>')) return daysLeft(judges, value, say);
  if (place === '[DNS_RCODE]' && judges === 'dns') return `${sign} ${value}` === '== NOERROR' ? {} : null;
  if (place !== '[BODY]') return null;
  if (judges === 'dns') return path === '' && sign === '==' ? recordOf(value) : null;
  if (judges !== 'http') return null;
  return path === '' ? wordsOf(one, there, say) : jsonOf(one, there, say);
}

function daysLeft(judges: Judges, value: string, say: EntryRemarks): ForeignRecord | null {
  const left = millisOf(value);
  if (left === null || (judges !== 'http' && judges !== 'tls')) return null;
  say.changedInAll('a certificate that expires soon is a warning, not an outage');
  return { [judges === 'http' ? 'tls_days' : 'days']: Math.ceil(left / DAY) };
}

/** The value of a DNS answer; one that may have several values, or begin or end in some way, cannot be said. */
function recordOf(value: string): ForeignRecord | null {
  return /^(?:any|pat)\(/.test(value) ? null : { expect: [value.replace(/\.$/, '')] };
}

/** `pat(*text*)` looks for a text anywhere; a check can look for one. */
function wordsOf(
  { text, sign, value }: Condition,
  there: ForeignRecord,
  say: EntryRemarks,
): ForeignRecord | null {
  const [, within] = /^pat\(\*([^*?]+)\*\)$/.exec(value) ?? [];
  const field = sign === '==' ? 'contains' : 'not_contains';
  if ((sign !== '==' && sign !== '!=') || field in there) return null;
  if (within !== undefined) return { [field]: within };
  if (sign === '!=' || value === '' || /^(?:any|pat)\(/.test(value)) return null;
  say.changed(`“${text}” becomes \`contains\`: more may be around the text`);
  return { contains: value };
}

/** `[BODY].a[0].b == x` as a JSONPath and its value. Texts and numbers look alike in a condition: numbers are numbers. */
function jsonOf(
  { path, sign, value }: Condition,
  there: ForeignRecord,
  say: EntryRemarks,
): ForeignRecord | null {
  if (sign !== '==' || /^(?:any|pat)\(/.test(value) || value.includes('[')) return null;
  const parts = [...path.matchAll(/\.([^.[\]]+)|\[(\d+)\]/g)];
  if (parts.map(([whole]) => whole).join('') !== path) return null;
  const steps = parts.map(([, name, index]) => {
    if (name === undefined) return `[${index}]`;
    return /^[A-Za-z_]\w*$/.test(name) ? `.${name}` : `[${JSON.stringify(name)}]`;
  });
  const json = (there.json ?? {}) as ForeignRecord;
  const wanted = typed(value);
  if (typeof wanted !== 'string')
    say.changed(`${value} is compared as a value of JSON: write it in quotes if the answer has it as text`);
  return { json: { ...json, [`$${steps.join('')}`]: wanted } };
}

function typed(value: string): string | number | boolean {
  if (value === 'true' || value === 'false') return value === 'true';
  return /^-?(?:0|[1-9]\d{0,14})(?:\.\d+)?$/.test(value) ? Number(value) : value;
}
