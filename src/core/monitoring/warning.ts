// Warnings: something to mend that is no outage. Operators see them, visitors do not.
import { type Check, type CheckResult, isConfigured } from '../model/checks/check.ts';
import type { Component } from '../model/component.ts';
import type { Metric } from '../model/metric.ts';
import type { Problem } from '../model/problem.ts';
import type { Site } from '../model/site.ts';
import { DAY, iso, MINUTE, type Millis, utcDay } from '../model/time.ts';
import { spell } from './messages.ts';

export interface WarningReport {
  /** Who warns, and of what: `certificate:api`, `metric:queue`, `uptimerobot:777:certificate`. One row each. */
  readonly source: string;
  /** Id of the component it concerns; null when it matches none. */
  readonly component: string | null;
  /** The same words while it is the same warning: a date, never "in 5 days". */
  readonly what: string;
  readonly fix: string;
  /** When what it warns of happens, epoch ms; null when nobody said. */
  readonly expires: Millis | null;
  /** Whose certificate a monitor warns of, so that our own check can say it was renewed; else null. */
  readonly host: string | null;
}

export interface Warning extends WarningReport {
  /** First and last time it was reported, epoch ms. */
  readonly since: Millis;
  readonly seenAt: Millis;
  /** When the operators were mailed; null while that is owed. */
  readonly mailedAt: Millis | null;
  /** Since when it is not reported any more; null while it is. */
  readonly goneAt: Millis | null;
}

/** A warning that comes back within this time is the same one: it is not mailed again. */
export const RETURNS: Millis = DAY;
/** A monitor that named no day is believed for so long. */
const BELIEVED: Millis = 30 * DAY;
/** A warning is this old before it is mailed: what passes at once is nobody's work. */
const MAILED_AFTER: Millis = 5 * MINUTE;

/** What a check that got an answer says of the certificate; null when that is nothing. */
export function certificateWarning(component: Component, result: CheckResult): WarningReport | null {
  if (result.warning === undefined) return null;
  const { id, name } = component;
  const end = result.certificateEnd;
  return {
    source: `certificate:${id}`,
    component: id,
    what:
      end === undefined
        ? `${name}: ${result.warning}`
        : `the certificate of ${name} expires on ${utcDay(end)} (${iso(end)})`,
    fix: 'renew it, or mend what should have renewed it; it becomes an outage on that day',
    expires: end ?? null,
    host: null,
  };
}

export function metricWarning(metric: Metric, component: Component, fault: string): WarningReport {
  return {
    source: `metric:${metric.id}`,
    component: component.id,
    what: `the metric "${metric.name}" gets no value from the check of ${component.name}: ${fault}`,
    fix: `mend \`metrics.from.json\` in status.yaml, or what the service answers; try it with: npm run status -- check ${component.id}`,
    expires: null,
    host: null,
  };
}

/** Whether a check's result says anything about warnings: one that failed did not get as far. */
export function isMeasured({ outcome }: CheckResult): boolean {
  return outcome === 'up' || outcome === 'degraded';
}

/** Whose certificate a check sees; null when it sees none. */
export function certificateHost(check: Check): string | null {
  if (check.type === 'tls') return check.servername ?? check.host;
  if (check.type !== 'http' || !URL.canParse(check.url)) return null;
  const { protocol, hostname } = new URL(check.url);
  return protocol === 'https:' ? hostname : null;
}

/**
 * Whether a warning still concerns anybody: its component or metric is there, its day is not past, and a
 * monitor said it within a month.
 */
export function isCurrent(warning: Warning, { components, metrics }: Site, now: Millis): boolean {
  const { source, component, expires, seenAt } = warning;
  const own = components.find(({ id }) => id === component);
  if (component !== null && !own) return false;
  if (source.startsWith('certificate:')) {
    return own !== undefined && isConfigured(own.check) && certificateHost(own.check) !== null;
  }
  if (source.startsWith('metric:')) {
    return metrics.some(({ id, from }) => source === `metric:${id}` && from?.component === component);
  }
  return expires === null ? now - seenAt < BELIEVED : now < expires;
}

/** A monitor that names another day speaks of another certificate; a check behind a balancer may see two. */
export function isSameWarning(before: Warning, { source, expires }: WarningReport): boolean {
  if (isOwn(source) || before.expires === null || expires === null) return true;
  return Math.abs(before.expires - expires) <= DAY;
}

/** Whether a check of ours warns, not a monitor. */
function isOwn(source: string): boolean {
  return /^(certificate|metric):/.test(source);
}

/** What /readyz says of warnings. */
export function warningProblems(warnings: readonly Warning[]): Problem[] {
  return warnings.map(({ source, component, what, fix }) => ({
    level: 'warning',
    where: isOwn(source) ? `component ${component}` : source,
    what,
    fix,
  }));
}

/** Those to be mailed now: each once. One that began later than now did so before the clock was set back. */
export function warningsDue(warnings: readonly Warning[], now: Millis): Warning[] {
  return warnings.filter(
    ({ mailedAt, since }) => mailedAt === null && (now < since || now - since >= MAILED_AFTER),
  );
}

export function warningEmail(
  { what, fix, since, expires }: Warning,
  site: Site,
  now: Millis,
): { subject: string; text: string } {
  const left = expires === null ? '' : ` That is in ${spell(Math.max(0, expires - now))}.`;
  return {
    subject: `[WARNING] ${site.title}: ${what}`.slice(0, 200),
    text: [
      `${what[0]?.toUpperCase()}${what.slice(1)}.${left}`,
      `What to do: ${fix}.`,
      '',
      `Seen since ${iso(since)}. Nothing is down, and visitors are not told.`,
      `${site.url}/readyz lists what stands open. This email comes once.`,
      '',
    ].join('\n'),
  };
}
