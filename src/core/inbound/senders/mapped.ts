// Custom webhooks: read by the mapping in status.yaml.
import { query } from 'jsonpath-rfc9535';
import type { Mapping } from '../../model/site.ts';
import { first, identity, line, MESSAGE, NAME } from '../fields.ts';
import { byWord, fromSender, type WebhookReader } from '../signal.ts';
import { WORDS } from './generic.ts';

/** The reader of `/webhooks/NAME`, for bodies, forms and queries. */
export function mapped(sender: string, mapping: Mapping): WebhookReader {
  const words = { down: (mapping.down ?? WORDS.down).map(plain), up: (mapping.up ?? WORDS.up).map(plain) };
  return fromSender(sender, input => {
    const at = (path: string | null) => (path === null ? undefined : valueAt(input, path));
    const name = line(at(mapping.monitor), NAME);
    const status = line(at(mapping.status), NAME);
    const missing = name === '' ? mapping.monitor : status === '' ? mapping.status : null;
    if (missing !== null) return { problem: `this body has no text or number at ${missing}` };
    const fields = {
      monitor: identity(at(mapping.monitor)),
      name,
      message: first(MESSAGE, at(mapping.message)),
      event: line(at(mapping.event), NAME) || null,
    };
    const word = status.toLowerCase();
    return byWord(fields, word, words, `"${status}" is not in the list of words for down or for up`);
  });
}

const plain = (word: string) => word.trim().toLowerCase();

function valueAt(input: unknown, path: string): unknown {
  const found = query(input as Parameters<typeof query>[0], path) as unknown[];
  return found[0];
}
