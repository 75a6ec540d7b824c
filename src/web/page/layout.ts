// The frame of every page: title, links, languages, and metadata for chats and search engines.

import { directionOf, LANG_NAMES } from '../../core/i18n/words.ts';
import type { Health } from '../../core/model/component.ts';
import { LANGS, type Lang } from '../../core/model/lang.ts';
import { CHANNEL_LABELS } from '../../core/model/notification-channel.ts';
import { brandPath, type Site } from '../../core/model/site.ts';
import { shortId } from '../../core/model/token.ts';
import { escapeHtml } from '../../core/text/markdown.ts';
import type { PageContext } from './context.ts';
import { PICTURE, sitePicture } from './parts/picture.ts';
import { CODE, favicon, MARK, type Sign, signIcon, THEME_COLOR } from './parts/status-style.ts';

interface About {
  /** The page's title without the site's. */
  readonly title: string;
  readonly description: string;
  /** The canonical path on the site; null for pages that must not be indexed. */
  readonly path: string | null;
  /** The query that the language links need besides the path; null if the page cannot be requested by a link. */
  readonly query?: Readonly<Record<string, string>> | null;
  /** Whether the script keeps the page up to date. */
  readonly live: boolean;
  /** The picture that chats show below a link; by default the site's. */
  readonly picture?: { readonly path: string; readonly svg: string };
  /** The state shown in tab, icon and theme color; by default the site's. */
  readonly health?: Health;
}

/** A page before it is HTML: its template in `pages/`, its metadata, and its data. */
export interface Page {
  readonly view: string;
  readonly about: About;
  readonly data: object;
}

/**
 * A page for one visitor, a card with text and perhaps a form: never indexed, never refreshed.
 * @param sign the icon of the card
 */
export function privatePage(
  view: string,
  sign: Sign,
  data: { readonly title: string; readonly textHtml: string; readonly [name: string]: unknown },
  query: About['query'] = {},
): Page {
  const { title } = data;
  const about = { title, description: title, path: null, live: false, query };
  return { view, about, data: { icon: signIcon(sign), isWide: false, ...data } };
}

const ERRORS = [400, 403, 404, 413, 429, 500, 503] as const;

export function errorPage(ctx: PageContext, status: number, detail: string | null = null): Page {
  const known = ERRORS.find(code => code === status) ?? (status < 500 ? 400 : 500);
  const sign = known === 404 ? 'info' : known < 500 ? 'warning' : 'error';
  const title = ctx.say(`error.${known}`);
  return privatePage('error', sign, { title, textHtml: ctx.html(`error.${known}_text`), status, detail });
}

/** @param draws whether pictures can be drawn: an address that answers 404 is not named. */
export function pageFrame(ctx: PageContext, about: About, draws: boolean) {
  const { site, version, at, missingSince } = ctx.snapshot;
  const health = about.health ?? ctx.snapshot.overall.state;
  const custom = site.brand.favicon;
  return {
    lang: ctx.lang,
    dir: directionOf(ctx.lang),
    site: site.title,
    ages: (['seconds', 'minutes', 'hours'] as const).map(unit => ctx.say(`ago.${unit}`)).join('|'),
    menu: menu(ctx, about.path),
    title: `${about.live ? MARK[health] : ''}${about.title} · ${site.title}`,
    ogTitle: about.title,
    description: about.description,
    canonical: about.path === null ? null : spokenAt(site.url + about.path, ctx.langAsked ? ctx.lang : null),
    alternates:
      about.path === null
        ? []
        : [...LANGS, null].map(lang => ({
            lang: lang ?? 'x-default',
            url: spokenAt(site.url + about.path, lang),
          })),
    picture: about.path !== null && draws ? pictureUrl(ctx, about) : null,
    pictureSize: PICTURE,
    locale: ctx.say('page.locale'),
    live: about.live,
    version,
    at: new Date(at).toISOString(),
    code: CODE[health],
    theme: THEME_COLOR[health],
    // If all is well, show the operator's icon, else the icon of the state.
    icon: custom && health === 'operational' ? ctx.link(brandPath(custom)) : favicon(health),
    logo: logo(site.brand.logo, site.brand.logoRatio, ctx),
    logoDark: site.brand.logo ? logo(site.brand.logoDark, site.brand.logoDarkRatio, ctx) : null,
    customCss: site.brand.css ? ctx.link(brandPath(site.brand.css)) : null,
    homepage: site.brand.homepage,
    homepageName: site.brand.homepage ? hostOf(site.brand.homepage) : null,
    links: site.links,
    css: ctx.assets.css,
    js: ctx.assets.js,
    // The subscribe button is less prominent where another button matters more: on the subscribe page and on private pages.
    quiet: about.path === null || about.path === '/status/subscribe',
    channels: channelNames(site),
    languages: LANGS.map(lang => ({
      lang,
      name: LANG_NAMES[lang],
      here: lang === ctx.lang,
      url: switchTo(lang, about, ctx),
    })),
    zone: site.timezone,
    missingHtml: missingSince === null ? null : ctx.html('missing', { since: ctx.time(missingSince) }),
    copyHtml: ctx.copy ? copied(ctx) : null,
  };
}

/** `Slack, Webhook`: the channels that visitors may subscribe; null for none. */
export function channelNames({ notify }: Site): string | null {
  return notify.visitors.channels.map(type => CHANNEL_LABELS[type]).join(', ') || null;
}

/** The links in the head; `here` is the page itself. */
function menu(ctx: PageContext, path: string | null) {
  const pages = [
    ['page.status', '/status/live'],
    ['page.history', '/status/history'],
    ['page.uptime', '/status/uptime'],
  ] as const;
  return pages.map(([key, at]) => ({ name: ctx.say(key), url: ctx.page(at), here: at === path }));
}

/** The height of logos, px: as in the stylesheet. */
const LOGO_HEIGHT = 32;

/** A logo's address and its box, so that nothing moves when it comes; null without one. */
function logo(file: string | null, ratio: number | null, ctx: PageContext) {
  if (file === null) return null;
  const width = Math.max(LOGO_HEIGHT, Math.round(LOGO_HEIGHT * (ratio ?? 1)));
  return { url: ctx.link(brandPath(file)), box: `width="${width}" height="${LOGO_HEIGHT}"` };
}

/** The age of the copy: the script shows and updates it; without the script, the time is shown. */
function copied(ctx: PageContext): string {
  const site = `<a href="${escapeHtml(ctx.site.url)}/status/live">${escapeHtml(hostOf(ctx.site.url))}</a>`;
  return ctx.html('page.copy_made', { site: { html: site }, time: ctx.time(ctx.at, 'ago') });
}

/** The hash in the address makes chats fetch a picture that changed. */
function pictureUrl(ctx: PageContext, about: About): string {
  const { path, svg } = about.picture ?? { path: '/status/og.png', svg: sitePicture(ctx) };
  return `${ctx.snapshot.site.url}${path}?lang=${ctx.lang}&v=${shortId(svg)}`;
}

/** The same page in a language; null for the language of the visitor's browser. */
function spokenAt(url: string, lang: Lang | null): string {
  return lang === null ? url : `${url}?lang=${lang}`;
}

/** The response to a form cannot be requested by a link, so its language links lead to the live page. */
function switchTo(lang: Lang, { query }: About, ctx: PageContext): string {
  if (query === null) return `${ctx.link('/status/live')}?lang=${lang}`;
  return `?${new URLSearchParams({ ...query, lang })}`;
}

function hostOf(url: string): string {
  return url.replace(/^https?:\/\//, '').replace(/\/$/, '');
}
