// What every part of a page is drawn from: the Snapshot, the visitor's words and dates, and the site's links.

import { type Dates, datesIn } from '../../core/i18n/dates.ts';
import { type Key, type Say, sayIn } from '../../core/i18n/words.ts';
import type { Lang } from '../../core/model/lang.ts';
import type { Site } from '../../core/model/site.ts';
import { MINUTE, type Millis } from '../../core/model/time.ts';
import type { Snapshot } from '../../core/page/snapshot.ts';
import { escapeHtml } from '../../core/text/markdown.ts';

/** What a page is asked for with. */
export interface PageRequest {
  readonly snapshot: Snapshot;
  readonly lang: Lang;
  /** Whether `?lang=` asked for it: then links keep it. */
  readonly langAsked?: boolean;
  /** Path prefix of PUBLIC_URL: `''` or `/x`. */
  readonly base: string;
  /** Versioned addresses. */
  readonly assets: { readonly css: string; readonly js: string };
  /** Whether the page goes into the static copy, which says its age. */
  readonly copy?: boolean;
}

/** Markup that is already safe: the one thing `html` does not escape. */
interface Html {
  readonly html: string;
}

export interface PageContext extends PageRequest {
  readonly say: Say;
  readonly dates: Dates;
  /** The snapshot's moment: "now" for everything on the page. */
  readonly at: Millis;
  readonly site: Site;
  /** A path on this site, with the prefix of PUBLIC_URL. */
  link(path: string): string;
  /** The same for a page of ours, with a query such as `range=7d`: the language asked for by `?lang=` is kept. */
  page(path: string, query?: string): string;
  /** A sentence as HTML: values are escaped unless they are Html. */
  html(key: Key, values?: Readonly<Record<string, string | number | Html>>): string;
  /** `<time>`: the site's zone in the text, for the script the moment in the attribute. */
  time(at: Millis, style?: 'dateTime' | 'time' | 'near'): Html;
}

export function pageContext(request: PageRequest): PageContext {
  const { snapshot, lang, langAsked = false, base, assets, copy = false } = request;
  const { site, at } = snapshot;
  const say = sayIn(lang);
  const dates = datesIn(lang, site.timezone);
  // Not `...request`: a literal of known fields is faster to read, and a large page reads it ten thousand times.
  return {
    snapshot,
    lang,
    langAsked,
    base,
    assets,
    copy,
    say,
    dates,
    at,
    site,
    link: path => base + path,
    page(path, query) {
      const all = [query, langAsked ? `lang=${lang}` : undefined].filter(Boolean);
      return base + path + (all.length > 0 ? `?${all.join('&')}` : '');
    },
    html(key, values = {}) {
      const safe = Object.entries(values).map(([name, value]) => [
        name,
        typeof value === 'object' ? value.html : typeof value === 'number' ? value : isolated(value),
      ]);
      // Markup goes in after the words are chosen, so `n` still picks the plural.
      return say(key, Object.fromEntries(safe));
    },
    time(moment, style = 'dateTime') {
      const text = style === 'near' ? dates.near(moment, at) : dates[style](moment);
      // The script rewrites whole moments only. `data-t` asks it for the clock without the date: always, or
      // when near only on the visitor's own today, which need not be the site's. A date once written
      // stays: taking it away would move the page under the reader's eyes for nothing.
      const sameDay = style === 'near' && dates.sameDay(moment, at);
      const clock = style === 'time' ? ' data-t' : sameDay ? ' data-t="near"' : '';
      return { html: `<time datetime="${stamp(moment)}"${clock}>${escapeHtml(text)}</time>` };
    },
  };
}

/** `2026-11-23T10:06Z`, with seconds only where there are some. */
function stamp(at: Millis): string {
  const text = new Date(at).toISOString();
  return `${text.slice(0, at % MINUTE === 0 ? 16 : 19)}Z`;
}

const RIGHT_TO_LEFT = /[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]/;

/** A value as HTML; one written from right to left must not turn the sentence around it. */
function isolated(value: string): string {
  const safe = escapeHtml(value);
  return RIGHT_TO_LEFT.test(value) ? `<bdi>${safe}</bdi>` : safe;
}

/** A sentence of `PageContext.html` without its markup. */
export function plainOf(html: string): string {
  return html
    .replace(/<[^>]+>/g, '')
    .replaceAll('\u00a0', ' ')
    .replace(/&#(\d+);/g, (_, code: string) => String.fromCharCode(Number(code)));
}
