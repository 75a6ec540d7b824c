// HTML comments in markdown: finds them and removes them. Inside code they do not count.
import { commentsLeftOpen } from './left-open.ts';

export interface ShownLine {
  readonly text: string;
  /** Inside a code fence, or its mark. */
  readonly fenced: boolean;
  /** A comment continues from the line before, so this line is no heading. */
  readonly within: boolean;
  /** The line has only comments. */
  readonly silent: boolean;
}

export interface CommentReading {
  readonly lines: readonly ShownLine[];
  /** The mark of an unclosed code fence that would include later lines; else null. */
  readonly openFence: string | null;
  /** Its line, from 1. */
  readonly openFenceLine: number | null;
  /** Unclosed comments; they hide nothing. Lines and columns from 1. */
  readonly unclosed: readonly { readonly line: number; readonly column: number }[];
  /** Lines, from 1, on which a comment begins inside another: the first `-->` ends both. */
  readonly nested: readonly number[];
}

/** A text without its comments; an unclosed comment is plain text. */
export function withoutComments(markdown: string): string {
  if (!markdown.includes('<!--')) return markdown;
  return joinShownLines(readComments(markdown, '\\').lines);
}

/** Joins lines; a comment over several lines leaves no empty line. */
export function joinShownLines(lines: readonly ShownLine[]): string {
  return lines
    .filter(({ silent, within }) => !(silent && within))
    .map(({ text }) => text)
    .join('\n');
}

