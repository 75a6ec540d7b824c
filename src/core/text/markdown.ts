// Renders markdown to safe HTML: GitHub-flavoured, without raw HTML, fast for any text.
import MarkdownIt, { type Token } from 'markdown-it';
import { incidentPath } from '../model/incident.ts';
import { withoutComments } from './comments.ts';
import { isBounded, shownPart } from './markdown/bounds.ts';
import { withFootnotes } from './markdown/footnotes.ts';
import { printable } from './printable.ts';

/** Deeper lists and quotes are no text for people: shown as written. */
const DEEPEST = 30;
/** The largest ratio of HTML to text: a long address behind many links makes it grow. */
const GROWTH = 40;

const REL = 'noopener nofollow ugc';

// markdown-it, because its time is linear in the length of a text. Raw HTML is shown as text; all tags and attributes
// are markdown-it's own and those below.
const md = new MarkdownIt({ html: false, linkify: true, xhtmlOut: true, maxNesting: 2 * DEEPEST });

// Bare words are links only with `www.`, as on GitHub: "node.js" is a name.
const found = md.linkify.match.bind(md.linkify);
md.linkify.match = text =>
  found(text)?.filter(({ schema, url, text: words }) => {
    return schema !== '' ? !/^(ftp|\/\/)/i.test(schema) : /^www\./i.test(words) || /^mailto:/.test(url);
  }) ?? null;
// Decided when rendering, so that a refused link keeps its words and `javascript:` does not appear as text.
md.validateLink = () => true;

// markdown-it would drop deeper blocks silently.
const tokenize = md.block.tokenize.bind(md.block);
md.block.tokenize = (state, start, end) => {
  if (state.level >= 2 * DEEPEST) throw new RangeError('nested too deeply');
  tokenize(state, start, end);
};

withFootnotes(md);

// A checkbox would not be text; without one, done and not done would look the same.
md.core.ruler.after('block', 'tasks', ({ tokens }) => {
  for (const [index, token] of tokens.entries()) {
    if (token.type !== 'inline' || tokens[index - 2]?.type !== 'list_item_open') continue;
    token.content = token.content.replace(/^\[([ xX])\](?=\s)/, (_, mark) => (mark === ' ' ? '☐' : '☑'));
  }
});

const { rules } = md.renderer;
type RenderRule = NonNullable<(typeof rules)[string]>;
/** Whether each open link is rendered. */
type LinkState = { links: boolean[] };

rules.link_open = (tokens, index, _, env) => {
  const { links } = env as LinkState;
  const href = linkOf(String(tokens[index]!.attrGet('href') ?? ''));
  links.push(href !== null);
  return href === null ? '' : `<a href="${escaped(href)}"${titleOf(tokens[index]!)} rel="${REL}">`;
};
rules.link_close = (_tokens, _index, _options, env) => ((env as LinkState).links.pop() ? '</a>' : '');
rules.image = (tokens, index) => {
  const token = tokens[index]!;
  const src = String(token.attrGet('src') ?? '');
  const alt = escaped(wordsOf(token.children ?? []));
  // Browsers block images over http.
  const isSafe = linkOf(src) !== null && (/^https:/i.test(src) || !/^[a-z]+:/i.test(src));
  return isSafe ? `<img src="${escaped(src)}" alt="${alt}"${titleOf(token)} loading="lazy" />` : alt;
};
rules.fence = rules.code_block = (tokens, index) =>
  `<pre><code>${escaped(tokens[index]!.content)}</code></pre>\n`;
rules.code_inline = (tokens, index) => `<code>${escaped(tokens[index]!.content)}</code>`;
rules.text = (tokens, index) => escaped(tokens[index]!.content);
rules.s_open = () => '<del>';
rules.s_close = () => '</del>';
// h1 and h2 are the page's: headings of a text go below them.
const heading: RenderRule = (tokens, index, options, _, self) => {
  const token = tokens[index]!;
  if (token.tag === 'h1' || token.tag === 'h2') token.tag = 'h3';
  return self.renderToken(tokens, index, options);
};
rules.heading_open = rules.heading_close = heading;
// A column's alignment as an attribute: the page forbids styles, and feed readers drop classes.
const cell: RenderRule = (tokens, index, options, _, self) => {
  const token = tokens[index]!;
  const align = /^text-align:(\w+)$/.exec(String(token.attrGet('style') ?? ''))?.[1];
  token.attrs = align === undefined ? null : [['align', align]];
  return self.renderToken(tokens, index, options);
};
rules.td_open = rules.th_open = cell;

