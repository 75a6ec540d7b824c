// A webhook of the operator's own, mapped in status.yaml: where the monitor and its state stand in a body.

import { query } from 'jsonpath-rfc9535';
import type { Mapping } from '../../model/site.ts';
import { first, identity, line, MESSAGE, NAME } from '../fields.ts';
import { ignored, type Reader, signal } from '../signal.ts';
import { DOWN, UP } from './generic.ts';

/** The reader of `/webhooks/NAME`: bodies, forms and queries alike, for all of them are fields. */
export function mapped(provider: string, mapping: Mapping): Reader {
  const down = wordsOf(mapping.down, DOWN);
  const up = wordsOf(mapping.up, UP);
  return input => {
    const at = (path: string | null) => (path === null ? undefined : valueAt(input, path));
    const name = line(at(mapping.monitor), NAME);
    const status = line(at(mapping.status), NAME);
    const missing = name === '' ? mapping.monitor : status === '' ? mapping.status : null;
    if (missing !== null) return { problem: `there is no text or number at ${missing} of this body` };
    const common = {
      provider,
      monitor: identity(at(mapping.monitor)),
      name,
      message: first(MESSAGE, at(mapping.message)),
      event: line(at(mapping.event), NAME) || null,
    };
    const word = status.toLowerCase();
    if (down.has(word)) return { signals: [signal({ ...common, kind: 'down' })] };
    if (up.has(word)) return { signals: [signal({ ...common, kind: 'up' })] };
    return ignored(common, `"${status}" is neither among the words for down nor those for up`);
  };
}

function wordsOf(words: readonly string[] | null, usual: ReadonlySet<string>): ReadonlySet<string> {
  return words === null ? usual : new Set(words.map(word => word.trim().toLowerCase()));
}

function valueAt(input: unknown, path: string): unknown {
  const found = query(input as Parameters<typeof query>[0], path) as unknown[];
  return found[0];
}
