// Machine texts: the sentences of automatic updates. Files have them in English with times in UTC; they are read back
// to be shown in another language and time zone. So the text is the data: it survives a clone and a lost database, and
// what an operator changes is shown as written.
import type { Dates } from '../i18n/dates.ts';
import { en } from '../i18n/en.ts';
import { DURATION, MOMENT, printMoment, readMoment, readSpelled, spell } from '../i18n/spell.ts';
import { type Key, type Say, sayIn } from '../i18n/words.ts';
import type { Millis } from '../model/time.ts';
import { escapeMarkdown } from './markdown.ts';

type PlaceholderValues = Readonly<Record<string, string | number | undefined>>;
/** The keys of whole sentences. */
type MachineKey = Extract<Key, `machine.${string}`>;

/** How a value stands in a file: its pattern, and its two directions. */
interface ValueForm {
  readonly pattern: string;
  write(value: string | number): string;
  read(text: string): string | number;
}

const inEnglish = sayIn('en');
const TEXT: ValueForm = { pattern: '.+?', write: String, read: String };
const MOMENTS: ValueForm = { pattern: MOMENT, write: at => printMoment(at as Millis), read: readMoment };
const DURATIONS: ValueForm = { pattern: DURATION, write: time => spell(time as Millis), read: readSpelled };
const REASONS = ['removed', 'manual', 'unconfigured', 'heartbeat'] as const;
export type MachineEndReason = (typeof REASONS)[number];
const reasonIn = (say: Say, reason: string) => say(`machine.reason_${reason as MachineEndReason}`);

/** By the name of the placeholder; any other is text. */
const FORMS: Readonly<Record<string, ValueForm>> = {
  at: MOMENTS,
  lasted: DURATIONS,
  value: DURATIONS,
  limit: DURATIONS,
  window: DURATIONS,
  lead: DURATIONS,
  checks: {
    pattern: String.raw`\d+ checks?`,
    write: n => inEnglish('machine.checks', { n: n as number }),
    read: text => Number.parseInt(text, 10),
  },
  said: {
    pattern: String.raw`\.|: .+`,
    write: text => (text === '' ? '.' : `: ${text}`),
    read: text => text.replace(/^\.$|^: /, ''),
  },
  percentile: { pattern: String.raw`[\d.]+`, write: String, read: Number },
  reason: {
    pattern: REASONS.map(one => reasonIn(inEnglish, one)).join('|'),
    write: one => reasonIn(inEnglish, String(one)),
    read: text => REASONS.find(one => reasonIn(inEnglish, one) === text)!,
  },
};

const formOf = (name: string): ValueForm => FORMS[name] ?? TEXT;

/** A sentence as it stands in a file, safe in markdown. Parts without their value are left out. */
export function machineText(key: MachineKey, values: PlaceholderValues): string {
  return escapeMarkdown(plainly(key, values));
}

function plainly(key: MachineKey, values: PlaceholderValues): string {
  return filled(en[key] as string, name => {
    const value = values[name];
    return value === undefined ? undefined : formOf(name).write(value);
  });
}

/** Fills a template; a part in square brackets with a value that is undefined is left out. */
function filled(template: string, textOf: (name: string) => string | undefined): string {
  return template
    .split(/\[([^\]]*)\]/)
    .map((part, index) => {
      let isWhole = true;
      const text = part.replace(/\{(\w+)\}/g, (_, name: string) => {
        const value = textOf(name);
        isWhole &&= value !== undefined;
        return value ?? '';
      });
      return index % 2 === 1 && !isWhole ? '' : text;
    })
    .join('');
}

/** Who reports, where the program has no name of its own. */
export const A_MONITOR = en['machine.a_monitor'];

/** Without the parts of sentences: "2 checks", the reasons. */
const isSentence = (key: string): key is MachineKey =>
  /^machine\.(?!unstable|a_monitor|checks|others|reason_)/.test(key);
/** Before the sentence of a relapse. */
const UNSTABLE = `${en['machine.unstable']} `;

/**
 * The words of a relapse: our sentence that a check fails says that it fails again; any other is said after "Still
 * unstable." What says so already stays.
 * @param isAgain whether it is a single source, which failed before
 */
export function relapseWords(message: string, isAgain: boolean): string {
  const [first, ...more] = message.split('\n\n') as [string, ...string[]];
  const sentence = sentenceOf(first);
  if (first.startsWith(UNSTABLE) || sentence?.key === 'machine.again') return message;
  const isDown = sentence?.key === 'machine.down' || sentence?.key === 'machine.fails_too';
  if (!isAgain || !isDown) return UNSTABLE + message;
  return [machineText('machine.again', sentence.values), ...more].join('\n\n');
}

