// Headers of public answers: how long caches may keep them, what they differ by, and that any site may read them.

export const CACHED = 'public, max-age=10, stale-while-revalidate=60, stale-if-error=86400';
/** As long as the live page itself may be kept: the widget is no older than what it links to. */
export const CACHED_WIDGET = 'public, max-age=30, stale-while-revalidate=60, stale-if-error=86400';
export const FOR_EVER = 'public, max-age=31536000, immutable';

export const VARY_LANGUAGE = 'Accept-Encoding, Accept-Language';

/** Reads are open to scripts of any site. */
export const OPEN_TO_ALL = {
  'Access-Control-Allow-Origin': '*',
  'Cross-Origin-Resource-Policy': 'cross-origin',
};
