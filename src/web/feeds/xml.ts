// XML attributes, for feeds and badges.
import { printable } from '../../core/text/printable.ts';

const NAMED: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };

/** Escapes an attribute value with named entities, because some feed readers do not decode numeric ones here. */
export function xmlAttribute(text: string): string {
  return printable(text).replace(/[&<>"']/g, char => NAMED[char]!);
}
