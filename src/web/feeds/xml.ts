// Attributes of XML: feeds and badges.
import { printable } from '../../core/text/printable.ts';

const NAMED: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };

/** Text → the value of an attribute: entities are names, for some feed readers leave numbers there as they are. */
export function xmlAttribute(text: string): string {
  return printable(text).replace(/[&<>"']/g, char => NAMED[char]!);
}
