// Prerendering: what visitors ask for is made of the next Snapshot in steps, before anybody is shown it.

import type { Lang } from '../../core/model/lang.ts';
import { SECOND } from '../../core/model/time.ts';
import { Hot } from './fast-path.ts';
import type { Rendered } from './rendered.ts';
import type { Generation } from './snapshot-cache.ts';

/** Answers made ahead at most; the rest are made when somebody asks. */
const MOST = 100;
/** After so many Snapshots without a question an answer is not made ahead any more. */
const IDLE = 5;
/** No visitor waits longer for news than this, however much there is to make. */
const LONGEST = SECOND;

interface Address {
  readonly lang: Lang;
  readonly path: string;
  readonly hot: Hot;
}

/**
 * Fills `next` with what visitors asked `shown` for, in the encodings they asked for it in. Between two
 * answers requests get through; packing happens in zlib's threads. Resolves when all is packed, or
 * when it takes too long.
 */
export async function makeAhead(shown: Generation, next: Generation): Promise<void> {
  const begun = performance.now();
  const addresses = addressesOf(shown);
  const wanted = [...shown.kept]
    .filter(([, { rendered }]) => rendered.idle < IDLE)
    .sort(([, a], [, b]) => a.rendered.idle - b.rendered.idle)
    .slice(0, MOST);
  // One at a time: packing four at once takes every core from those who ask.
  let packing: Promise<unknown> = Promise.resolve();
  for (const [key, { rendered, make }] of wanted) {
    if (performance.now() - begun > LONGEST) break;
    // What cannot be made ahead is tried again when somebody asks, and then it is an error with a place.
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

/** Gives the new answer at the old one's addresses; another site may have other headers. */
function readdress(next: Generation, addresses: readonly Address[], rendered: Rendered): void {
  for (const { lang, path, hot } of addresses) {
    if (hot.site === next.snapshot.site) next.warm(lang, path, new Hot(rendered, hot.headers, hot.site));
  }
}

function addressesOf({ hot }: Generation): Map<Rendered, Address[]> {
  const found = new Map<Rendered, Address[]>();
  for (const [lang, addresses] of Object.entries(hot) as [Lang, Map<string, Hot>][]) {
    for (const [path, one] of addresses) {
      const list = found.get(one.rendered);
      const address = { lang, path, hot: one };
      if (list) list.push(address);
      else found.set(one.rendered, [address]);
    }
  }
  return found;
}
