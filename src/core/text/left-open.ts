// Comments that somebody meant to close and did not (`<!-- oops ->`), so that a later comment's `-->` would hide an update.

/** An escaped sign, a comment that is whole or ends one, the signs of others, and the heading of an update, which nobody hides by such a slip. */
const TOKEN = /\\[\\<]|<!---?>|<!--|--!?>|^##\s(?:(?!<!--|--!?>).){0,300}?\d(?:[:.h]\d{2}|\s?[ap]\.?m\b)/gim;

/**
 * Offsets of the `<!--` that have no `-->` of their own, where another comment begins before the next one, and a heading
 * with a time stands between. A comment within a comment, each with its end, is none.
 */
export function commentsLeftOpen(body: string): ReadonlySet<number> {
  const found = new Set<number>();
  const open: { readonly at: number; hides: boolean }[] = [];
  /** The comments since the last `-->` below which no heading stands with a comment after it. */
  let since: (typeof open)[number][] = [];
  let heading = -1;
  for (const { 0: token, index } of body.matchAll(TOKEN)) {
    if (token === '<!--') {
      const one = { at: index, hides: false };
      if (heading > (since.at(-1)?.at ?? index)) {
        for (const before of since) before.hides = true;
        since = [];
      }
      since.push(one);
      open.push(one);
    } else if (token.endsWith('>')) {
      open.pop();
      since = [];
    } else if (token.startsWith('##')) heading = index;
  }
  for (const { at, hides } of open) if (hides) found.add(at);
  return found;
}
