// Fast path for simple YAML, as most front matter and status.yaml are: ten times as fast as the parser.

/** Letters, digits and harmless characters; a colon only inside a word. Nothing that YAML may read differently. */
const SCALAR = /^\p{L}(?:[\p{L}\p{N} ._/+()&'’,;!?%–—-]|:(?=[^\s]))*$/u;
const MOMENT =
  /^\d{4}-\d{2}-\d{2}(?:[T ]\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?: ?(?:Z|UTC|[+-]\d{2}:?\d{2}))?)?$/;
const DURATION = /^[1-9]\d*(?:ms|s|m|h|d)$/;
const NUMBER = /^(?:0|[1-9]\d{0,8})$/;
const QUOTED = /^(?:"([^"\\]*)"|'([^']*)')$/;
const OTHER_TYPE = /^(?:null|true|false)$/i;
const ENTRY = /^([a-z][a-z0-9_-]*):(?: +(.*))?$/;
const KEY = /([a-z][a-z0-9_-]*): +/y;
const ATOM = /"[^"\\]*"|'[^']*'|[^,[\]{}"'#]+/y;
const SPACES = / */y;
/** Deeper nesting is left to the parser. */
const MAX_DEPTH = 20;

/** Thrown when the parser must be used. */
const NOT_PLAIN = new Error('not plain');

interface YamlLine {
  readonly indent: number;
  readonly text: string;
}

/** Reads a block-style map with one-line values. Null for anything else, for which the parser must be used. */
export function readPlainYaml(text: string): Record<string, unknown> | null {
  // YAML treats only spaces and line feeds as blank everywhere.
  if (/[^\S \n]/.test(text)) return null;
  const lines: YamlLine[] = [];
  for (const line of text.split('\n')) {
    const content = line.trim();
    if (content !== '' && content[0] !== '#')
      lines.push({ indent: line.indexOf(content[0]!), text: content });
  }
  if (lines[0]?.indent !== 0 || isItem(lines[0])) return null;
  try {
    const blocks = new Blocks(lines);
    const found = blocks.map(0, 0);
    return blocks.isAtEnd ? found : null;
  } catch (error) {
    if (error === NOT_PLAIN) return null;
    throw error;
  }
}

const isItem = ({ text }: YamlLine) => text.startsWith('- ');

class Blocks {
  readonly #lines: YamlLine[];
  #next = 0;

  constructor(lines: YamlLine[]) {
    this.#lines = lines;
  }

  get isAtEnd(): boolean {
    return this.#next === this.#lines.length;
  }

  map(indent: number, depth: number): Record<string, unknown> {
    const found: Record<string, unknown> = {};
    for (
      let line = this.#lines[this.#next];
      line?.indent === indent && !isItem(line);
      line = this.#lines[this.#next]
    ) {
      const [, key, value] = ENTRY.exec(line.text) ?? [];
      this.#next++;
      put(found, key, value ? readValue(value) : this.#below(indent, depth + 1));
    }
    return found;
  }

  #list(indent: number, depth: number): unknown[] {
    const found: unknown[] = [];
    for (
      let line = this.#lines[this.#next];
      line?.indent === indent && isItem(line);
      line = this.#lines[this.#next]
    ) {
      const text = line.text.slice(2);
      if (ENTRY.test(text)) {
        this.#lines[this.#next] = { indent: indent + 2, text };
        found.push(this.map(indent + 2, depth + 1));
      } else {
        this.#next++;
        found.push(readValue(text));
      }
    }
    return found;
  }

  /** The value below a key; a list may begin at the key's indentation. */
  #below(above: number, depth: number): unknown {
    const line = this.#lines[this.#next];
    if (!line || depth > MAX_DEPTH) throw NOT_PLAIN;
    if (isItem(line) && line.indent >= above) return this.#list(line.indent, depth);
    if (line.indent > above) return this.map(line.indent, depth);
    throw NOT_PLAIN;
  }
}

function put(map: Record<string, unknown>, key: string | undefined, value: unknown): void {
  if (!key || Object.hasOwn(map, key) || OTHER_TYPE.test(key)) throw NOT_PLAIN;
  map[key] = value;
}

function readValue(text: string): unknown {
  if (text[0] !== '{' && text[0] !== '[') return readAtom(text);
  const flow = new Flow(text);
  const value = flow.value(0);
  if (!flow.isAtEnd) throw NOT_PLAIN;
  return value;
}

/** A value in flow style, read from left to right. */
class Flow {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  get isAtEnd(): boolean {
    return this.#at === this.#text.length;
  }

  value(depth: number): unknown {
    if (depth > MAX_DEPTH) throw NOT_PLAIN;
    if (this.#text[this.#at] === '{') {
      const map: Record<string, unknown> = {};
      this.#each('}', () => {
        const key = this.#take(KEY)?.[1];
        put(map, key, this.value(depth + 1));
      });
      return map;
    }
    if (this.#text[this.#at] !== '[') return readAtom(this.#take(ATOM)?.[0].trim() ?? '');
    const list: unknown[] = [];
    this.#each(']', () => list.push(this.value(depth + 1)));
    return list;
  }

  #each(end: string, read: () => void): void {
    this.#at++;
    for (;;) {
      this.#take(SPACES);
      if (this.#text[this.#at] === end) break;
      read();
      this.#take(SPACES);
      if (this.#text[this.#at] === end) break;
      if (this.#text[this.#at] !== ',') throw NOT_PLAIN;
      this.#at++;
    }
    this.#at++;
  }

  #take(pattern: RegExp): RegExpExecArray | null {
    pattern.lastIndex = this.#at;
    const found = pattern.exec(this.#text);
    if (found) this.#at = pattern.lastIndex;
    return found;
  }
}

function readAtom(text: string): unknown {
  if (MOMENT.test(text) || DURATION.test(text)) return text;
  if (NUMBER.test(text)) return Number(text);
  if (text === 'true' || text === 'false') return text === 'true';
  if (SCALAR.test(text) && !OTHER_TYPE.test(text)) return text;
  const quoted = QUOTED.exec(text);
  if (!quoted) throw NOT_PLAIN;
  return quoted[1] ?? quoted[2];
}
