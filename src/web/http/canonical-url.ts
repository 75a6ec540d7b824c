// Canonical addresses: each page has one spelling, so that it is cached once and the rules of proxies apply.
import type { RequestHandler } from 'express';

/** Pages that people may type with a slash at the end. The first character is never followed by another slash. */
const PAGES =
  /^\/(?:status\/(?:live|history|subscribe|(?:incidents|history|components|metrics)\/[^/]+)|history|incidents\/[^/]+|uptime|api)$/;

/**
 * The canonical form of a path: `/%73tatus/%c3%bc` becomes `/status/%C3%BC`. An encoded slash stays encoded. A path
 * that cannot be decoded stays as it is; no route matches it.
 */
export function canonicalPath(path: string): string {
  // Fast path: most addresses contain nothing that can be encoded in two ways.
  if (/^[\w./-]*$/.test(path)) return path;
  try {
    return path
      .split('/')
      .map(part => encodeURIComponent(decodeURIComponent(part)))
      .join('/');
  } catch {
    return path;
  }
}

/** The first parts of our own addresses, without the short forms of pages below `/status`. */
const ROOTS =
  /^\/(?:(?:status|api|webhooks|heartbeats)(?:\/|$)|(?:healthz|readyz|metrics|robots\.txt|uptime|history\.(?:atom|rss))?$)/;

/**
 * Removes the path of PUBLIC_URL, if the proxy has kept it. If that path is one of ours too (`/status`), it is removed
 * only if an address is left: `/status/live` is the page, not `/live`.
 */
export function withoutPrefix(url: string, prefix: string): string {
  if (prefix === '' || !url.startsWith(prefix)) return url;
  const rest = url.slice(prefix.length);
  if (rest !== '' && !/^[/?]/.test(rest)) return url;
  const inner = rest.startsWith('/') ? rest : `/${rest}`;
  return ROOTS.test(prefix) && !ROOTS.test(inner.replace(/\?.*$/s, '')) ? url : inner;
}

/** Accepts a slash at the end of webhook and heartbeat addresses: a redirect would lose the report. */
export const takeSlash: RequestHandler = (req, _res, next) => {
  req.url = req.url.replace(/^(\/(?:webhooks|heartbeats)\/[^/?]+)\/(?=\?|$)/, '$1');
  next();
};

/**
 * Redirects a page's address with a slash at the end to the page, with its query; for requests that no route handled.
 * Only our own pages: the redirect never leads to `//elsewhere`.
 * @param base the path of PUBLIC_URL
 */
export function withoutSlash(base: () => string): RequestHandler {
  return (req, res, next) => {
    const { method, path, url } = req;
    const query = url.indexOf('?');
    const page = path.slice(0, -1);
    if (!path.endsWith('/') || !PAGES.test(page) || (method !== 'GET' && method !== 'HEAD')) return next();
    // Not permanently: PUBLIC_URL may get another path.
    res.set('Cache-Control', 'public, max-age=3600');
    res.redirect(308, `${base()}${page}${query < 0 ? '' : url.slice(query)}`);
  };
}
