// The page's indicator: the overall status in Statuspage's words and by its rules.
import type { Severity } from '../../core/model/component.ts';
import type { OverallStatus } from '../../core/page/snapshot.ts';
import type { StatusRow } from './bodies.ts';

const OF_SEVERITY: Record<Severity, StatusRow> = {
  minor: { indicator: 'minor', description: 'Minor Service Outage' },
  major: { indicator: 'major', description: 'Partial System Outage' },
  critical: { indicator: 'critical', description: 'Major System Outage' },
};

const RANKS: readonly StatusRow['indicator'][] = ['none', 'maintenance', 'minor', 'major', 'critical'];

/**
 * The overall status as indicator and description: by the components or, if that is worse, by the open incidents that
 * affect none of them. Statuspage has no indicator for "unknown": it is `none`, or `minor` where checks have
 * stopped or reports cannot be read, and the description says it.
 */
export function pageStatus(overall: OverallStatus): StatusRow {
  const byComponents = ofComponents(overall);
  if (overall.severity === null) return byComponents;
  const byIncidents = OF_SEVERITY[overall.severity];
  const isWorse = RANKS.indexOf(byIncidents.indicator) > RANKS.indexOf(byComponents.indicator);
  return isWorse ? byIncidents : byComponents;
}

function ofComponents({
  state,
  worst,
  total,
  isNothingKnown,
  noReports,
  isAnyLost,
  unread,
  interrupted,
}: OverallStatus): StatusRow {
  const all = worst.length === total;
  // If no component has the overall state, it comes from incidents alone.
  if (worst.length > 0) {
    if (state === 'major_outage') return all ? OF_SEVERITY.critical : OF_SEVERITY.major;
    if (state === 'partial_outage') return all ? OF_SEVERITY.major : OF_SEVERITY.minor;
    if (state === 'degraded_performance')
      return {
        indicator: 'minor',
        description: all ? 'Degraded System Service' : 'Partially Degraded Service',
      };
    return { indicator: 'maintenance', description: 'Service Under Maintenance' };
  }
  // If checks have stopped, the page must not be green, although no component is known to be degraded.
  if (interrupted) return { indicator: 'minor', description: 'Monitoring Interrupted' };
  // A component that was never checked counts as operational, as in its row.
  if (!isAnyLost) return { indicator: 'none', description: 'All Systems Operational' };
  if (isNothingKnown || noReports)
    return { indicator: unread > 0 ? 'minor' : 'none', description: 'No Data' };
  // A report that cannot be read may be about anything.
  if (unread > 0) return { indicator: 'minor', description: 'Incident Reports Unavailable' };
  return { indicator: 'none', description: 'All Checked Systems Operational' };
}
