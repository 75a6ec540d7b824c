// What of a request may stand in the log: its path, short, without the tokens some paths are made of.
import { cut } from '../../core/text/chat-markdown.ts';

/** A visitor chooses the path: not so much of it that the log is theirs. */
const MAX_LENGTH = 80;

/** A path for the log: a heartbeat's token hidden, cut, without control characters. */
export function loggedPath(path: string): string {
  // A letter may be written as a number: `/%68eartbeats/` is no address, but what follows it may still be a token.
  const letters = path.replace(/%[4-7][0-9a-f]/gi, decodeURIComponent);
  const hidden = letters.replace(/^(.*\/heartbeats\/).*/is, '$1…').replace(/\p{C}/gu, '');
  return cut(hidden, MAX_LENGTH);
}
