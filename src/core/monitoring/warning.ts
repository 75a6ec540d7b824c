// Warnings: problems that are no outage. For operators, not for visitors.

import { spell } from '../i18n/spell.ts';
import { type Check, type CheckResult, isConfigured } from '../model/checks/check.ts';
import type { Component } from '../model/component.ts';
import type { Metric } from '../model/metric.ts';
import type { Problem } from '../model/problem.ts';
import type { Site } from '../model/site.ts';
import { statusCommand } from '../model/status-command.ts';
import { DAY, iso, MINUTE, type Millis, utcDay } from '../model/time.ts';

/** The subjects of which our own checks warn. */
type OwnKind = 'certificate' | 'check' | 'metric';

export interface WarningReport {
  readonly kind: OwnKind | 'monitor';
  /** Unique: `certificate:api`, `check:api`, `metric:queue`, `uptimerobot:777:certificate`. */
  readonly source: string;
  /** Id of the component; null when it matches none. */
  readonly component: string | null;
  /** Must not change while the warning is the same: a date, never "in 5 days". */
  readonly what: string;
  readonly fix: string;
  /** When the problem happens, epoch ms; null when unknown. */
  readonly expires: Millis | null;
  /** The certificate's host, so that our own check can see that it was renewed; else null. */
  readonly host: string | null;
}

export interface Warning extends WarningReport {
  /** First and last report, epoch ms. */
  readonly since: Millis;
  readonly seenAt: Millis;
  /** When the operators got the email; null: still to be sent. */
  readonly mailedAt: Millis | null;
  /** Since when it is no longer reported; null while it is. */
  readonly goneAt: Millis | null;
}

/** A warning that returns within this time is the same: no second email. */
export const RETURNS: Millis = DAY;
/** How long a monitor's warning without a date counts. */
const BELIEVED: Millis = 30 * DAY;
/** The age at which a warning is sent by email: shorter ones need no work. */
const MAILED_AFTER: Millis = 5 * MINUTE;

/** The source of a warning of our own. `id`: of the component, or of the metric. */
export function ownSource(kind: OwnKind, id: string): string {
  return `${kind}:${id}`;
}

/** The warning of a check that got a response; null when there is none. */
export function checkWarning(component: Component, result: CheckResult): WarningReport | null {
  if (result.warning === undefined) return null;
  const { id, name } = component;
  const end = result.certificateEnd;
  if (end === undefined) {
    const what = `${name}: ${result.warning}`;
    const fix = `correct what it names before it becomes an outage; try it with: ${statusCommand(`check ${id}`)}`;
    return { ...own('check', id), component: id, what, fix, expires: null, host: null };
  }
  return {
    ...own('certificate', id),
    component: id,
    what: `the certificate of ${name} expires on ${utcDay(end)} (${iso(end)})`,
    fix: 'renew it, or fix its automatic renewal; it becomes an outage on that day',
    expires: end,
    host: null,
  };
}

export function metricWarning(metric: Metric, component: Component, fault: string): WarningReport {
  return {
    ...own('metric', metric.id),
    component: component.id,
    what: `the metric "${metric.name}" gets no value from the check of ${component.name}: ${fault}`,
    fix: `fix \`metrics.from.json\` in status.yaml, or the response of the service; try it with: ${statusCommand(`check ${component.id}`)}`,
    expires: null,
    host: null,
  };
}

function own(kind: OwnKind, id: string): Pick<WarningReport, 'kind' | 'source'> {
  return { kind, source: ownSource(kind, id) };
}

/** Whether a result shows if there is a warning: a failed check did not get that far. */
export function isMeasured({ outcome }: CheckResult): boolean {
  return outcome === 'up' || outcome === 'degraded';
}

/** The host whose certificate a check sees; null when none. Without a default: the type checker asks a new kind. */
export function certificateHost(check: Check): string | null {
  switch (check.type) {
    case 'tls':
      return check.servername ?? check.host;
    case 'http':
      return httpsHost(check.url);
    case 'tcp':
    case 'dns':
    case 'smtp':
    case 'database':
    case 'statuspage':
    case 'heartbeat':
    case 'manual':
      return null;
  }
}

function httpsHost(url: string): string | null {
  if (!URL.canParse(url)) return null;
  const { protocol, hostname } = new URL(url);
  return protocol === 'https:' ? hostname : null;
}

/** Whether a warning still matters: its component or metric exists, and it is not outdated. */
export function isCurrent(warning: Warning, { components, metrics }: Site, now: Millis): boolean {
  const { kind, source, component, expires, seenAt } = warning;
  const check = components.find(({ id }) => id === component)?.check;
  if (component !== null && !check) return false;
  switch (kind) {
    case 'certificate':
      return check !== undefined && isConfigured(check) && certificateHost(check) !== null;
    case 'check':
      return check !== undefined && isConfigured(check);
    case 'metric':
      return metrics.some(({ id, from }) => source === ownSource(kind, id) && from?.component === component);
    case 'monitor':
      return expires === null ? now - seenAt < BELIEVED : now < expires;
  }
}

/** Another date means another certificate; not for our own checks, which may see two behind a load balancer. */
export function isSameWarning(before: Warning, { kind, expires }: WarningReport): boolean {
  if (kind !== 'monitor' || before.expires === null || expires === null) return true;
  return Math.abs(before.expires - expires) <= DAY;
}

/** Warnings for /readyz. */
export function warningProblems(warnings: readonly Warning[]): Problem[] {
  return warnings.map(({ kind, source, component, what, fix }) => ({
    level: 'warning',
    where: kind === 'monitor' ? source : `component ${component}`,
    what,
    fix,
  }));
}

/** Warnings to send now, each once. One that began in the future did so before the clock was set back. */
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
      `Seen since ${iso(since)}. Nothing is down, and visitors are not notified.`,
      `${site.url}/readyz lists open problems. This email is sent once.`,
      '',
    ].join('\n'),
  };
}
