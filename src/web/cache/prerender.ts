// Prerendering: makes the responses that visitors request for the next Snapshot, in steps, before it is shown.

import type { Lang } from '../../core/model/lang.ts';
import { SECOND } from '../../core/model/time.ts';
import type { Rendered } from './encoded-response.ts';
import { CachedResponse } from './fast-path.ts';
import type { SnapshotCache } from './snapshot-cache.ts';

/** How many responses are prerendered at most; the others are made at the first request. */
const MAX_ANSWERS = 100;
/** A response not requested for this many Snapshots is no longer prerendered. */
const MAX_IDLE = 5;
/** The longest a new Snapshot waits for prerendering, ms. */
const MAX_TIME = SECOND;

/**
 * Fills `next` with the responses that visitors requested from `shown`, in the same encodings. Requests are handled
 * between two responses; compression runs in zlib's threads. Resolves when all is compressed or the time is over.
 */
export async function prerender(shown: SnapshotCache, next: SnapshotCache): Promise<void> {
  const begun = performance.now();
  const addresses = addressesOf(shown);
  const wanted = [...shown.kept]
    .filter(([, { rendered }]) => rendered.idle < MAX_IDLE)
    .sort(([, a], [, b]) => a.rendered.idle - b.rendered.idle)
    .slice(0, MAX_ANSWERS);
  // One at a time: four compressions at once would take every core.
  let packing: Promise<unknown> = Promise.resolve();
  for (const [key, { rendered, make }] of wanted) {
    if (performance.now() - begun > MAX_TIME) break;
    // If prerendering fails, the next request tries again and reports the error.
    const made = await next.renderAhead(key, make).catch(() => null);
    if (!made) continue;
    made.idle = rendered.idle + 1;
    for (const encoding of rendered.asked) packing = packing.then(() => made.pack(encoding));
    packing = packing.then(() => readdress(next, addresses.get(rendered) ?? [], made));
  }
  await packing;
  // Scripts and styles belong to the site, not to the Snapshot.
  const kept = new Set([...shown.kept.values()].map(({ rendered }) => rendered));
  for (const [rendered, found] of addresses) if (!kept.has(rendered)) readdress(next, found, rendered);
}

type Address = readonly [Lang, string, CachedResponse];

/**
 * Stores the new response under the addresses of the old one. Another site may have other headers, so it is skipped.
 */
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
