// Alerts that match no component: what an operator needs to know to match them.
import { limitProblems, type Problem, warningAt } from '../model/problem.ts';
import type { Site } from '../model/site.ts';
import { DAY, iso, type Millis } from '../model/time.ts';
import { isHeldUnmatched } from './senders.ts';
import { type MonitorNames, matching } from './to-transition.ts';

/** An alert that was held, not published. */
export interface HeldAlert extends MonitorNames {
  readonly sender: string;
  readonly firstAt: Millis;
  readonly lastAt: Millis;
  readonly times: number;
}

/** How long it is shown after it was last reported. */
export const HELD_FOR: Millis = 7 * DAY;

/** Returns the alerts that would be held again: a component may match the others by now. */
export function stillHeld<T extends HeldAlert>(
  held: readonly T[],
  { components, inbound }: Site,
): readonly T[] {
  return held.filter(one => isHeldUnmatched(one.sender, inbound) && matching(one, components).length === 0);
}

/** The line that makes a component of status.yaml match it. */
export function matchLine({ component, also, name }: MonitorNames): string {
  return `match: [${JSON.stringify(component ?? also[0] ?? name)}]`;
}

export function heldProblems(held: readonly HeldAlert[]): readonly Problem[] {
  const problems = held.map(one => {
    const often = one.times === 1 ? 'once' : `${one.times} times`;
    const what = `the alert "${one.name}" matches no component and was held, not published (${often}, last at ${iso(one.lastAt)})`;
    const fix = `write \`${matchLine(one)}\` in its component in status.yaml, or \`inbound: { unmatched: publish }\` to publish all such alerts`;
    return warningAt(`webhooks/${one.sender}`, what, fix);
  });
  return limitProblems(problems);
}
