// Checks without a result: the operators are told, since visitors only see "No data".
import { checkKey, isConfigured } from '../model/checks/check.ts';
import type { Component, Measured } from '../model/component.ts';
import { type Problem, warningAt } from '../model/problem.ts';
import { statusCommand } from '../model/status-command.ts';
import { UNKNOWNS } from './detector-state.ts';

/** The finding about a component while our own network is down. */
export const OWN_NETWORK = 'our own network was down';

/** The checks that have been unknown several times in a row. Nothing is wrong with them while our own network is down. */
export function checksWithoutResult(
  components: readonly Component[],
  measured: ReadonlyMap<string, Measured>,
): Problem[] {
  return components.flatMap(({ id, name, check }) => {
    const { unknowns = 0, seen = null, check: key } = measured.get(id) ?? {};
    const isOfThisCheck = key === undefined || key === checkKey(check);
    if (unknowns < UNKNOWNS || seen === null || seen === OWN_NETWORK) return [];
    if (!isOfThisCheck || !isConfigured(check)) return [];
    const what = `the check of "${name}" gives no result: ${seen}`;
    const mend =
      check.type === 'statuspage' ? 'correct `url` or `component` of its check in status.yaml' : 'mend that';
    return [warningAt(`component ${id}`, what, `${mend}; try it with: ${statusCommand(`check ${id}`)}`)];
  });
}
