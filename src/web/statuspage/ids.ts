// Ids that outlive restarts, restores and moves: hashes of stable names, in Statuspage's alphabet.
import { createHash } from 'node:crypto';

const ALPHABET = '0123456789abcdefghijklmnopqrstuvwxyz';

/**
 * Twelve characters of `[a-z0-9]` from a kind and the names that identify the thing. The same names
 * give the same id for ever: PUBLIC_URL, PORT, titles and row numbers never take part, so a page that
 * moves house does not look like a new page to its readers' bots.
 */
export function stableId(
  kind: 'page' | 'group' | 'component' | 'incident' | 'update',
  ...names: string[]
): string {
  // A separator that no file name or YAML id holds, so that ('a', 'b/c') and ('a/b', 'c') differ.
  const digest = createHash('sha256')
    .update([kind, ...names].join('\u0000'))
    .digest();
  let number = digest.readBigUInt64BE(0);
  let id = '';
  for (let i = 0; i < 12; i++) {
    id += ALPHABET[Number(number % 36n)];
    number /= 36n;
  }
  return id;
}

/**
 * The page's own id, made of the constant word alone. One server is one page, and nothing else about it
 * is sure to last: its title is edited, its address moves, its components come and go.
 */
export const PAGE_ID = stableId('page');
