// Caches responses that need the database: made once per Snapshot, however many requests wait.
import type { Snapshot } from '../../core/page/snapshot.ts';
import { Rendered, type ResponseBody } from './encoded-response.ts';

/** Components times ranges times languages: more than any site has. */
const MAX_ANSWERS = 2000;

/** Keeps a response by key until the Snapshot changes. A failed one is made again at the next request. */
export function makeAsyncCache(current: () => Snapshot) {
  let snapshot: Snapshot | null = null;
  const kept = new Map<string, Promise<Rendered | null>>();
  return (
    key: string,
    make: (snapshot: Snapshot) => Promise<ResponseBody | null>,
  ): Promise<Rendered | null> => {
    const now = current();
    if (now !== snapshot || kept.size >= MAX_ANSWERS) kept.clear();
    snapshot = now;
    const known = kept.get(key);
    if (known) return known;
    const made = make(now).then(answer => answer && new Rendered(answer));
    kept.set(key, made);
    const forget = () => {
      if (kept.get(key) === made) kept.delete(key);
    };
    made.then(rendered => rendered ?? forget(), forget);
    return made;
  };
}
