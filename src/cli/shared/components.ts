// Components as they are typed: by id or by name.
import { select } from '@inquirer/prompts';
import type { Component } from '../../core/model/component.ts';
import { type Cli, hint, Refused } from './command.ts';

type Named = Pick<Component, 'id' | 'name'>;

/**
 * `--components a,b` as ids; undefined if not given, empty for an empty list. A name may contain spaces: each part
 * between commas is tried as a whole, then its words. An unknown word stays as it is.
 */
export function idsOf(text: string | undefined, components: readonly Named[]): string[] | undefined {
  const parts = text?.split(',').map(part => part.trim());
  return parts?.flatMap(part => {
    const whole = componentLike(part, components);
    const words = part.split(/\s+/).filter(word => word !== '');
    return whole ? [whole.id] : words.map(word => componentLike(word, components)?.id ?? word);
  });
}

/** The component with that id, or else with that name. */
export function componentLike<One extends Named>(typed: string, components: readonly One[]): One | undefined {
  const name = typed.toLowerCase();
  return components.find(({ id }) => id === typed) ?? components.find(one => one.name.toLowerCase() === name);
}

/** The component that was typed; if none was, the only one there is, or the one that is picked. Throws Refused. */
export async function oneComponent<One extends Named>(
  typed: string | undefined,
  components: readonly One[],
  what: string,
  cli: Cli,
): Promise<One> {
  const [only] = components.length === 1 ? components : [];
  if (typed === undefined && only) return only;
  const choices = components.map(({ id, name }) => ({ value: id, name: `${name} (${id})` }));
  const word =
    typed ?? (cli.interactive && choices.length > 0 ? await select({ message: 'Which one?', choices }) : '');
  const found = componentLike(word, components);
  if (found) return found;
  const ids = components.map(({ id }) => id);
  throw new Refused(`There is no ${what} "${word}" — ${hint(word, ids)}`);
}
