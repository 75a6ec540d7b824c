// Prerendering: what visitors ask for is made of the next Snapshot in steps, before anybody is shown it.

import type { Lang } from '../../core/model/lang.ts';
import { SECOND } from '../../core/model/time.ts';
import { CachedResponse } from './fast-path.ts';
import type { Rendered } from './response-bytes.ts';
import type { SnapshotCache } from './snapshot-cache.ts';

/** Answers prerendered at most; the rest are made when somebody asks. */
const MAX_ANSWERS = 100;
/** After so many Snapshots without a question an answer is not prerendered any more. */
const MAX_IDLE = 5;
/** No visitor waits longer for news than this, however much there is to make, ms. */
const MAX_TIME = SECOND;

/**
 * Fills `next` with what visitors asked `shown` for, in the encodings they asked for it in. Between two
 * answers requests get through; packing happens in zlib's threads. Resolves when all is packed, or
 * when it takes too long.
 */
export async function prerender(shown: SnapshotCache, next: SnapshotCache): Promise<void> {
  const begun = performance.now();
  const addresses = addressesOf(shown);
  const wanted = [...shown.kept]
    .filter(([, { rendered }]) => rendered.idle < MAX_IDLE)
    .sort(([, a], [, b]) => a.rendered.idle - b.rendered.idle)
    .slice(0, MAX_ANSWERS);
  // One at a time: packing four at once takes every core from those who ask.
  let packing: Promise<unknown> = Promise.resolve();
  for (const [key, { rendered, make }] of wanted) {
    if (performance.now() - begun > MAX_TIME) break;
    // What cannot be prerendered is tried again when somebody asks, and then it is an error with a place.
    const made = await next.renderAhead(key, make).catch(() => null);
    if (!made) continue;
    made.idle = rendered.idle + 1;
    for (const encoding of rendered.asked) packing = packing.then(() => made.pack(encoding));
    packing = packing.then(() => readdress(next, addresses.get(rendered) ?? [], made));
  }
  await packing;
  // Scripts and styles are the site's, not the Snapshot's.
  const kept = new Set([...shown.kept.values()].map(({ rendered }) => rendered));
  for (const [rendered, found] of addresses) if (!kept.has(rendered)) readdress(next, found, rendered);
}

type Address = readonly [Lang, string, CachedResponse];

/** Gives the new answer at the old one's addresses; another site may have other headers. */
function readdress(next: SnapshotCache, addresses: readonly Address[], rendered: Rendered): void {
  for (const [lang, path, { headers, site }] of addresses) {
    if (site === next.snapshot.site) next.warm(lang, path, new CachedResponse(rendered, headers, site));
  }
}

function addressesOf({ responses }: SnapshotCache): Map<Rendered, Address[]> {
  const found = new Map<Rendered, Address[]>();
  for (const [lang, addresses] of Object.entries(responses) as [Lang, Map<string, CachedResponse>][]) {
    for (const [path, response] of addresses) {
      const list = found.get(response.rendered);
      if (list) list.push([lang, path, response]);
      else found.set(response.rendered, [[lang, path, response]]);
    }
  }
  return found;
}
