// Links of the static copy: from site paths to files, so that any server, bucket or folder will do.
import type { Lang } from '../../core/model/lang.ts';

export interface CopiedPage {
  readonly lang: Lang;
  /** The page's own address on the site, `/status/components/api?range=7d`. */
  readonly path: string;
  /** The site itself, where what is not in the copy is found. */
  readonly site: string;
  /** Files of the copy that are no pages. */
  readonly files: ReadonlySet<string>;
  /** Addresses of the site's pages that are in the copy. */
  readonly pages: ReadonlySet<string>;
  /** For a page that is shown at any address: where the copy is; null when only the site is known. */
  readonly from?: string | null;
}

/** The file a page stands in: `status/live/index.html`, in German `de/status/live/index.html`. */
export function pageFile(lang: Lang, address: string): string {
  const { path, query } = split(address);
  const folder = decodeURIComponent(path).replace(/^\/+|\/+$/g, '');
  const choice = choiceIn(query);
  const parts = [...(lang === 'en' ? [] : [lang]), ...(folder === '' ? [] : [folder])];
  return [...parts, ...(choice === null ? [] : [choice]), 'index.html'].join('/');
}

/** The file of what is no page; `?show=uptime` and `?range=7d` stand before the ending: `badge/api.uptime.svg`. */
export function dataFile(address: string): string {
  const { path, query } = split(address);
  const file = decodeURIComponent(path).replace(/^\//, '');
  const choice = choiceIn(query);
  return choice === null ? file : file.replace(/(\.\w+)$/, `.${choice}$1`);
}

/** The page with every `href`, `src` and `srcset` made relative, with the file's name: not every server knows index.html. */
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
  // The version in an asset's address stays: browsers see by it when the bytes are others.
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

/** What a query chooses, when it is one of those that have files of their own. */
function choiceOf(query: string): string | null {
  return /^\?(?:range|show)=(\w+)$/.exec(query)?.[1] ?? null;
}

/** The same, null for what is shown without being asked for. */
function choiceIn(query: string): string | null {
  const choice = choiceOf(query);
  return choice === '24h' || choice === 'status' ? null : choice;
}

/** From file to file, percent-encoded. */
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
