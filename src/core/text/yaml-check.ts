// Checks YAML against a schema: returns the value, or problems with lines, in words for its author.
import * as z from 'zod';
import { nearestWord, type Problem, type SchemaIssue } from '../model/problem.ts';
import { joinWithOr, MAX_PROBLEMS, type YamlText } from './yaml.ts';
import { QUOTE_HASH } from './yaml-faults.ts';

/** The result of a check: the value, or all problems. `data`: the checked data, without unknown keys. */
interface Checked<T> {
  readonly value: T | null;
  readonly problems: readonly Problem[];
  readonly data: unknown;
}

/**
 * Checks parsed data against a zod schema. Unknown keys of strict objects are removed, with a warning that names the
 * nearest known key.
 * @param forgiven paths whose problems are not reported; there is still no value.
 * @param meant known keys for unknown ones.
 */
export function checkAgainst<S extends z.ZodObject>(
  schema: S,
  yaml: YamlText,
  where: string,
  forgiven: (path: readonly PropertyKey[]) => boolean = () => false,
  meant: ReadonlyMap<string, string> = new Map(),
): Checked<z.output<S>> {
  const { problems } = yaml;
  if (problems.length > 0 && yaml.data === null) return { value: null, problems, data: null };
  if (typeof yaml.data !== 'object' || yaml.data === null || Array.isArray(yaml.data)) {
    const what = '`key: value` lines are expected here';
    const fix = 'write for instance `title: …`';
    return {
      value: null,
      problems: [{ level: 'error', where, line: yaml.lineOf([]), what, fix }],
      data: null,
    };
  }
  let data: unknown = yaml.data;
  const known: KnownKeys = new Map();
  const error = noteKnown(known);
  let parsed = schema.safeParse(data, { reportInput: true, error });
  const unknown = parsed.success ? [] : unknownKeys(parsed.error.issues, known);
  if (unknown.length > 0) {
    data = without(data, unknown);
    parsed = schema.safeParse(data, { reportInput: true, error });
  }
  const dropped = new Set(yaml.dropped);
  const errors = (parsed.error?.issues ?? [])
    .filter(({ path }) => !forgiven(path))
    .slice(0, MAX_PROBLEMS)
    .map(issue => {
      const { what, fix } = wording(hidden(issue, yaml.hide ?? String));
      const line = yaml.lineOf(issue.path);
      const isDropped = issue.input === null && dropped.delete(line);
      return { level: 'error' as const, where, line, what, fix: isDropped ? QUOTE_HASH : fix };
    });
  // zod reports inner problems first.
  const outermost = unknown.sort((a, b) => a.path.length - b.path.length).slice(0, MAX_PROBLEMS);
  const warnings = outermost.map(({ path, key, known }) => {
    const near = meant.get(key) ?? nearestWord(key, known);
    const shown = keyShown(key);
    const all = known.join(', ');
    const spaced =
      shown === key ? `known here: ${all}` : `put a space after the colon, or write one of: ${all}`;
    const fix = near ? `did you mean \`${near}\`?` : spaced;
    const line = yaml.lineOf([...path, key]);
    return { level: 'warning' as const, where, line, what: `unknown key \`${shown}\``, fix };
  });
  const comments = [...dropped].map(line => {
    const what = 'what follows ` #` is a comment and is not read';
    return { level: 'warning' as const, where, line, what, fix: QUOTE_HASH };
  });
  const value = parsed.success && problems.length === 0 ? parsed.data : null;
  return { value, problems: [...problems, ...errors, ...warnings, ...comments], data };
}

interface UnknownKey {
  readonly path: readonly PropertyKey[];
  readonly key: string;
  readonly known: readonly string[];
}

/** The keys of a schema by the list of those that it does not know: an issue keeps that list, but not its schema. */
type KnownKeys = Map<readonly string[], readonly string[]>;

function noteKnown(known: KnownKeys): z.core.$ZodErrorMap {
  return issue => {
    if (issue.code === 'unrecognized_keys')
      known.set(issue.keys, Object.keys((issue.inst as z.ZodObject).shape));
    // Here alone an issue has its schema, which knows what it takes.
    return issue.code === 'invalid_type' ? whatToWrite(issue) : undefined;
  };
}

