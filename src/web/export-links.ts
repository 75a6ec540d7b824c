// Links of the static copy: from site paths to files, so that any server, bucket or folder will do.
import type { Lang } from '../core/words/words.ts';

export interface Place {
  readonly lang: Lang;
  /** The page's own path on the site, `/status/live`. */
  readonly path: string;
  /** The site itself, where what is not in the copy is found. */
  readonly site: string;
  /** Files of the copy that are no pages. */
  readonly files: ReadonlySet<string>;
  /** Paths of the site's pages that are in the copy. */
  readonly pages: ReadonlySet<string>;
}

/** The file a page stands in: `status/live/index.html`, in German `de/status/live/index.html`. */
export function pageFile(lang: Lang, path: string): string {
  const folder = decodeURIComponent(path).replace(/^\/+|\/+$/g, '');
  return [...(lang === 'en' ? [] : [lang]), ...(folder === '' ? [] : [folder]), 'index.html'].join('/');
}

/** The page with every `href`, `src` and `srcset` made relative, with the file's name: not every server knows index.html. */
export function localLinks(html: string, place: Place): string {
  const here = pageFile(place.lang, place.path);
  return html.replace(
    /( (?:href|src|srcset)=")([^"]*)(")/g,
    (_, before: string, link: string, after: string) => {
      const target = localLink(link.replaceAll('&amp;', '&').replaceAll('&#39;', "'"), here, place);
      return before + target.replaceAll('&', '&amp;') + after;
    },
  );
}

function localLink(link: string, here: string, { lang, path, site, files, pages }: Place): string {
  if (/^(#|[a-z][a-z0-9+.-]*:|\/\/)/i.test(link)) return link;
  const other = /^\?lang=(\w+)$/.exec(link)?.[1];
  if (other) return relative(here, pageFile(other as Lang, path));
  const [, target = '', query = '', anchor = ''] = /^([^?#]*)(\?[^#]*)?(#.*)?$/.exec(link) ?? [];
  const file = decodeURIComponent(target).replace(/^\//, '');
  if (files.has(file)) return relative(here, file) + query + anchor;
  if (pages.has(target)) return relative(here, pageFile(lang, target)) + anchor;
  return site + link;
}

/** From file to file, percent-encoded. */
function relative(from: string, to: string): string {
  const up = from.split('/').slice(0, -1);
  const down = to.split('/');
  while (up.length > 0 && down.length > 1 && up[0] === down[0]) {
    up.shift();
    down.shift();
  }
  return [...up.map(() => '..'), ...down.map(encodeURIComponent)].join('/');
}
