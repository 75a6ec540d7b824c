// Text that is to stand in XML: feeds and badges.

/** Text → XML text, also fit for attributes. What XML 1.0 cannot hold even as an entity is left out. */
export function xml(text: string): string {
  return text
    .replace(/[^\t\n\r\u{20}-\u{d7ff}\u{e000}-\u{fffd}\u{10000}-\u{10ffff}]/gu, '')
    .replace(/[&<>"']/g, char => `&#${char.charCodeAt(0)};`);
}
