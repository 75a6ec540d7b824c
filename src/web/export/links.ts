// Links of the static copy: turns site paths into relative file paths, for any server, bucket or folder.
import type { Lang } from '../../core/model/lang.ts';

interface CopiedPage {
  readonly lang: Lang;
  /** The page's address on the site, such as `/status/components/api?range=7d`. */
  readonly path: string;
  /** The live site, for addresses that are not in the copy. */
  readonly site: string;
  readonly files: ReadonlySet<string>;
  readonly pages: ReadonlySet<string>;
  /** For a page shown at any address: the URL of the copy; null if only the live site is known. */
  readonly from?: string | null;
}

/** The file of a page: `status/live/index.html`, in German `de/status/live/index.html`. */
export function pageFile(lang: Lang, address: string): string {
  const { path, query } = split(address);
  const folder = decodeURIComponent(path).replace(/^\/+|\/+$/g, '');
  const choice = choiceIn(query);
  const parts = [...(lang === 'en' ? [] : [lang]), ...(folder === '' ? [] : [folder])];
  return [...parts, ...(choice === null ? [] : [choice]), 'index.html'].join('/');
}

/** The file of a document; `?show=uptime` and `?range=7d` go before the extension: `badge/api.uptime.svg`. */
export function dataFile(address: string): string {
  const { path, query } = split(address);
  const file = decodeURIComponent(path).replace(/^\//, '');
  const choice = choiceIn(query);
  return choice === null ? file : file.replace(/(\.\w+)$/, `.${choice}$1`);
}

/**
 * Makes every `href`, `src` and `srcset` of a page relative, with the file's name, because not every server knows
 * index.html.
 */
export function localLinks(html: string, page: CopiedPage): string {
  const here = pageFile(page.lang, page.path);
  return html.replace(
    /( (?:href|src|srcset|data-copy)=")([^"]+)(")/g,
    (_, before: string, link: string, after: string) => {
      const target = localLink(link.replaceAll('&amp;', '&').replaceAll('&#39;', "'"), here, page);
      return before + target.replaceAll('&', '&amp;') + after;
    },
  );
}

function localLink(link: string, here: string, page: CopiedPage): string {
  const { lang, path, site, files, pages, from } = page;
  if (/^(#|[a-z][a-z0-9+.-]*:|\/\/)/i.test(link)) return link;
  const to = (file: string) => {
    if (from === undefined) return relative(here, file);
    return from === null ? null : `${from}/${encoded(file.split('/'))}`;
  };
  const other = /^\?lang=(\w+)$/.exec(link)?.[1];
  if (other) return to(pageFile(other as Lang, path)) ?? `${site}${path}${link}`;
  const { path: target, query, anchor } = split(link);
  const file = dataFile(target + query);
  // Keep the version in an asset's address: it tells browsers that the bytes changed.
  const kept = choiceOf(query) === null ? query : '';
  if (files.has(file)) return (to(file) ?? site + target) + kept + anchor;
  const known = target + (choiceIn(query) === null ? '' : query);
  if (pages.has(known)) return (to(pageFile(lang, known)) ?? site + known) + anchor;
  return site + link;
}

function split(link: string): { path: string; query: string; anchor: string } {
  const [, path = '', query = '', anchor = ''] = /^([^?#]*)(\?[^#]*)?(#.*)?$/.exec(link) ?? [];
  return { path, query, anchor };
}

/** The value of a query that has a file of its own. */
function choiceOf(query: string): string | null {
  return /^\?(?:range|show)=(\w+)$/.exec(query)?.[1] ?? null;
}

/** Like `choiceOf`, but null for the default value. */
function choiceIn(query: string): string | null {
  const choice = choiceOf(query);
  return choice === '24h' || choice === 'status' ? null : choice;
}

/** The relative path from one file to another, percent-encoded. */
function relative(from: string, to: string): string {
  const up = from.split('/').slice(0, -1);
  const down = to.split('/');
  while (up.length > 0 && down.length > 1 && up[0] === down[0]) {
    up.shift();
    down.shift();
  }
  return [...up.map(() => '..'), encoded(down)].join('/');
}

function encoded(parts: readonly string[]): string {
  return parts.map(encodeURIComponent).join('/');
}
