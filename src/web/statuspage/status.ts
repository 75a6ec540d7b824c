// The page's one indicator, by Statuspage's own rules for combining components.
import type { ComponentStatus, Severity } from '../../core/component.ts';
import { isOpen } from '../../core/incident.ts';
import type { Snapshot } from '../../core/snapshot.ts';
import { publicStatus } from './components.ts';

export interface StatusRow {
  readonly indicator: 'none' | 'minor' | 'major' | 'critical' | 'maintenance';
  readonly description: string;
}

const OF_SEVERITY: Record<Severity, StatusRow> = {
  minor: { indicator: 'minor', description: 'Minor Service Outage' },
  major: { indicator: 'major', description: 'Partial System Outage' },
  critical: { indicator: 'critical', description: 'Major System Outage' },
};

/** The indicator of a Snapshot. */
export function statusOfPage({ components, incidents, verdict }: Snapshot): StatusRow {
  // No service is known to be degraded.
  if (verdict.state === 'no_data' && verdict.interrupted)
    return { indicator: 'minor', description: 'Monitoring Interrupted' };
  return pageStatus(
    components.map(view => publicStatus({ health: view.health, components: [view] })),
    incidents.filter(isOpen).map(({ severity }) => severity),
  );
}

const OPERATIONAL: StatusRow = { indicator: 'none', description: 'All Systems Operational' };

/**
 * Statuses of all components (groups not counted) and severities of the open incidents → indicator and
 * description. Incidents matter only on a page without components, as on Statuspage: elsewhere they
 * speak through the components they affect.
 */
export function pageStatus(statuses: readonly ComponentStatus[], open: readonly Severity[]): StatusRow {
  const all = (status: ComponentStatus) => statuses.every(each => each === status);
  const some = (status: ComponentStatus) => statuses.includes(status);
  if (statuses.length === 0) {
    const worst = (['critical', 'major', 'minor'] as const).find(severity => open.includes(severity));
    return worst ? OF_SEVERITY[worst] : OPERATIONAL;
  }
  if (all('major_outage')) return OF_SEVERITY.critical;
  if (some('major_outage') || all('partial_outage')) return OF_SEVERITY.major;
  if (some('partial_outage')) return OF_SEVERITY.minor;
  if (all('degraded_performance')) return { indicator: 'minor', description: 'Degraded System Service' };
  if (some('degraded_performance')) return { indicator: 'minor', description: 'Partially Degraded Service' };
  if (some('under_maintenance'))
    return { indicator: 'maintenance', description: 'Service Under Maintenance' };
  return OPERATIONAL;
}
