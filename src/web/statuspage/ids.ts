// Ids that survive restarts, restores and moves: hashes of stable names, in Statuspage's alphabet.
import { createHash } from 'node:crypto';

const ALPHABET = '0123456789abcdefghijklmnopqrstuvwxyz';

/**
 * Twelve characters `[a-z0-9]`, made from a kind and the names that identify the thing. The same names always give the
 * same id. PUBLIC_URL, PORT, titles and row numbers are not used, so that clients do not take a moved page for a new
 * one.
 */
export function stableId(
  kind: 'page' | 'group' | 'component' | 'incident' | 'update',
  ...names: string[]
): string {
  // The separator occurs in no file name and no YAML id, so that ('a', 'b/c') and ('a/b', 'c') differ.
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
 * The page's id, made from the constant word alone. One server is one page, and its title, address and components may
 * all change.
 */
export const PAGE_ID = stableId('page');
