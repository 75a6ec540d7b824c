// Headers of public responses: Cache-Control, Vary, and access for scripts of any site.

export const CACHED = 'public, max-age=10, stale-while-revalidate=60, stale-if-error=86400';
/** The widget is cached as long as the live page, so that it is never older than the page it links to. */
export const CACHED_WIDGET = 'public, max-age=30, stale-while-revalidate=60, stale-if-error=86400';
export const FOR_EVER = 'public, max-age=31536000, immutable';

export const VARY_LANGUAGE = 'Accept-Encoding, Accept-Language';

/** Scripts of any site may read. */
export const OPEN_TO_ALL = {
  'Access-Control-Allow-Origin': '*',
  'Cross-Origin-Resource-Policy': 'cross-origin',
};
