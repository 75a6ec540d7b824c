// Update bodies for API clients: plain text that is harmless as text, as HTML and as markdown.
import { renderMarkdown } from '../../core/text/markdown.ts';

/**
 * Markdown → the text of a Statuspage `body`. Clients print it as it is (terminals, Slack, Discord), or
 * set it as innerHTML, or render it as markdown, so it is text without markup: `<` and `>` stay encoded
 * (no tag can begin), a link is `words (address)` when its address passed the sanitiser and bare words
 * when not, and what could turn back into a link to a script is broken apart. `html` is what it is rendered to.
 */
export function bodyText(markdown: string, html = renderMarkdown(markdown)): string {
  return html
    .replace(/<a\b([^>]*)>(.*?)<\/a>/gs, (_, attributes: string, words: string) => link(attributes, words))
    .replace(/<img\b([^>]*)>/g, (_, attributes: string) => attribute(attributes, 'alt'))
    .replace(/(?<!\s)\s*<li>\s*(<p>)?/g, '\n- ')
    .replace(/<hr \/>/g, '\n')
    .replace(/<br \/>\n?/g, '\n')
    .replace(/<\/(td|th)>\s*/g, '  ')
    .replace(/<\/(p|h\d|pre|blockquote|ul|ol|table)>/g, '\n\n')
    .replace(/<[^>]*>/g, '')
    .replace(/&(amp|quot|#39);/g, (_, name: string) => (name === 'amp' ? '&' : name === 'quot' ? '"' : "'"))
    .replace(/\]\(/g, '] (')
    .replace(/\b(javascript|vbscript)\s*:/gi, '$1 :')
    .replace(/(?<![ \t])[ \t]+\n/g, '\n')
    .replace(/\n{3,}/g, '\n\n')
    .trim();
}

const texts = new WeakMap<object, string>();

/** The same of an incident's update, made once; `html` is its markdown rendered, when that is at hand. */
export function updateText(update: { readonly body: string }, html: string | undefined): string {
  const known = texts.get(update) ?? bodyText(update.body, html);
  texts.set(update, known);
  return known;
}

function link(attributes: string, words: string): string {
  const href = attribute(attributes, 'href');
  return href === '' || href === words ? words : `${words} (${href})`;
}

function attribute(attributes: string, name: string): string {
  return new RegExp(`\\b${name}="([^"]*)"`).exec(attributes)?.[1] ?? '';
}
