// API_TOKEN: one token, or several with names and rights.
import type { ApiToken } from '../core/model/token.ts';

/** How to write it; no message repeats a token. */
export const TOKENS_FIX =
  'write one token, or NAME:TOKEN,NAME:TOKEN, each with :read or :write at its end or neither; names have letters, digits, dots, hyphens and underscores, tokens hold no ":" and no ","';

/** The tokens, or what is wrong. `oncall:TOKEN,ci:TOKEN:read`; also one on each line. */
export function readApiTokens(text: string): readonly ApiToken[] | { readonly what: string } {
  const entries = text
    .split(/[,\n]/)
    .map(entry => entry.trim())
    .filter(entry => entry !== '');
  const tokens: ApiToken[] = [];
  for (const [index, entry] of entries.entries()) {
    const words = entry.split(':').map(word => word.trim());
    const last = words.at(-1)!;
    const may = words.length > 1 && (last === 'read' || last === 'write') ? last : 'all';
    const [token, name = null, ...more] = (may === 'all' ? words : words.slice(0, -1)).reverse();
    const where = `entry ${index + 1}`;
    if (!token || more.length > 0)
      return { what: `${where} is not NAME:TOKEN, NAME:TOKEN:read or NAME:TOKEN:write` };
    if (name === null && entries.length > 1)
      return { what: `${where} has no name, and there are several tokens` };
    if (name !== null && !/^[\w.-]{1,40}$/.test(name))
      return { what: `${where}: a name has at most 40 letters, digits, dots, hyphens and underscores` };
    if (tokens.some(one => one.name === name)) return { what: `two tokens are named "${name}"` };
    if (tokens.some(one => one.token === token))
      return { what: `${where} has the same token as an earlier one` };
    tokens.push({ name, token, may });
  }
  return tokens;
}
