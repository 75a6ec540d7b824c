// Plain YAML: the `key: value` lines most front matter is made of, read ten times faster than a parser can.

/** Letters, digits and harmless signs; a colon only inside a word. What YAML might read otherwise is left out. */
const SCALAR = /^\p{L}(?:[\p{L}\p{N} ._/+()&'’,;!?%–—-]|:(?=[^\s]))*$/u;
const MOMENT =
  /^\d{4}-\d{2}-\d{2}(?:[T ]\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?: ?(?:Z|UTC|[+-]\d{2}:?\d{2}))?)?$/;
const QUOTED = /^(?:"([^"\\]*)"|'([^']*)')$/;
const ID = /^[a-z][a-z0-9_-]*$/;
const OTHER_TYPE = /^(?:null|true|false)$/i;

/**
 * Reads text whose every line is empty or `key: value` with a plain word or sentence, a moment, a simple
 * quoted text, or a list of ids in brackets. Null for anything else: then the whole parser must look.
 */
export function readPlainYaml(text: string): Record<string, unknown> | null {
  const found: Record<string, unknown> = {};
  let any = false;
  for (const line of text.split('\n')) {
    if (line === '') continue;
    const colon = line.indexOf(': ');
    const key = line.slice(0, colon);
    if (colon < 1 || !ID.test(key) || Object.hasOwn(found, key) || OTHER_TYPE.test(key)) return null;
    const value = readValue(line.slice(colon + 2).trim());
    if (value === undefined) return null;
    found[key] = value;
    any = true;
  }
  return any ? found : null;
}

function readValue(text: string): unknown {
  if (MOMENT.test(text)) return text;
  if (SCALAR.test(text)) return OTHER_TYPE.test(text) ? undefined : text;
  const quoted = QUOTED.exec(text);
  if (quoted) return quoted[1] ?? quoted[2];
  if (!text.startsWith('[') || !text.endsWith(']')) return undefined;
  const items = text.slice(1, -1).trim();
  if (items === '') return [];
  const ids = items.split(',').map(item => item.trim());
  return ids.every(id => ID.test(id) && !OTHER_TYPE.test(id)) ? ids : undefined;
}
