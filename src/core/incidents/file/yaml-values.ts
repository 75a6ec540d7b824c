// YAML values for the front matter of an incident file.
import type { Affected } from '../../model/incident.ts';

/** Ids, with or without a status. */
export function yamlList(components: readonly (string | Affected)[]): string {
  const words = components.map(one => {
    if (typeof one === 'string' || one.status === null)
      return yamlString(typeof one === 'string' ? one : one.id);
    return `{ id: ${yamlString(one.id)}, status: ${one.status} }`;
  });
  return `[${words.join(', ')}]`;
}

/** A text, or a list of texts. */
export function yamlText(value: string | readonly string[]): string {
  return typeof value === 'string' ? yamlString(value) : yamlList(value);
}

/** A YAML scalar for any text. */
export function yamlString(text: string): string {
  const plain =
    /^[\p{L}\p{N}][\p{L}\p{N} ._/+()&-]*$/u.test(text) &&
    !/^[\d.+-]|\s$|^(true|false|null|yes|no|on|off|y|n|~)$/i.test(text);
  return plain ? text : JSON.stringify(text);
}
