// What is wrong with a text that is not YAML, in words for its author. The library's messages are about grammar, and some
// repeat a value, which may be a secret.
import type { YAMLError } from 'yaml';
import { count } from './count.ts';

export interface YamlFault {
  /** 1-based, in the text. */
  readonly line: number;
  readonly what: string;
  readonly fix: string;
}

type Words = Pick<YamlFault, 'what' | 'fix'>;

/** Describes an error of the library, which noticed it on `line` (1-based): the slip may be on another. */
export function faultOf({ code, message }: YAMLError, line: number, text: string): YamlFault {
  const lines = text.split('\n');
  const at = (place: number, what: string, fix: string): YamlFault => ({ line: place, what, fix });
  const here = lines[line - 1] ?? '';
  if (/sufficiently indented and end with/.test(message)) return unclosedBracket(message, lines, line);
  if (/^Missing closing/.test(message)) {
    const sign = message.includes('"') ? '"' : "'";
    const opened = lines.findIndex(one => one.split(sign).length % 2 === 0) + 1;
    return at(opened || line, `a \`${sign}\` is not closed`, `add \`${sign}\``);
  }
  if (code === 'TAB_AS_INDENT') return at(line, 'a tab is used for indentation', 'indent with spaces');
  const dash = /^\s*-(\w[\w-]*):(?:\s|$)/.exec(here);
  if (dash) return at(line, 'a space is missing after the `-`', `write \`- ${dash[1]}: …\``);
  const colon = /^\s*(?:- +)*([A-Za-z_][\w-]*):[^\s/]/.exec(here);
  if (colon && !/: /.test(here))
    return at(line, 'a space is missing after the colon', `write \`${colon[1]}: …\``);
  if (INDENTED.has(code) && !/:\s.*:\s/.test(withoutQuotes(here).replace(/[{[].*/, ''))) {
    const next = lines.findIndex((one, index) => index >= line && !isBlank(one));
    const found = misplaced(lines.slice(0, (next < 0 ? line - 1 : next) + 1));
    if (found && (found.isFirst || found.line >= line)) return found;
  }
  const { what, fix } = WORDS.find(([words]) => words.test(message))?.[1] ?? BY_CODE[code] ?? UNKNOWN;
  return at(line, what, fix);
}

const UNKNOWN: Words = {
  what: 'YAML cannot read this line',
  fix: 'check the indentation, the quotes and the colons around it',
};

/** What the library reports for lines that are indented by too much or too little. */
const INDENTED: ReadonlySet<string> = new Set([
  'BAD_INDENT',
  'BLOCK_AS_IMPLICIT_KEY',
  'MULTILINE_IMPLICIT_KEY',
  'MISSING_CHAR',
  'UNEXPECTED_TOKEN',
]);

const words = (what: string, fix: string): Words => ({ what, fix });
const RESERVED = words('a value begins with a character that YAML reserves', 'put it into "quotes"');

/** By message, where one code stands for several slips. */
const WORDS: readonly (readonly [RegExp, Words])[] = [
  [
    /^Nested mappings/,
    words('there is a second colon in one line', 'put text that contains a colon into "quotes"'),
  ],
  [
    /^A block sequence/,
    words('a list entry stands where none can be', 'put it below its key: that line ends with a colon'),
  ],
  [
    /^Unexpected flow-(?:map|seq)-start/,
    words('a `{` or `[` stands behind the end of a value', 'put a value that contains them into "quotes"'),
  ],
  [/^Unexpected flow-map-end/, words('a `}` closes nothing', 'remove it, or write the `{` before it')],
  [/^Unexpected flow-seq-end/, words('a `]` closes nothing', 'remove it, or write the `[` before it')],
  [
    /^Not a YAML token|^Block scalar header/,
    words('text stands behind `|` or `>`', 'put it into "quotes", or on the next lines, indented'),
  ],
  [
    /^Block scalars with/,
    words('an empty line is indented deeper than the text below it', 'remove its spaces'),
  ],
  [
    /^Unexpected .* at node end/,
    words('text stands behind the end of a value', 'put the whole value into "quotes"'),
  ],
  [
    /^Missing ,|^Block collections/,
    words('a comma is missing between two entries in braces', 'write `,` between them'),
  ],
  [/^Missing space after :/, words('a space is missing after the colon', 'write one')],
  [
    /^Comments must/,
    words(
      'a `#` follows a sign without a space',
      'put a value that contains `#` into "quotes", or write a space before the comment',
    ),
  ],
  [
    /^Missing directives-end/,
    words('a line begins with `%`, which YAML reserves', 'remove it, or put the value into "quotes"'),
  ],
  [
    /^All (?:mapping|sequence|collection) items must/,
    words('lines that belong together are not aligned', 'begin them in the same column'),
  ],
  [/^Implicit (?:map )?keys/, words('a line is not `key: value`', 'write it like `title: …`, or indent it')],
];

const BY_CODE: Readonly<Record<string, Words>> = {
  ALIAS_PROPS: RESERVED,
  BAD_ALIAS: RESERVED,
  BAD_DIRECTIVE: words('a line begins with `%`, which YAML reserves', 'remove it'),
  BAD_DQ_ESCAPE: words('in "quotes", a `\\` has a meaning of its own', "write '…' in its place"),
  BAD_INDENT: words('lines that belong together are not aligned', 'begin them in the same column'),
  BAD_PROP_ORDER: RESERVED,
  BAD_SCALAR_START: RESERVED,
  BAD_COLLECTION_TYPE: RESERVED,
  KEY_OVER_1024_CHARS: words('a key is longer than 1024 characters', 'shorten it'),
  MULTIPLE_ANCHORS: RESERVED,
  MULTIPLE_TAGS: RESERVED,
  TAG_RESOLVE_FAILED: RESERVED,
  MULTIPLE_DOCS: words('a line `---` or `...` ends the document', 'remove that line'),
};

/** The bracket that was open on `line`, by the lines up to it. */
function unclosedBracket(message: string, lines: readonly string[], line: number): YamlFault {
  const closing = /with a (.)/.exec(message)?.[1] ?? '}';
  const sign = closing === '}' ? '{' : '[';
  const open: { sign: string; line: number }[] = [];
  for (const [index, one] of lines.slice(0, line).entries())
    for (const bracket of withoutQuotes(one).match(/[[\]{}]/g) ?? [])
      if (bracket === '[' || bracket === '{') open.push({ sign: bracket, line: index + 1 });
      // Of the line where it was noticed, only what opens counts.
      else if (index + 1 < line || open.at(-1)?.line === line) open.pop();
  const place = open.findLast(one => one.sign === sign)?.line ?? line;
  const what = `the \`${sign}\` is not closed`;
  // What YAML read as a comment may hold the bracket that is missed.
  const fix = /(?:^|[\s[{,])#\S.*[\]}]/.test((lines[place - 1] ?? '').slice(0, MAX_LINE))
    ? QUOTE_HASH
    : `add \`${closing}\`, and indent the lines up to it deeper than this one`;
  return { line: place, what, fix };
}

/** Characters of a line that are looked at where the time grows with their square. */
const MAX_LINE = 1000;

/** The fix for a value that begins with `#`. */
export const QUOTE_HASH = 'put the value in quotes: a `#` after a space begins a comment';

/** Without quoted texts and comments. */
function withoutQuotes(line: string): string {
  return line.replace(
    /"(?:\\.|[^"\\])*"|'[^']*'|(?:^|[\s[{,])#.*$/g,
    signs => (/^[[{]/.test(signs) ? signs[0] : ' ') as string,
  );
}

const isBlank = (line: string) => /^\s*(?:#|$)/.test(line);

/** A column in which keys, or the dashes of a list, begin; `name`: of its last line. */
interface Column {
  readonly at: number;
  readonly isList: boolean;
  readonly line: number;
  readonly name: string;
}

/** The first line that begins in a column where no line above it could have it. */
function misplaced(lines: readonly string[]): (YamlFault & { readonly isFirst: boolean }) | null {
  const open: Column[] = [];
  let brackets = 0;
  /** The line above is a key, or a dash, with nothing behind it. */
  let mayDeepen = true;
  /** The column of the key whose text is below it, as it stands. */
  let ofText: number | null = null;
  for (const [index, line] of lines.entries()) {
    if (isBlank(line)) continue;
    const at = line.search(/\S/);
    if (ofText !== null && at > ofText) continue;
    ofText = null;
    const isInside = brackets > 0;
    for (const sign of withoutQuotes(line).match(/[[\]{}]/g) ?? []) brackets += '[{'.includes(sign) ? 1 : -1;
    if (isInside) continue;
    const [, dashes = '', key, value = ''] =
      /^\s*((?:-(?:\s+|$))*)(?:["']?([\w.-]+)["']?:(?:\s+(.*))?)?$/.exec(withoutComment(line)) ?? [];
    // The rest of a value, or no `key: value`.
    if (dashes === '' && key === undefined) continue;
    const isList = dashes !== '';
    const name = isList ? '-' : (key as string);
    const before = [...open];
    while (open.length > 0 && (open.at(-1) as Column).at > at) open.pop();
    if (!isList && open.at(-1)?.isList && open.at(-2)?.at === at) open.pop();
    const top = open.at(-1);
    const isNew =
      open.length === before.length &&
      mayDeepen &&
      (top === undefined || at > top.at || (isList && !top.isList));
    if (!isNew && !(top?.at === at && top.isList === isList))
      return faultAt(lines, index, { at, isList, name }, before);
    if (!isNew) open.pop();
    open.push({ at, isList, line: index + 1, name });
    if (isList && key !== undefined)
      open.push({ at: at + dashes.length, isList: false, line: index + 1, name: key });
    mayDeepen = key === undefined ? value === '' && /-\s*$/.test(line) : value === '';
    if (/^[|>]/.test(value)) ofText = at;
  }
  return null;
}

function withoutComment(line: string): string {
  return line.replace(/\s#.*$/, '').trimEnd();
}

function faultAt(
  lines: readonly string[],
  index: number,
  { at, isList, name }: Pick<Column, 'at' | 'isList' | 'name'>,
  above: readonly Column[],
): (YamlFault & { readonly isFirst: boolean }) | null {
  const of = (column: number) => (column === 0 ? 'no spaces' : count(column, 'space'));
  const [first] = above;
  if (first && at < first.at) {
    const what = `\`${first.name}\` is indented by ${of(first.at)}, and lines below it by fewer`;
    const fix = `indent it like \`${name}\` on line ${index + 1}: ${of(at)}`;
    return { line: lines.findIndex(line => !isBlank(line)) + 1, what, fix, isFirst: true };
  }
  const [like] = above
    .filter(one => one.isList === isList)
    .sort((a, b) => Math.abs(a.at - at) - Math.abs(b.at - at) || b.at - a.at);
  if (!like) return null;
  const place = like.line === index ? 'in the line above' : `on line ${like.line}`;
  const what = `\`${name}\` is indented by ${of(at)}, which fits no line above it`;
  return {
    line: index + 1,
    what,
    fix: `indent it like \`${like.name}\` ${place}: ${of(like.at)}`,
    isFirst: false,
  };
}
