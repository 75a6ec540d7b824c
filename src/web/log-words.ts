// What of a request may stand in the log: its path, short, without the tokens some paths are made of.
import { cut } from '../core/dialect.ts';

/** A visitor chooses the path: not so much of it that the log is theirs. */
const MOST = 80;

/** A path for the log: a heartbeat's token hidden, cut, without control characters. */
export function brief(path: string): string {
  const told = path.replace(/^(.*\/heartbeats\/).*/s, '$1…').replace(/\p{C}/gu, '');
  return cut(told, MOST);
}