interface Pattern {
  readonly key: MachineKey;
  readonly regex: RegExp;
  /** In every such text: to look for it is fast. */
  readonly words: string;
}

const PATTERNS: readonly Pattern[] = Object.keys(en).filter(isSentence).map(patternOf);

function patternOf(key: MachineKey): Pattern {
  const parts = (en[key] as string).split(/\[([^\]]*)\]/);
  const sources = parts.map((part, index) => {
    const source = part
      .replace(/[.*+?^$()|\\]/g, '\\$&')
      .replace(/\{(\w+)\}/g, (_, name: string) => `(?<${name}>${formOf(name).pattern})`);
    return index % 2 === 1 ? `(?:${source})?` : source;
  });
  const literals = parts.filter((_, index) => index % 2 === 0).flatMap(part => part.split(/\{\w+\}/));
  const words = literals.reduce((longest, one) => (one.length > longest.length ? one : longest));
  return { key, regex: new RegExp(`^${sources.join('')}$`), words };
}

/** Longer texts are no sentences of ours; and reading takes time by their length. */
const LONGEST = 1_500;

interface Sentence {
  readonly key: MachineKey;
  readonly values: PlaceholderValues;
}

/** Reads a sentence; null if it is none of ours, or not to the letter. */
function readSentence(text: string): Sentence | null {
  for (const { key, regex, words } of PATTERNS) {
    if (!text.includes(words)) continue;
    const found = regex.exec(text);
    if (!found) continue;
    const values = Object.fromEntries(
      Object.entries(found.groups ?? {}).map(([name, value]) => [
        name,
        value === undefined ? undefined : formOf(name).read(value),
      ]),
    );
    if (plainly(key, values) === text) return { key, values };
  }
  return null;
}

/** A reader's language and zone, and how their text is written: as plain text, markdown or HTML. */
export interface TextReader {
  readonly say: Say;
  readonly dates: Dates;
  /** A time as the reader sees it. */
  moment(at: Millis): string;
  /** Any other text, made safe. */
  text(text: string): string;
  /** One of our paragraphs, and one that is not ours, as markdown. */
  ours(paragraph: string): string;
  other(markdown: string): string;
}

/** An update for a reader: our paragraphs in their language, the others as written. Null if none is ours. */
export function machineTextFor(body: string, reader: TextReader): string | null {
  const found: string[] = [];
  let others: string[] = [];
  const flush = () => {
    if (others.length > 0) found.push(reader.other(others.join('\n\n')));
    others = [];
  };
  let isOurs = false;
  for (const paragraph of body.trim().split(/\n{2,}/)) {
    const text = told(paragraph, reader);
    if (text === null) others.push(paragraph);
    else {
      flush();
      found.push(reader.ours(text));
      isOurs = true;
    }
  }
  flush();
  return isOurs ? found.join('\n\n') : null;
}

/** The sentence that a paragraph of a file is; null if it is none of ours. */
function sentenceOf(paragraph: string): Sentence | null {
  if (paragraph.length > LONGEST) return null;
  const plain = paragraph.trim().replace(/\\([\\`*_{}[\]<>#+!|~@/.])/g, '$1');
  return escapeMarkdown(plain) === paragraph.trim() ? readSentence(plain) : null;
}

function told(paragraph: string, reader: TextReader): string | null {
  const { say } = reader;
  const isUnstable = paragraph.startsWith(UNSTABLE);
  const sentence = sentenceOf(isUnstable ? paragraph.slice(UNSTABLE.length) : paragraph);
  if (!sentence) return null;
  const text = filled(say(sentence.key), name => {
    const value = sentence.values[name];
    return value === undefined ? undefined : shown(name, value, reader);
  });
  return isUnstable ? `${say('machine.unstable')} ${text}` : text;
}

function shown(name: string, value: string | number, { say, dates, moment, text }: TextReader): string {
  if (name === 'at') return moment(value as Millis);
  if (formOf(name) === DURATIONS) return text(dates.spelled(value as Millis));
  if (name === 'checks') return text(say('machine.checks', { n: value }));
  if (name === 'reason') return text(reasonIn(say, String(value)));
  if (name === 'said') return text(formOf(name).write(value));
  if (name === 'who' && value === A_MONITOR) return text(say('machine.a_monitor'));
  if (name === 'names') return text(namesIn(String(value), say, dates));
  return text(String(value));
}

/** "API, Database and Queue", "API and 4 other components", in another language. */
function namesIn(names: string, say: Say, dates: Dates): string {
  const [, first, n] = /^(.*) and (\d+) other components?$/.exec(names) ?? [];
  if (first !== undefined) return say('machine.others', { first, n: Number(n) });
  const [, some, last] = /^(.*) and (.*?)$/.exec(names) ?? [];
  return some === undefined ? names : dates.list([...some.split(', '), last!]);
}
