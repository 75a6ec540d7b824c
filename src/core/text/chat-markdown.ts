// Converts markdown to that of chat services: words, emphasis, lists and links, but no mentions and nothing deceptive.
import type { Token } from 'markdown-it';
import { markdownTokens } from './markdown.ts';

/** The markup of one service. Its functions get escaped text. */
export interface Dialect {
  readonly escape: (text: string) => string;
  readonly strong: (text: string) => string;
  readonly em: (text: string) => string;
  readonly del: (text: string) => string;
  /** Gets raw code: each service escapes it differently. */
  readonly code: (raw: string) => string;
  readonly block: (raw: string) => string;
  /** `url` is http, https or mailto, without spaces or brackets; `bare`: the words are the address itself. */
  readonly link: (text: string, url: string, bare: boolean) => string;
  readonly bullet: string;
}

function inDialect(markdown: string, dialect: Dialect): string {
  const tokens = markdownTokens(markdown);
  // Shown as written, like on the page; no service accepts more characters.
  if (tokens === null) return words(cut(markdown.trim(), 30_000), dialect);
  return (
    blocks(tokens, dialect)
      // The lookbehind avoids quadratic time in long runs of spaces.
      .replace(/(?<![ \t])[ \t]+\n/g, '\n')
      .replace(/\n{3,}/g, '\n\n')
      .trim()
  );
}

/** Cuts a text to `most` characters, at a word's end if one is near, never inside an emoji. */
export function cut(text: string, most: number): string {
  if (text.length <= most) return text;
  if (most < 1) return '';
  const room = text.slice(0, most - 1).replace(/[\uD800-\uDBFF]$/, '');
  const space = room.search(/\s\S*$/);
  return `${(space > most * 0.8 ? room.slice(0, space) : room).trimEnd()}…`;
}

/** Markdown in a dialect, cut to `most` characters at a line's end, so that no markup stays open. */
export function cutDialect(markdown: string, dialect: Dialect, most: number): string {
  const rendered = inDialect(markdown, dialect);
  if (rendered.length <= most) return rendered;
  const lines = rendered.slice(0, most - 2).split('\n');
  const whole = lines.slice(0, -1).join('\n').trimEnd();
  const fences = whole.match(/^```/gm)?.length ?? 0;
  const isCutWell = whole.length >= most / 3 && fences % 2 === 0;
  return isCutWell ? `${whole}\n…` : cutText(inWords(markdown), dialect, most);
}

/** Plain text in a dialect, at most `most` characters, without mentions; no escape is cut in two. */
export function cutText(text: string, dialect: Dialect, most: number): string {
  const harmless = withoutMentions(text);
  for (let room = most; ; room = Math.floor(room * 0.9)) {
    const escaped = dialect.escape(cut(harmless, room));
    if (escaped.length <= most) return escaped;
  }
}

/** Breaks mentions of everyone with an invisible joiner. */
export function withoutMentions(text: string): string {
  return text.replace(/@(?=everyone|here|channel|group|[!&]?\d)/gi, '@\u2060');
}

/** Plain text for any service. */
const WORDS: Dialect = {
  escape: text => text,
  strong: text => text,
  em: text => text,
  del: text => text,
  code: raw => raw,
  block: raw => raw,
  link: (text, url, bare) => (bare ? url : `${text} (${url})`),
  bullet: '- ',
};

export function inWords(markdown: string): string {
  return withoutMentions(inDialect(markdown, WORDS));
}

type Open = { next: number | null };

function blocks(tokens: readonly Token[], dialect: Dialect): string {
  const lists: Open[] = [];
  /** The text of each open list item; the first is the text outside of lists. */
  const texts = [''];
  let cells: string[] = [];
  const say = (text: string) => {
    texts[texts.length - 1] += text;
  };
  for (const [index, { type, content, children }] of tokens.entries()) {
    if (type === 'inline') {
      const text = inline(children ?? [], dialect);
      const around = tokens[index - 1] as Token;
      if (around.type === 'heading_open') say(`${dialect.strong(text)}\n\n`);
      else if (around.type === 'paragraph_open') say(around.hidden ? `${text}\n` : `${text}\n\n`);
      else cells.push(text);
    } else if (type === 'hr') say('\n');
    else if (type === 'fence' || type === 'code_block') {
      say(`${dialect.block(withoutMentions(content.replace(/\n$/, '')))}\n\n`);
    } else if (type === 'bullet_list_open') lists.push({ next: null });
    else if (type === 'ordered_list_open') lists.push({ next: Number(tokens[index]!.attrGet('start') ?? 1) });
    else if (type === 'bullet_list_close' || type === 'ordered_list_close') {
      lists.pop();
      say('\n');
    } else if (type === 'list_item_open') texts.push('');
    else if (type === 'list_item_close') {
      const item = texts.pop() as string;
      say(itemOf(item, lists.at(-1) as Open, dialect));
    } else if (type === 'tr_close') {
      say(`${cells.join(' · ')}\n`);
      cells = [];
    } else if (type === 'table_close') say('\n');
  }
  return texts.join('');
}

function itemOf(text: string, list: Open, dialect: Dialect): string {
  const mark = list.next === null ? dialect.bullet : `${list.next++}. `;
  return `${mark}${text
    .replace(/\n{2,}/g, '\n')
    .trimEnd()
    .replaceAll('\n', '\n   ')}\n`;
}

interface StyledText {
  text: string;
  /** The same without markup. */
  raw: string;
  readonly href: string;
}

function inline(tokens: readonly Token[], dialect: Dialect): string {
  const spans: StyledText[] = [{ text: '', raw: '', href: '' }];
  const say = (text: string, raw = text) => {
    const span = spans.at(-1) as StyledText;
    span.text += text;
    span.raw += raw;
  };
  for (const token of tokens) {
    const { type, content } = token;
    if (/_open$/.test(type)) spans.push({ text: '', raw: '', href: String(token.attrGet('href') ?? '') });
    else if (/_close$/.test(type)) {
      const span = spans.pop() as StyledText;
      say(marked(type, span, dialect), span.raw);
    } else if (type === 'code_inline')
      say(dialect.code(withoutMentions(content.replace(/\s+/g, ' '))), content);
    else if (type === 'softbreak' || type === 'hardbreak') say('\n');
    else say(words(content, dialect), content);
  }
  return spans.map(({ text }) => text).join('');
}

function marked(type: string, { text, raw, href }: StyledText, dialect: Dialect): string {
  if (type === 'strong_close') return dialect.strong(text);
  if (type === 'em_close') return dialect.em(text);
  if (type === 's_close') return dialect.del(text);
  const url = safeUrl(href);
  // A bare `www.example.com` is a link too.
  return url === null ? text : dialect.link(text, url, href.endsWith(raw));
}

function words(text: string, dialect: Dialect): string {
  return dialect.escape(withoutMentions(text));
}

/** A safe link, with all characters encoded that have a meaning in chats; else null. */
function safeUrl(href: string): string | null {
  if (!URL.canParse(href)) return null;
  const url = new URL(href);
  if (!['http:', 'https:', 'mailto:'].includes(url.protocol)) return null;
  return url.href.replace(/[\s<>()|\\*_~`[\]]/g, char => `%${char.charCodeAt(0).toString(16).toUpperCase()}`);
}
