// Components: the rows of the page, and their statuses.
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

/** The state of a component's row: a status, or none. */
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
  /** Known from this time on (`since:`), or null. */
  readonly since: Millis | null;
  readonly dependsOn: readonly string[];
  /** Other names, ids or URLs that outside monitors use for it. */
  readonly match: readonly string[];
}

const STATUS_OF_SEVERITY = {
  minor: 'degraded_performance',
  major: 'partial_outage',
  critical: 'major_outage',
} as const satisfies Record<Severity, ComponentStatus>;

/** The status of a component affected by an open incident of this severity. */
export function statusOf(severity: Severity): ComponentStatus {
  return STATUS_OF_SEVERITY[severity];
}

/** The severity behind a component's status; null for operational and maintenance. */
export function severityOfStatus(status: ComponentStatus): Severity | null {
  const severities = Object.keys(STATUS_OF_SEVERITY) as Severity[];
  return severities.find(severity => STATUS_OF_SEVERITY[severity] === status) ?? null;
}

/** A name or a word, so that `alert_type`, `alertType` and `Alert Type` are the same; numbers keep their sign. */
export function plainWord(text: string): string {
  return text
    .trim()
    .toLowerCase()
    .replace(/(?<=\p{L})[\s_.-]+|[\s_.-]+(?=\p{L})/gu, '');
}

/** The words of all senders, and of incident files. `ignore` opens nothing. */
export const SEVERITY_WORDS: Readonly<Record<Severity | 'ignore', readonly string[]>> = {
  critical: plainWords(
    'critical crit page error emergency emerg fatal blocker disaster highest P0 P1 Sev0 Sev1',
  ),
  major: plainWords('major high P2 Sev2'),
  minor: plainWords('minor warning warn medium moderate average low P3 P4 Sev3'),
  ignore: plainWords('info information informational notice debug none ok success lowest P5 Sev4 Sev5'),
};

/** The severity that a word names, or undefined. */
export function severityNamed(word: string): Severity | 'ignore' | undefined {
  const severities = Object.keys(SEVERITY_WORDS) as (Severity | 'ignore')[];
  return severities.find(severity => SEVERITY_WORDS[severity].includes(plainWord(word)));
}

/** A list of words, each as `plainWord`. */
export function plainWords(text: string): readonly string[] {
  return text.split(' ').map(plainWord);
}

/** The worst of the states; `no_data` only when there is no other. */
export function worst(states: Iterable<Health>): Health {
  let found: Health = 'no_data';
  for (const state of states) if (badness(state) > badness(found)) found = state;
  return found;
}

/** The state of a whole: the worst of its parts, but not operational while one is unknown. */
export function overall(states: readonly Health[]): Health {
  const found = worst(states);
  return found === 'operational' && states.includes('no_data') ? 'no_data' : found;
}

/** The state of a component of which something is not known: never operational, while a known trouble stays. */
export function inDoubt(state: Health): Health {
  return state === 'operational' ? 'no_data' : state;
}

/** -1 for no data, 0 for operational, up to 4 for a major outage. */
export function badness(state: Health): number {
  return COMPONENT_STATUSES.indexOf(state as ComponentStatus);
}

/** The measurements of one component. */
export interface Measured {
  /** The confirmed state; `no_data` before the first measurement. */
  readonly health: Health;
  readonly since: Millis | null;
  readonly checkedAt: Millis | null;
  /** How long the last run took, ms; absent: unknown. */
  readonly took?: Millis;
  /** Which check it was (`checkKey`); absent: unknown. */
  readonly check?: string;
  readonly seen: string | null;
  /** For a provider: what its page said; null when it was not read. */
  readonly upstream: string | null;
  /** Unknown results in a row; absent: none. */
  readonly unknowns?: number;
  /** Its newest look failed, but no outage is confirmed; absent otherwise. */
  readonly isUnsure?: true;
  /** When the server first saw the component in status.yaml. */
  readonly firstSeen: Millis;
  readonly firstCheck: Millis | null;
  /** Observed time (ms) by UTC day (its midnight, epoch ms). */
  readonly observed: ReadonlyMap<Millis, Millis>;
}
