// Text that is to stand in XML: feeds and badges.
import { printable } from '../../core/text/printable.ts';

/**
 * Text → XML text between tags. Entities are numbers: some feed readers resolve the named ones twice,
 * and would bring HTML to life that an author had only quoted. What XML 1.0 cannot hold is left out.
 */
export function xmlText(text: string): string {
  return printable(text).replace(/[&<>"']/g, char => `&#${char.charCodeAt(0)};`);
}

/** Text → the value of an attribute. Entities are names, for the same readers leave numbers as they are. */
export function xmlAttribute(text: string): string {
  return printable(text).replace(/[&<>"']/g, char => NAMED[char]!);
}

const NAMED: Record<string, string> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};
