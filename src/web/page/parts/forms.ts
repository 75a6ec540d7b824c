// The contents of subscribers' forms: choices, and the problem of the last attempt.

import { isKey, type Key } from '../../../core/i18n/words.ts';
import { type Choice, DETAILS, EVERYTHING, KINDS } from '../../../core/model/subscriber.ts';
import type { Snapshot } from '../../../core/page/snapshot.ts';
import type { PageContext } from '../context.ts';

/** Returns the sentence for a problem key, or the text itself if it is already a sentence. */
export function problem(problem: string | null, ctx: PageContext): string | null {
  if (problem === null) return null;
  const name = `problem.${problem}`;
  return isKey(name) ? ctx.say(name as Key) : problem;
}

/** Whether everything is chosen: then the choice stays folded. */
export function choosesEverything({ components, kinds, detail }: Choice): boolean {
  const all = components === null || components.length === 0;
  return all && kinds === EVERYTHING.kinds && detail === EVERYTHING.detail;
}

/** Radio buttons for kind and detail of updates. */
export function wishes({ kinds, detail }: Choice, ctx: PageContext) {
  const options = <Value extends string>(
    name: 'kinds' | 'detail',
    values: readonly Value[],
    chosen: Value,
    label: (value: Value) => Key,
  ) => ({
    name,
    legend: ctx.say(`subscribe.${name}`),
    options: values.map(value => ({ value, label: ctx.say(label(value)), checked: value === chosen })),
  });
  return [
    options('kinds', KINDS, kinds, kind => `subscribe.kinds_${kind}`),
    options('detail', DETAILS, detail, some => `subscribe.detail_${some}`),
  ];
}

export function choices({ groups }: Snapshot, chosen: readonly string[]) {
  return groups.map(group => ({
    name: group.name,
    components: group.components.map(({ component: { id, name } }) => ({
      id,
      name,
      checked: chosen.includes(id),
    })),
  }));
}
