// Footnotes of markdown, as GitHub has them: `[^1]` in a text, `[^1]: words` below it. A reference is shown as [1], and the
// words stand at the end of the text under the same number: without links, whose names would have to differ in each text
// of a page, an email and a feed reader.
import type { MarkdownIt, StateBlock, StateCore, StateInline, Token } from 'markdown-it';

/** By name: the words of each footnote, and the numbers of those that are referred to. */
interface Notes {
  readonly words: Map<string, string>;
  readonly numbers: Map<string, string>;
}

interface Env {
  notes?: Notes;
}

const DEFINITION = /^\[\^([^\s\]]{1,64})\]:[ \t]*/;
const REFERENCE = /\[\^([^\s\]]{1,64})\]/y;

export function withFootnotes(md: MarkdownIt): void {
  // Before link references, which would read `[^1]: word` as an address.
  md.block.ruler.before('reference', 'footnotes', define, { alt: ['paragraph', 'reference'] });
  md.inline.ruler.before('link', 'footnotes', refer);
  md.core.ruler.after('inline', 'footnotes', append);
  md.renderer.rules.footnote = (tokens, index) => `<sup>${tokens[index]!.content}</sup>`;
  md.renderer.rules.notes = () => '<hr />\n';
}

function define(state: StateBlock, start: number, end: number, silent: boolean): boolean {
  const lineOf = (line: number) =>
    state.src.slice(state.bMarks[line]! + state.tShift[line]!, state.eMarks[line]);
  const isIndented = (line: number) => state.sCount[line]! - state.blkIndent >= 4;
  const found = isIndented(start) ? null : DEFINITION.exec(lineOf(start));
  if (!found) return false;
  if (silent) return true;
  const words = [lineOf(start).slice(found[0].length)];
  let next = start + 1;
  for (; next < end && !isOther(state, next, end, isIndented(next)); next++) words.push(lineOf(next));
  const env = state.env as Env;
  env.notes ??= { words: new Map(), numbers: new Map() };
  const { words: all } = env.notes;
  const before = all.get(found[1]!);
  all.set(found[1]!, `${before === undefined ? '' : `${before}\n\n`}${words.join('\n').trim()}`);
  state.line = next;
  return true;
}

/** Whether a line after a definition is no longer of it: paragraphs of a footnote are indented, or follow at once. */
function isOther(state: StateBlock, line: number, end: number, isIndented: boolean): boolean {
  if (state.isEmpty(line)) {
    const after = state.skipEmptyLines(line);
    return after >= end || state.sCount[after]! - state.blkIndent < 4;
  }
  if (isIndented) return false;
  if (state.isEmpty(line - 1) || state.sCount[line]! < state.blkIndent) return true;
  return state.md.block.ruler.getRules('paragraph').some(rule => rule(state, line, end, true));
}

function refer(state: StateInline, silent: boolean): boolean {
  const { notes } = state.env as Env;
  REFERENCE.lastIndex = state.pos;
  const found = notes && REFERENCE.exec(state.src);
  if (!found || !notes.words.has(found[1]!)) return false;
  if (!silent) state.push('footnote', '', 0).content = numberOf(found[1]!, notes);
  state.pos = REFERENCE.lastIndex;
  return true;
}

function numberOf(name: string, { numbers }: Notes): string {
  const number = numbers.get(name) ?? `[${numbers.size + 1}]`;
  numbers.set(name, number);
  return number;
}

/** The words of all footnotes, at the end: also of those that no reference names, because somebody wrote them. */
function append({ md, env, tokens, Token }: StateCore): void {
  const { notes } = env as Env;
  if (!notes) return;
  tokens.push(new Token('notes', '', 0));
  const done = new Set<string>();
  // References within these words number more of them, which the first map then goes on to.
  for (const names of [notes.numbers, notes.words]) {
    for (const name of names.keys()) {
      if (done.has(name)) continue;
      done.add(name);
      const number = new Token('footnote', '', 0);
      number.content = numberOf(name, notes);
      const space = new Token('text', '', 0);
      space.content = ' ';
      const found: Token[] = [];
      md.block.parse(notes.words.get(name)!, md, env, found);
      for (const token of found) {
        if (token.type === 'inline') md.inline.parse(token.content, md, env, token.children!);
      }
      if (found[0]?.type === 'paragraph_open') found[1]!.children!.unshift(number, space);
      else found.unshift(number);
      tokens.push(...found);
    }
  }
}