/** Reads a text (lines end with LF) in linear time. `mark` is put before unclosed comments. */
export function readComments(body: string, mark = ''): CommentReading {
  const source = body.split('\n');
  if (!/<!--|`{3}|~{3}/.test(body)) {
    const lines = source.map(text => ({ text, fenced: false, within: false, silent: false }));
    return { lines, openFence: null, openFenceLine: null, unclosed: [], nested: [] };
  }
  return new CommentReader(body, source, mark).read();
}

interface Fence {
  readonly mark: string;
  readonly line: number;
  /** The indentation of its content, in columns: that of a list item; 0 outside lists. */
  readonly base: number;
  readonly quoted: boolean;
}

class CommentReader {
  readonly #body: string;
  readonly #source: readonly string[];
  readonly #starts: number[] = [];
  readonly #fenced = new Set<number>();
  /** Offsets of comments, ends exclusive, in order. */
  readonly #found: { readonly from: number; readonly to: number; readonly put: string }[] = [];
  readonly #unclosed: { line: number; column: number }[] = [];
  readonly #nested: number[] = [];
  #fence: Fence | null = null;
  /** The columns at which the text of the open list items begins, outermost first. */
  #items: number[] = [];
  /** No paragraph is open, so an indentation of four is code. */
  #fresh = true;
  #close: RegExpExecArray | null | undefined;
  #leftOpen: ReadonlySet<number> | undefined;
  #sign: RegExpExecArray | null;
  #spans = { to: -1, runs: new Map<number, number[]>() };

  readonly #mark: string;

  constructor(body: string, source: readonly string[], mark: string) {
    this.#mark = mark;
    this.#body = body;
    this.#source = source;
    SIGN.lastIndex = 0;
    this.#sign = SIGN.exec(body);
    let at = 0;
    for (const line of source) {
      this.#starts.push(at);
      at += line.length + 1;
    }
  }

  read(): CommentReading {
    let past = 0;
    for (let index = 0; index < this.#source.length; index++) {
      const from = this.#starts[index]!;
      const to = from + this.#source[index]!.length;
      if (past > to) continue;
      // After the end of a comment or code span, a line begins no block.
      if (past > from) past = this.#inline(index, past);
      else if (this.#isText(index)) past = this.#inline(index, from);
    }
    const open = this.#fence && this.#fence.base === 0 && !this.#fence.quoted ? this.#fence : null;
    const { mark: openFence, line: openFenceLine } = open ?? { mark: null, line: null };
    return { lines: this.#lines(), openFence, openFenceLine, unclosed: this.#unclosed, nested: this.#nested };
  }

  /** Whether a line is neither empty nor code; keeps track of fences and lists. */
  #isText(index: number): boolean {
    const line = this.#source[index]!;
    if (this.#fence && !this.#leaves(line, this.#fence)) {
      this.#fenced.add(index);
      const rest = unquoted(line).trim();
      const isEnd = rest.startsWith(this.#fence.mark) && new Set(rest).size === 1;
      if (isEnd && indentOf(unquoted(line)) - this.#fence.base <= 3) this.#fence = null;
      return false;
    }
    this.#fence = null;
    let rest = unquoted(line);
    if (rest.trim() === '') {
      this.#fresh = true;
      return false;
    }
    let column = indentOf(rest);
    if (this.#fresh || /^#{1,6}\s/.test(rest)) this.#items = this.#items.filter(item => item <= column);
    if (this.#fresh && column - (this.#items.at(-1) ?? 0) >= 4) return false;
    for (let item = ITEM.exec(rest), depth = 0; item && depth < DEEPEST; item = ITEM.exec(rest), depth++) {
      this.#items = this.#items.filter(one => one <= column);
      column = indentOf(item[0].replace(/\S/g, ' ').padEnd(item[0].length));
      // The rest of the line, at its column.
      rest = ' '.repeat(column) + rest.slice(item[0].length);
      const isEmpty = rest.trim() === '';
      const isCode = !isEmpty && indentOf(rest) - column >= 4;
      if (!isEmpty && !isCode) column = indentOf(rest);
      this.#items.push(column);
      if (isCode) return false;
      if (isEmpty) break;
    }
    const base = this.#items.at(-1) ?? 0;
    const mark = column - base <= 3 ? /^(`{3,})[^`]*$|^(~{3,})/.exec(rest.trim()) : null;
    if (mark) {
      this.#fence = {
        mark: (mark[1] ?? mark[2])!,
        line: index + 1,
        base: column >= base ? base : 0,
        quoted: unquoted(line) !== line,
      };
      this.#fenced.add(index);
      this.#fresh = true;
      return false;
    }
    this.#fresh = /^#{1,6}\s/.test(rest);
    return true;
  }

  /** Whether a line is outside the list or quote of a fence. */
  #leaves(line: string, { base, quoted }: Fence): boolean {
    if (quoted && unquoted(line) === line) return true;
    return base > 0 && line.trim() !== '' && indentOf(unquoted(line)) < base;
  }

  /** Finds comments from an offset to the line's end. Returns the end, which may be on a later line. */
  #inline(index: number, from: number): number {
    const end = this.#starts[index]! + this.#source[index]!.length;
    let at = from;
    for (let sign = this.#signFrom(at); sign && sign.index < end; sign = this.#signFrom(at)) {
      at = sign.index + sign[0].length;
      if (sign[0][0] === '`') at = this.#spanEnd(index, sign.index, sign[0].length);
      else if (sign[0][0] === '<') at = this.#comment(index, sign.index);
      if (at > end) return at;
    }
    return end;
  }

  /** The next mark from an offset on; cached, so that each line need not search again. */
  #signFrom(from: number): RegExpExecArray | null {
    if (this.#sign && this.#sign.index < from) {
      SIGN.lastIndex = from;
      this.#sign = SIGN.exec(this.#body);
    }
    return this.#sign;
  }

  /** The end of the comment at an offset; if unclosed, of its opening mark. */
  #comment(index: number, from: number): number {
    const empty = /^<!---?>/.exec(this.#body.slice(from, from + 6));
    const to = empty ? from + empty[0].length : this.#closeFrom(from + 4);
    const inner = to === null ? -1 : this.#body.slice(from + 4, to).indexOf('<!--');
    if (inner >= 0) this.#leftOpen ??= commentsLeftOpen(this.#body);
    if (to === null || this.#leftOpen?.has(from) || this.#isArrow(index, from, to)) {
      this.#unclosed.push({ line: index + 1, column: from - this.#starts[index]! + 1 });
      if (this.#mark !== '') this.#found.push({ from, to: from, put: this.#mark });
      return from + 4;
    }
    this.#found.push({ from, to, put: '' });
    if (inner >= 0) this.#nested.push(index + this.#body.slice(from, from + 4 + inner).split('\n').length);
    if (this.#body.slice(this.#starts[index]!, from).trim() === '') this.#fresh = true;
    return to;
  }

  /** Whether the end of a comment that began within a line, and would hide an update, is an arrow in a text (`eu-->us`). */
  #isArrow(index: number, from: number, to: number): boolean {
    return (
      to - from < MAX_ARROW &&
      /^[\p{L}\d]--!?>[\p{L}\d]/u.test(this.#body.slice(to - 4, to + 1)) &&
      this.#body.slice(this.#starts[index]!, from).trim() !== '' &&
      /^##\s/m.test(this.#body.slice(from, to))
    );
  }

  /** The end of the comment from an offset on; null if there is none. */
  #closeFrom(from: number): number | null {
    if (this.#close === undefined || (this.#close && this.#close.index < from)) {
      CLOSE.lastIndex = from;
      this.#close = CLOSE.exec(this.#body);
    }
    return this.#close && this.#close.index + this.#close[0].length;
  }

  /** The end of the code span that a run of backticks begins; of the run alone where nothing ends it. */
  #spanEnd(index: number, from: number, length: number): number {
    if (from >= this.#spans.to) this.#spans = this.#spansFrom(index, from);
    const runs = this.#spans.runs.get(length) ?? [];
    while (runs.length > 0 && runs.at(-1)! <= from) runs.pop();
    return (runs.at(-1) ?? from) + length;
  }

  /** The runs of backticks in the rest of a paragraph, by length, last first. */
  #spansFrom(index: number, from: number) {
    let last = index;
    const isAlone = ALONE.test(this.#source[index]!);
    while (!isAlone && last + 1 < this.#source.length && !BREAK.test(this.#source[last + 1]!)) last++;
    const to = this.#starts[last]! + this.#source[last]!.length;
    const runs = new Map<number, number[]>();
    for (const run of this.#body.slice(from, to).matchAll(/`+/g)) {
      const there = runs.get(run[0].length);
      if (there) there.push(from + run.index);
      else runs.set(run[0].length, [from + run.index]);
    }
    for (const list of runs.values()) list.reverse();
    return { to, runs };
  }

  #lines(): ShownLine[] {
    let next = 0;
    return this.#source.map((line, index) => {
      const from = this.#starts[index]!;
      const to = from + line.length;
      const within = next < this.#found.length && this.#found[next]!.from < from;
      let text = '';
      let at = from;
      let touched = within;
      while (next < this.#found.length && this.#found[next]!.from <= to) {
        const one = this.#found[next]!;
        touched = true;
        text += this.#body.slice(at, Math.max(at, one.from)) + one.put;
        at = one.to;
        if (one.to > to) break;
        next++;
      }
      if (at < to) text += this.#body.slice(at, to);
      // Two spaces at the end would be a line break.
      else if (touched) text = text.trimEnd();
      const silent = touched && text.trim() === '';
      return { text: silent ? '' : text, fenced: this.#fenced.has(index), within, silent };
    });
  }
}