/**
 * Renders an operator's or a monitor's markdown; the result never has scripts, handlers or unsafe links. A text that
 * would take longer than some milliseconds is shown as written.
 */
export function renderMarkdown(markdown: string): string {
  const text = withoutComments(markdown);
  const tokens = parsed(text);
  const env: LinkState = { links: [] };
  const html = tokens && printable(md.renderer.render(tokens, md.options, env)).trim();
  return html === null || html.length > 1000 + GROWTH * text.length ? asWritten(text) : html;
}

/**
 * Makes the relative links and images of an incident's rendered markdown those of the live page, wherever the text is shown.
 * Links to a place within the text (`#cause`) lead to the incident's own page.
 * @param site the site's URL, or its path for a page of our own
 */
export function absoluteLinks(html: string, site: string, incidentId: string): string {
  return html.replace(RELATIVE, (whole: string, before: string, link: string) => {
    const page = link.startsWith('#') ? incidentPath(incidentId) : '/status/live';
    const base = new URL(site + page, ANYWHERE).href;
    if (!URL.canParse(link, base)) return whole;
    const { href } = new URL(link, base);
    return `${before}${href.startsWith(ANYWHERE) ? href.slice(ANYWHERE.length) : href}"`;
  });
}

const ANYWHERE = 'https://anywhere.invalid';
/** Quotes stand only around our own attributes: those of the text are escaped. */
const RELATIVE = /( (?:href|src)=")(?!https?:|mailto:)([^"]*)"/gi;

function asWritten(markdown: string): string {
  return `<pre>${escaped(printable(shownPart(markdown)))}</pre>`;
}

/** The tokens of a text, without comments; null when it must be shown as written. */
export function markdownTokens(markdown: string): Token[] | null {
  return parsed(withoutComments(markdown));
}

function parsed(text: string): Token[] | null {
  if (!isBounded(text)) return null;
  try {
    return md.parse(text, {});
  } catch {
    return null;
  }
}

/** Escapes HTML with named entities, which clients of the API expect. */
function escaped(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}

/** A safe link: http, https, mailto, or within the site; else null. */
function linkOf(href: string): string | null {
  if (/^(https?|mailto):/i.test(href)) return href;
  return /^(\/\/|\\|[^/?#]*:)/.test(href) ? null : href;
}

function titleOf(token: Token): string {
  const title = token.attrGet('title');
  return title === null ? '' : ` title="${escaped(String(title))}"`;
}

/** A markdown text as plain words, for titles, email summaries and `og:description`. */
export function markdownAsWords(markdown: string): string {
  const tokens = markdownTokens(markdown);
  const words = tokens === null ? shownPart(markdown) : wordsOf(tokens);
  return words.replace(/\s+/g, ' ').trim();
}

function wordsOf(tokens: readonly Token[]): string {
  return tokens
    .map(({ type, content, children }) => {
      if (type === 'inline') return wordsOf(children ?? []);
      if (type === 'image') return wordsOf(children ?? []);
      if (/^(text|code_inline|code_block|fence)$/.test(type)) return content;
      return /break$|^(paragraph|heading|t[dhr]|list_item)_close$/.test(type) ? ' ' : '';
    })
    .join('');
}

/** Escapes any text for markdown: a monitor's message must not become a link or a heading. */
export function escapeMarkdown(text: string): string {
  return (
    text
      .replace(/[\r\n]+/g, ' ')
      // Not round brackets: they make a link only after square ones, and plain text stays readable.
      .replace(/[\\`*_{}[\]<>#+!|~@]/g, '\\$&')
      // GitHub's markdown links bare addresses too.
      .replace(/:\/\//g, ':\\//')
      .replace(/\b(www)\./gi, '$1\\.')
      .trim()
  );
}

/** Escapes text for HTML or SVG. */
export function escapeHtml(text: string): string {
  return printable(text)
    .replaceAll('&', '&#38;')
    .replaceAll('<', '&#60;')
    .replaceAll('>', '&#62;')
    .replaceAll('"', '&#34;')
    .replaceAll("'", '&#39;');
}
