// The page context: the Snapshot, the visitor's language and dates, and the site's links.

import { type Dates, datesIn } from '../../core/i18n/dates.ts';
import { type Key, type Say, sayIn } from '../../core/i18n/words.ts';
import { offsetAt } from '../../core/incidents/times/zone.ts';
import type { Lang } from '../../core/model/lang.ts';
import type { Site } from '../../core/model/site.ts';
import { MINUTE, type Millis, type Span } from '../../core/model/time.ts';
import type { Snapshot } from '../../core/page/snapshot.ts';
import { escapeHtml } from '../../core/text/markdown.ts';

export interface PageRequest {
  readonly snapshot: Snapshot;
  readonly lang: Lang;
  /** Whether `?lang=` was given: then links keep it. */
  readonly langAsked?: boolean;
  /** The path prefix of PUBLIC_URL: `''` or `/x`. */
  readonly base: string;
  /** Addresses with their version. */
  readonly assets: { readonly css: string; readonly js: string };
  /** Whether the page is for the static copy, which shows its age. */
  readonly copy?: boolean;
}

/** Markup that is already safe; `html` does not escape it. */
interface Html {
  readonly html: string;
}

export interface PageContext extends PageRequest {
  readonly say: Say;
  readonly dates: Dates;
  /** The Snapshot's time: "now" for everything on the page. */
  readonly at: Millis;
  readonly site: Site;
  /** A path on this site, with the prefix of PUBLIC_URL. */
  link(path: string): string;
  /** The address of one of our pages, with a query such as `range=7d`; keeps the language of `?lang=`. */
  page(path: string, query?: string): string;
  /** A sentence as HTML; values are escaped unless they are Html. */
  html(key: Key, values?: Readonly<Record<string, string | number | Html>>): string;
  /**
   * `<time>` with the moment in the site's zone; the script writes the same in the visitor's. `ago` adds the age of a
   * moment of today, `exact` shows seconds, because rounding would hide a difference. `under` is the day of the heading
   * above, as `2026-11-23`: a moment of that day needs no other.
   */
  time(at: Millis, style?: 'moment' | 'ago' | 'exact', under?: string): Html;
  /**
   * `Mon, 30 Nov, 14:50 – 16:20`; with seconds, or without the date where that stands beside it. Over a change of the
   * site's clocks it stays in the site's zone, which both ends name.
   */
  span(span: Span, style?: 'exact' | 'clock'): Html;
  /** `Mon, 30 Nov, 14:50 – 16:20 (1 h 30 min)` */
  window(span: Span): Html;
}

export function pageContext(request: PageRequest): PageContext {
  const { snapshot, lang, langAsked = false, base, assets, copy = false } = request;
  const { site, at } = snapshot;
  const say = sayIn(lang);
  const dates = datesIn(lang, site.timezone);
  // Not `...request`: a literal with known fields is faster to read, and a large page reads it ten thousand times.
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
      // Insert markup after the text is chosen, so that `n` still selects the plural.
      return say(key, Object.fromEntries(safe));
    },
    time(moment, style = 'moment', under) {
      const text =
        style === 'ago'
          ? dates.momentAgo(moment, at, under)
          : dates.moment(moment, at, style === 'exact' ? style : undefined);
      const attribute = { moment: '', ago: ' data-ago', exact: ' data-exact' }[style];
      return { html: `<time datetime="${stamp(moment)}"${attribute}>${escapeHtml(text)}</time>` };
    },
    span({ start, end }, style) {
      const isClock = style === 'clock' && dates.localDay(start) === dates.localDay(end);
      const text = isClock
        ? dates.clocks(start, end)
        : dates.window(start, end, at, style === 'exact' ? style : undefined);
      // The script would write one zone for both ends.
      if (offsetAt(site.timezone, start) !== offsetAt(site.timezone, end))
        return { html: `<span>${escapeHtml(text)}</span>` };
      const how = style ? ` data-${style}` : '';
      return {
        html: `<time datetime="${stamp(start)}" data-to="${stamp(end)}"${how}>${escapeHtml(text)}</time>`,
      };
    },
    window(span) {
      const duration = unbreakable(dates.duration(span.end - span.start));
      return { html: `${this.span(span).html} (${duration})` };
    },
  };
}

/** `2026-11-23T10:06Z`, with seconds only if they are not zero. */
function stamp(at: Millis): string {
  const text = new Date(at).toISOString();
  return `${text.slice(0, at % MINUTE === 0 ? 16 : 19)}Z`;
}

/** Keeps number and unit on one line: "1 h" and "37 min". */
export function unbreakable(text: string): string {
  return text.replaceAll(' ', '\u00a0');
}

/**
 * Phrases as HTML, with dots between them. A line breaks before a dot, which status.css then hides, and within a phrase
 * only if that is longer than the line.
 */
export function phrases(all: readonly string[]): string {
  if (all.length < 2) return all.join('');
  const shown = all.map((html, i) => `<span class="phrase">${i > 0 ? '<i>·</i> ' : ''}${html}</span>`);
  return `<span class="phrases">${shown.join(' ')}</span>`;
}

const RIGHT_TO_LEFT = /[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]/;

/** A value as HTML. A right-to-left value is isolated, so that it does not turn the sentence around. */
export function isolated(value: string): string {
  const safe = escapeHtml(value);
  return RIGHT_TO_LEFT.test(value) ? `<bdi>${safe}</bdi>` : safe;
}

/** Removes the markup from a sentence of `PageContext.html`. */
export function plainOf(html: string): string {
  return html
    .replace(/<[^>]+>/g, '')
    .replaceAll('\u00a0', ' ')
    .replace(/&#(\d+);/g, (_, code: string) => String.fromCharCode(Number(code)));
}
