// Components: what the page shows a state for, and the words for how bad it is.
import type { Check, DetectRule } from './checks/check.ts';
import type { Millis } from './time.ts';

/** Statuspage's words, best first. */
export const COMPONENT_STATUSES = [
  'operational',
  'under_maintenance',
  'degraded_performance',
  'partial_outage',
  'major_outage',
] as const;

export type ComponentStatus = (typeof COMPONENT_STATUSES)[number];

/** What a component's row shows: a status, or the honest absence of one. */
export type Health = ComponentStatus | 'no_data';

export type Severity = 'minor' | 'major' | 'critical';

/** One entry of `components:` in status.yaml. */
export interface Component {
  readonly id: string;
  readonly name: string;
  readonly group: string | null;
  readonly description: string | null;
  /** Cron expression, 5 or 6 fields, UTC. */
  readonly schedule: string;
  readonly check: Check;
  readonly detect: DetectRule;
  /** Known from this moment on (`since:`), or null. */
  readonly since: Millis | null;
  readonly dependsOn: readonly string[];
  /** Other names, ids or URLs by which inbound monitors call it. */
  readonly match: readonly string[];
}

const STATUS_OF_SEVERITY = {
  minor: 'degraded_performance',
  major: 'partial_outage',
  critical: 'major_outage',
} as const satisfies Record<Severity, ComponentStatus>;

/** How an open incident of this severity shows on the components it affects. */
export function statusOf(severity: Severity): ComponentStatus {
  return STATUS_OF_SEVERITY[severity];
}

/** The severity a component's status stands for; null for operational and maintenance. */
export function severityOf(status: ComponentStatus): Severity | null {
  const severities = Object.keys(STATUS_OF_SEVERITY) as Severity[];
  return severities.find(severity => STATUS_OF_SEVERITY[severity] === status) ?? null;
}

/** The worst of some states; `no_data` gives way to any other, and nothing at all is `no_data`. */
export function worst(states: Iterable<Health>): Health {
  let found: Health = 'no_data';
  for (const state of states) if (badness(state) > badness(found)) found = state;
  return found;
}

/** How several stand as a whole: as the worst of them, and never operational while one is not known. */
export function overall(states: readonly Health[]): Health {
  const found = worst(states);
  return found === 'operational' && states.includes('no_data') ? 'no_data' : found;
}

/** -1 for no data, 0 for operational, rising to 4 for a major outage. */
export function badness(state: Health): number {
  return COMPONENT_STATUSES.indexOf(state as ComponentStatus);
}

/** What the measurements say about one component. */
export interface Measured {
  /** The confirmed state; `no_data` when nothing was ever measured. */
  readonly health: Health;
  readonly since: Millis | null;
  readonly checkedAt: Millis | null;
  /** How long that run took, ms; absent: not known. */
  readonly took?: Millis;
  /** Which check it was (`checkKey`); absent: not known. */
  readonly check?: string;
  readonly seen: string | null;
  /** When the server first knew of it. */
  readonly firstSeen: Millis;
  readonly firstCheck: Millis | null;
  /** UTC days on which it was looked at, by their midnight (epoch ms) → for how long, ms. */
  readonly observed: ReadonlyMap<Millis, Millis>;
}
