// The widget on other people's pages: its script, the few facts it asks for, and the page for an iframe.
import type { Router } from 'express';
import { LANGS } from '../../core/model/lang.ts';
import { shortId } from '../../core/model/token.ts';
import type { Snapshot } from '../../core/page/snapshot.ts';
import { jsonText } from '../../core/text/printable.ts';
import type { Web } from '../context.ts';
import { COLORS } from '../feeds/badges.ts';
import { FRAMED } from '../http/guards.ts';
import { OPEN_TO_ALL } from '../statuspage/paths.ts';
import { makeTell } from './context.ts';
import { overallText } from './parts/headline.ts';
import { contextFor, visitorOf } from './visitor.ts';

/** As long as the page itself may be kept: the banner is no older than what it links to. */
const CACHED = 'public, max-age=30, stale-while-revalidate=60, stale-if-error=86400';

/**
 * What `/status/widget.json` says: whether anything is wrong, in words of each language, and a `key`
 * that changes with the trouble and not with the minute, so that a banner closed stays closed.
 */
export function widgetJson(snapshot: Snapshot): object {
  const { site, overall, at, incidents } = snapshot;
  const open = incidents.filter(({ state }) => state !== 'resolved').map(({ id }) => id);
  const words = LANGS.map(lang => {
    const tell = makeTell(lang, site, '', at);
    const { plain } = overallText(snapshot, tell);
    return [lang, { text: plain, more: tell.say('widget.more'), close: tell.say('widget.close') }];
  });
  const { health } = overallText(snapshot, makeTell('en', site, '', at));
  return {
    wrong: health !== 'operational' && health !== 'no_data',
    state: health,
    color: COLORS[health],
    key: shortId([health, ...overall.worst, ...open].join('\u0000')),
    url: `${site.url}/status/live`,
    words: Object.fromEntries(words),
  };
}

/** `/status/widget.js`, `/status/widget.json`, and `/status/widget`, which any page may frame. */
export function widgetRoutes(router: Router, web: Web): void {
  const { answers, assets, refresh } = web;
  router.get('/status/widget.js', (req, res, next) => {
    const script = assets.file('widget.js', refresh.current().site);
    if (!script) return next();
    answers.send(req, res, script, { 'Cache-Control': CACHED, Vary: 'Accept-Encoding', ...OPEN_TO_ALL });
  });
  router.get('/status/widget.json', (req, res, next) => {
    const rendered = answers.render(req, '/status/widget.json', snapshot => {
      const body = jsonText(widgetJson(snapshot));
      return { type: 'application/json; charset=utf-8', body };
    });
    if (!rendered) return next();
    answers.send(req, res, rendered, { 'Cache-Control': CACHED, Vary: 'Accept-Encoding', ...OPEN_TO_ALL });
  });
  router.get('/status/widget', (req, res, next) => {
    const visitor = visitorOf(req);
    const key = `${visitor.lang} ${visitor.langAsked} ${web.base()} /status/widget`;
    const rendered = answers.render(req, key, snapshot => {
      const body = web.pages.widget(contextFor(web, snapshot, visitor));
      return { type: 'text/html; charset=utf-8', body };
    });
    if (!rendered) return next();
    res.removeHeader('X-Frame-Options');
    const policy = String(res.getHeader('Content-Security-Policy'));
    answers.send(req, res, rendered, {
      'Cache-Control': CACHED,
      Vary: 'Accept-Encoding, Accept-Language',
      'Content-Security-Policy': policy.replace(...FRAMED),
      'Cross-Origin-Resource-Policy': 'cross-origin',
    });
  });
}