/** What to write for a value of another kind: with the `examples` of its schema, or a number's bounds. */
function whatToWrite({ expected, input, inst }: z.core.$ZodRawIssue<z.core.$ZodIssueInvalidType>): string {
  const schema = inst as z.ZodType;
  // The number as it was written is lost: a long one is rounded.
  if (expected === 'string' && typeof input === 'number' && schema.safeParse(`${input}`).success)
    return 'put it in quotes';
  if (expected === 'array') return 'write a list: `[a, b]`, or lines that begin with `- `';
  const { title, examples } = schema.meta() ?? {};
  const [example] = (examples ?? []) as unknown[];
  const kind =
    title ?? (schema instanceof z.ZodNumber ? numberOf(schema) : (TYPE_WORDS[expected] ?? `a ${expected}`));
  const shown = /^[\w./:@ -]*$/.test(`${example}`) ? example : `"${example}"`;
  return `write ${kind}${example === undefined ? '' : `, for instance ${shown}`}`;
}

/** `a whole number from 1 to 366`. */
function numberOf({ isInt, minValue, maxValue }: z.ZodNumber): string {
  const isBound = (value: number | null): value is number => Math.abs(value ?? NaN) < Number.MAX_SAFE_INTEGER;
  const kind = isInt ? 'a whole number' : 'a number';
  if (!isBound(minValue)) return kind;
  return isBound(maxValue) ? `${kind} from ${minValue} to ${maxValue}` : `${kind} of at least ${minValue}`;
}

/** In a union: those of the branch where nothing else is wrong. */
function unknownKeys(
  issues: readonly z.core.$ZodIssue[],
  known: KnownKeys,
  above: readonly PropertyKey[] = [],
): UnknownKey[] {
  return issues.flatMap(issue => {
    const path = [...above, ...issue.path];
    if (issue.code === 'unrecognized_keys')
      return issue.keys.map(key => ({ path, key, known: known.get(issue.keys) ?? [] }));
    if (issue.code !== 'invalid_union') return [];
    const branch = issue.errors.find(
      inner => inner.length > 0 && inner.every(({ code }) => code === 'unrecognized_keys'),
    );
    return branch ? unknownKeys(branch, known, path) : [];
  });
}

function without(data: unknown, unknown: readonly UnknownKey[]): unknown {
  const left = structuredClone(data);
  for (const { path, key } of unknown) {
    const holder = path.reduce((at, step) => (at as Record<PropertyKey, unknown>)[step], left);
    delete (holder as Record<string, unknown>)[key];
  }
  return left;
}

/** The same with every text in it changed by `hide`. */
function hidden<T>(value: T, hide: (text: string) => string): T {
  if (typeof value === 'string') return hide(value) as T;
  if (Array.isArray(value)) return value.map(item => hidden(item, hide)) as T;
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [key, key === 'inst' ? inner : hidden(inner, hide)]),
  ) as T;
}