/** So far from the beginning of a comment, an arrow is not looked for: many unclosed comments would take long. */
const MAX_ARROW = 5000;
/** Deeper nesting on one line is no text for people; markdown.ts has the same limit. */
const DEEPEST = 30;
/** Begins a comment or a code span, or is escaped. */
const SIGN = /\\[\\`<]|`+|<!--/g;
const CLOSE = /--!?>/g;
const ITEM = /^\s*(?:[-*+]|\d{1,9}[.)])(?:[ \t]|$)/;
/** A line that no code span crosses: it begins a block (as a comment at its start does) or ends one. */
const BREAK =
  /^\s*$|^\s*<!--|^ {0,3}(?:#{1,6}\s|>|\||`{3}|~{3}|(?:[-*+]|\d{1,9}[.)])\s|(?:=+|-+|(?:\* *){3,}|(?:_ *){3,})\s*$)/;
/** A line that is its own block. */
const ALONE = /^ {0,3}(?:#{1,6}\s|\|)/;

function unquoted(line: string): string {
  return line.replace(/^(?: {0,3}> ?)+/, '');
}

/** Columns before the first character; a tab goes to the next multiple of four. */
function indentOf(line: string): number {
  let column = 0;
  for (let index = 0; index < line.length; index++) {
    const sign = line.charCodeAt(index);
    if (sign === 32) column++;
    else if (sign === 9) column += 4 - (column % 4);
    else break;
  }
  return column;
}
