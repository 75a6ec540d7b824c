// Canonical addresses: each has one spelling, so that what is made for it is made once, and proxies' rules mean what they say.
import type { RequestHandler } from 'express';

/** Pages that people type by hand or put a slash behind; the first character is never followed by another slash. */
const PAGES =
  /^\/(?:status\/(?:live|history|subscribe|(?:incidents|history|components|metrics)\/[^/]+)|history|incidents\/[^/]+|uptime|api)$/;

/**
 * The canonical form of a path: `/%73tatus/%c3%bc` is `/status/%C3%BC`. An encoded slash stays one: it parts nothing.
 * A path that cannot be decoded stays as it is; no route takes it.
 */
export function canonicalPath(path: string): string {
  // Most addresses have neither letters nor signs that can be written in two ways.
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

/** Where our own addresses begin, apart from those that mean the same below `/status`. */
const ROOTS =
  /^\/(?:(?:status|api|webhooks|heartbeats)(?:\/|$)|(?:healthz|readyz|metrics|robots\.txt|uptime|history\.(?:atom|rss))?$)/;

/**
 * An address without the path of PUBLIC_URL, behind a proxy that keeps it as behind one that strips it. A path that
 * is one of our own too (`/status`) goes only where an address is left: `/status/live` is the page, not `/live`.
 */
export function withoutPrefix(url: string, prefix: string): string {
  if (prefix === '' || !url.startsWith(prefix)) return url;
  const rest = url.slice(prefix.length);
  if (rest !== '' && !/^[/?]/.test(rest)) return url;
  const inner = rest.startsWith('/') ? rest : `/${rest}`;
  return ROOTS.test(prefix) && !ROOTS.test(inner.replace(/\?.*$/s, '')) ? url : inner;
}

/** Machines that report are not redirected for a slash behind their address: what they say would be lost. */
export const takeSlash: RequestHandler = (req, _res, next) => {
  req.url = req.url.replace(/^(\/(?:webhooks|heartbeats)\/[^/?]+)\/(?=\?|$)/, '$1');
  next();
};

/**
 * Leads from a page's address with a slash behind it to the page, query and all. For what no route took; `base` is
 * the path of PUBLIC_URL. Only pages' own addresses are led on: what follows the base is never `//elsewhere`.
 */
export function withoutSlash(base: () => string): RequestHandler {
  return (req, res, next) => {
    const { method, path, url } = req;
    const query = url.indexOf('?');
    const page = path.slice(0, -1);
    if (!path.endsWith('/') || !PAGES.test(page) || (method !== 'GET' && method !== 'HEAD')) return next();
    // Not for ever: PUBLIC_URL may get another path.
    res.set('Cache-Control', 'public, max-age=3600');
    res.redirect(308, `${base()}${page}${query < 0 ? '' : url.slice(query)}`);
  };
}
