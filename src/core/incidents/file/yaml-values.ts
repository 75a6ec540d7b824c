// Values as the front matter of an incident file has them.
import type { Affected } from '../../model/incident.ts';

/** Ids, or ids with a status of their own. */
export function yamlList(components: readonly (string | Affected)[]): string {
  const words = components.map(one => {
    if (typeof one === 'string' || one.status === null)
      return yamlString(typeof one === 'string' ? one : one.id);
    return `{ id: ${yamlString(one.id)}, status: ${one.status} }`;
  });
  return `[${words.join(', ')}]`;
}

/** A YAML scalar that reads back as the same text whatever it holds. */
export function yamlString(text: string): string {
  const plain =
    /^[\p{L}\p{N}][\p{L}\p{N} ._/+()&-]*$/u.test(text) &&
    !/^[\d.+-]|\s$|^(true|false|null|yes|no|on|off|y|n|~)$/i.test(text);
  return plain ? text : JSON.stringify(text);
}