/** A key, without what somebody wrote behind a colon that no space follows: `pass:…`. */
function keyShown(key: PropertyKey): string {
  return String(key).replace(/[:=\s"'].*$/su, '…');
}

/** Settings whose values are never shown, because problems are shown on /readyz. */
const SECRET = /^(?:headers|body|auth|user|pass|password|token|secret|key)$/;

/** `meant`: the fix is the value that was probably meant. */
type Wording = Pick<Problem, 'what' | 'fix'> & { readonly meant?: true };

function wording(issue: z.core.$ZodIssue): Wording {
  const name = issue.path.map(keyShown).join('.') || 'this';
  const show = issue.path.some(key => SECRET.test(String(key))) ? kindOf : quote;
  const given =
    issue.input === undefined ? 'is missing' : issue.input === null ? 'is empty' : `is ${show(issue.input)}`;
  const what = `\`${name}\` ${given}`;
  switch (issue.code) {
    case 'invalid_value': {
      const values = issue.values.map(String);
      const near = typeof issue.input === 'string' ? nearestWord(issue.input, values) : undefined;
      return near ? meantBy(what, near) : { what, fix: `write ${joinWithOr(values)}` };
    }
    case 'invalid_type':
      return {
        what:
          issue.expected === 'string' && typeof issue.input === 'number' ? `\`${name}\` is a number` : what,
        fix: issue.message,
      };
    case 'invalid_union':
      return unionWording(issue, what);
    case 'too_big':
      if (issue.origin === 'string')
        return { what: `\`${name}\` is too long`, fix: `write at most ${issue.maximum} characters` };
      return { what, fix: `write at most ${issue.maximum}` };
    case 'too_small':
      if (issue.origin === 'array') return { what: `\`${name}\` is empty`, fix: 'name at least one' };
      if (issue.origin === 'string' && issue.minimum === 1)
        return { what, fix: 'write something, or remove it' };
      if (issue.origin === 'string')
        return { what: `\`${name}\` is too short`, fix: `write at least ${issue.minimum} characters` };
      return { what, fix: `write at least ${issue.minimum}` };
    case 'invalid_key': {
      const [first] = issue.issues;
      if (first) return wording({ ...first, path: issue.path, input: issue.path.at(-1) } as z.core.$ZodIssue);
      return { what, fix: 'choose another name' };
    }
    case 'custom': {
      const { fix } = (issue.params ?? {}) as Partial<SchemaIssue['params']>;
      // A message alone says what to write.
      if (fix === undefined) return { what, fix: masked(issue.message) };
      return { what: `\`${name}\`: ${masked(issue.message)}`, fix: masked(fix) };
    }
    default:
      if ('format' in issue && issue.format === 'url') return { what, fix: 'write an address: https://…' };
      if ('format' in issue && issue.format === 'email')
        return { what, fix: 'write an address: ops@example.com' };
      return { what, fix: issue.message.charAt(0).toLowerCase() + issue.message.slice(1) };
  }
}

const TYPE_WORDS: Record<string, string> = {
  string: 'text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  object: '`key: value` lines',
  record: '`key: value` lines',
};

function unionWording(issue: z.core.$ZodIssueInvalidUnion, what: string): Wording {
  const { discriminator, options } = issue as { discriminator?: string; options?: unknown[] };
  if (discriminator && options) {
    const values = options.map(String);
    const given = (issue.input as Record<string, unknown> | undefined)?.[discriminator];
    const near = typeof given === 'string' ? nearestWord(given, values) : undefined;
    const fault = given === undefined ? 'is missing' : `is ${quote(given)}`;
    const told = `\`${issue.path.map(String).join('.')}\` ${fault}`;
    return near ? meantBy(told, near) : { what: told, fix: `write ${joinWithOr(values)}` };
  }
  const inner = issue.errors.flat().map(wording);
  const asked = inner.find(({ meant }) => meant);
  // The schema's own message is clearer than those of its parts.
  const own = issue.message === 'Invalid input' ? undefined : issue.message;
  return { what, fix: asked?.fix ?? own ?? [...new Set(inner.map(({ fix }) => fix))].join(', or ') };
}

function meantBy(what: string, near: string): Wording {
  return { what, fix: `did you mean ${near}?`, meant: true };
}

/** Without logins, paths and queries of addresses. */
function masked(text: string): string {
  return text
    .replace(/(:\/\/)[^"]*@/g, '$1')
    .replace(/[^\s"]+:[^\s"/]*@/g, '')
    .replace(
      /(:\/\/)([^/?#\s"]*)([/?#][^\s"]*)?/g,
      (_, slashes: string, host: string, rest?: string) => `${slashes}${host}${rest ? '/…' : ''}`,
    );
}

/** A scalar as it stands, without the secret parts of an address; else what it is. */
function quote(value: unknown): string {
  if (typeof value === 'object') return kindOf(value);
  const text = masked(typeof value === 'string' ? `"${value}"` : String(value));
  return text.length > 60 ? `${text.slice(0, 57)}…` : text;
}

function kindOf(value: unknown): string {
  return TYPE_WORDS[Array.isArray(value) ? 'array' : typeof value] ?? 'of another kind';
}
