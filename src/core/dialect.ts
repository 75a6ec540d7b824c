// Markdown → the markdown of chat services: a text's words, emphasis, lists and links, and nothing that
// could call people by name or pretend to be something else.
import { Marked, type Token, type Tokens } from 'marked';

/** How one service writes things. Texts handed to the marks are escaped already. */
export interface Dialect {
  /** Makes plain words harmless. */
  readonly escape: (text: string) => string;
  readonly strong: (text: string) => string;
  readonly em: (text: string) => string;
  readonly del: (text: string) => string;
  /** Code comes as it is: each service escapes it differently. */
  readonly code: (raw: string) => string;
  readonly block: (raw: string) => string;
  /** `url` is http, https or mailto, without blanks or brackets; `bare`: its words are the address itself. */
  readonly link: (text: string, url: string, bare: boolean) => string;
  readonly bullet: string;
}

const marked = new Marked({ gfm: true });

/** Renders an operator's or a monitor's markdown in a dialect. */
export function inDialect(markdown: string, dialect: Dialect): string {
  return blocks(marked.lexer(markdown), dialect)
    .replace(/[ \t]+\n/g, '\n')
    .replace(/\n{3,}/g, '\n\n')
    .trim();
}

/** Cuts a text to `most` characters, at a word's end where one is near; whole emoji, never half. */
export function cut(text: string, most: number): string {
  if (text.length <= most) return text;
  if (most < 1) return '';
  const room = text.slice(0, most - 1).replace(/[\uD800-\uDBFF]$/, '');
  const space = room.search(/\s\S*$/);
  return `${(space > most * 0.8 ? room.slice(0, space) : room).trimEnd()}…`;
}

/**
 * Cuts what is written in a dialect at a line's end, so that no mark of it stays open; a single line too
 * long is cut as plain text by `plain`.
 */
export function cutLines(rendered: string, most: number, plain: () => string): string {
  if (rendered.length <= most) return rendered;
  const lines = rendered.slice(0, most - 2).split('\n');
  const whole = lines.slice(0, -1).join('\n').trimEnd();
  const fences = whole.match(/^```/gm)?.length ?? 0;
  if (whole.length < most / 3 || fences % 2 === 1) return plain();
  return `${whole}\n…`;
}

/** Cuts plain text so that, made harmless, it has at most `most` characters; no escape is cut in two. */
export function cutEscaped(text: string, most: number, harmless: Dialect['escape']): string {
  for (let room = most; ; room = Math.floor(room * 0.9)) {
    const escaped = harmless(cut(text, room));
    if (escaped.length <= most) return escaped;
  }
}

/** A mention of everybody, broken apart by a joiner nobody sees. */
export function withoutMentions(text: string): string {
  return text.replace(/@(?=everyone|here|channel|group|[!&]?\d)/gi, '@\u2060');
}

/** What every service calls plain: words alone. */
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

/** The words alone, links beside theirs. */
export function inWords(markdown: string): string {
  return withoutMentions(inDialect(markdown, WORDS));
}

function blocks(tokens: readonly Token[], dialect: Dialect): string {
  return tokens.map(token => block(token, dialect)).join('');
}

function block(token: Token, dialect: Dialect): string {
  switch (token.type) {
    case 'space':
    case 'def':
      return '';
    case 'hr':
      return '\n';
    case 'heading':
      return `${dialect.strong(inline((token as Tokens.Heading).tokens, dialect))}\n\n`;
    case 'code':
      return `${dialect.block(withoutMentions((token as Tokens.Code).text))}\n\n`;
    case 'blockquote':
      return `${blocks((token as Tokens.Blockquote).tokens, dialect)}`;
    case 'list':
      return `${list(token as Tokens.List, dialect)}\n`;
    case 'table':
      return `${table(token as Tokens.Table, dialect)}\n`;
    case 'html':
      return `${words((token as Tokens.HTML).text.trim(), dialect)}\n\n`;
    default:
      return `${inline((token as Tokens.Paragraph).tokens ?? [token], dialect)}\n\n`;
  }
}

function list({ ordered, start, items }: Tokens.List, dialect: Dialect): string {
  return items
    .map((item, index) => {
      const mark = ordered ? `${Number(start || 1) + index}. ` : dialect.bullet;
      const text = item.tokens
        .map(token =>
          token.type === 'text'
            ? `${inline((token as Tokens.Text).tokens ?? [token], dialect)}\n`
            : block(token, dialect),
        )
        .join('');
      return `${mark}${text
        .replace(/\n{2,}/g, '\n')
        .trimEnd()
        .replaceAll('\n', '\n   ')}\n`;
    })
    .join('');
}

function table({ header, rows }: Tokens.Table, dialect: Dialect): string {
  const line = (cells: readonly Tokens.TableCell[]) =>
    `${cells.map(cell => inline(cell.tokens, dialect)).join(' · ')}\n`;
  return [header, ...rows].map(line).join('');
}

function inline(tokens: readonly Token[], dialect: Dialect): string {
  return tokens.map(token => span(token, dialect)).join('');
}

function span(token: Token, dialect: Dialect): string {
  const inner = () => inline((token as { tokens?: Token[] }).tokens ?? [], dialect);
  switch (token.type) {
    case 'strong':
      return dialect.strong(inner());
    case 'em':
      return dialect.em(inner());
    case 'del':
      return dialect.del(inner());
    case 'codespan':
      return dialect.code(withoutMentions((token as Tokens.Codespan).text.replace(/\s+/g, ' ')));
    case 'br':
      return '\n';
    case 'image':
      return words((token as Tokens.Image).text, dialect);
    case 'link': {
      const { href, text } = token as Tokens.Link;
      const url = safeUrl(href);
      // `www.example.com` by itself is made a link too.
      return url === null ? inner() : dialect.link(inner(), url, href.endsWith(text));
    }
    default:
      return (token as { tokens?: Token[] }).tokens
        ? inner()
        : words((token as Tokens.Text).text ?? token.raw, dialect);
  }
}

function words(text: string, dialect: Dialect): string {
  return dialect.escape(withoutMentions(decoded(text)));
}

/** An address a reader may follow, with every character that means something to a chat encoded. */
function safeUrl(href: string): string | null {
  if (!URL.canParse(href)) return null;
  const url = new URL(href);
  if (!['http:', 'https:', 'mailto:'].includes(url.protocol)) return null;
  return url.href.replace(/[\s<>()|\\*_~`[\]]/g, char => `%${char.charCodeAt(0).toString(16).toUpperCase()}`);
}

const ENTITIES: Readonly<Record<string, string>> = {
  amp: '&',
  lt: '<',
  gt: '>',
  quot: '"',
  apos: "'",
  nbsp: ' ',
};

function decoded(text: string): string {
  return text.replace(/&(?:#(\d{1,6})|#x([\da-f]{1,5})|(\w{2,4}));/gi, (whole, decimal, hex, name) => {
    if (name) return ENTITIES[name] ?? whole;
    const code = decimal ? Number(decimal) : Number.parseInt(hex, 16);
    return code >= 32 && code <= 0x10ffff && !(code >= 0xd800 && code <= 0xdfff)
      ? String.fromCodePoint(code)
      : whole;
  });
}
