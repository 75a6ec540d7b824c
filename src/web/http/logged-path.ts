// The part of a request that may be logged: its path, shortened and without tokens.
import { cut } from '../../core/text/chat-markdown.ts';

/** Visitors choose the path, so its length in the log is limited. */
const MAX_LENGTH = 80;

/** Returns the path for the log: shortened, without heartbeat tokens and control characters. */
export function loggedPath(path: string): string {
  // A letter may be percent-encoded: `/%68eartbeats/` is not our address, but what follows may still be a token.
  const letters = path.replace(/%[4-7][0-9a-f]/gi, decodeURIComponent);
  const hidden = letters.replace(/^(.*\/heartbeats\/).*/is, '$1…').replace(/\p{C}/gu, '');
  return cut(hidden, MAX_LENGTH);
}
