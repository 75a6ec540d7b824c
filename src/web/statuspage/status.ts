// The page's one indicator: the overall status in Statuspage's own words, by its own rules.
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
 * The overall status as indicator and description: what the components make of it, or, where that is worse, the
 * open incidents that touch none of them. Statuspage has no indicator for "not known": it is `none`, and the
 * description says it.
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
  interrupted,
}: OverallStatus): StatusRow {
  const all = worst.length === total;
  // Where no component is in the overall state, incidents alone make it.
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
  // What nobody looks at any more must not be green, though no service is known to be degraded.
  if (interrupted) return { indicator: 'minor', description: 'Monitoring Interrupted' };
  // What nobody has looked at yet is operational there, as its row is.
  if (!isAnyLost) return { indicator: 'none', description: 'All Systems Operational' };
  const description = isNothingKnown || noReports ? 'No Data' : 'All Checked Systems Operational';
  return { indicator: 'none', description };
}
