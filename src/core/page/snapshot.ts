// The Snapshot: all that visitors may see, composed once and replaced as a whole.
// Pages, JSON, feeds, badges and the calendar are pure functions of it.
import type { ReportedVsMeasured } from '../filing/reported-vs-measured.ts';
import type { Revision } from '../incidents/history.ts';
import type { Stretch } from '../incidents/impact.ts';
import type { ToldPlan } from '../incidents/plans.ts';
import type { Component, ComponentStatus, Health, Severity } from '../model/component.ts';
import type { Incident, UpdateStatus } from '../model/incident.ts';
import type { MetricView } from '../model/metric.ts';
import type { Problem } from '../model/problem.ts';
import type { Site } from '../model/site.ts';
import type { Millis } from '../model/time.ts';
import type { Warning } from '../monitoring/warning.ts';

import type { UptimeFigure } from './uptime.ts';

/** The uptime of one day: as in `UptimeFigure`, since the component was known, until now. */
export interface DayUptime {
  readonly percent: number;
  /** How much of it was observed, if that is too little to be left out; else null. */
  readonly seen: Pick<UptimeFigure, 'observed' | 'total'> | null;
}

export interface DayCell {
  /** `2026-11-23`. */
  readonly day: string;
  readonly state: Health;
  /**
   * How long it was in each state but the good one, ms, worst first: of spans that overlap, the worst counts. Without the
   * maintenance in them; zero for an incident of no length.
   */
  readonly stretches: readonly { readonly state: Health; readonly time: Millis }[];
  /** The day's part of the uptime; null if nothing is known of it. */
  readonly uptime: DayUptime | null;
  /** Ids of the incidents and maintenance that affected the component on that day. */
  readonly incidents: readonly string[];
}

export interface ComponentView {
  readonly component: Component;
  readonly health: Health;
  /** Since when it has been in this state; null when unknown. */
  readonly since: Millis | null;
  /** When it was last checked, rounded down to the minute; null when never. */
  readonly checkedAt: Millis | null;
  /** The last run to the millisecond, and how long it took, ms; absent when there was none. */
  readonly lastRun?: { readonly at: Millis; readonly took: Millis; readonly check?: string };
  /** The last check's finding, safe to publish; null when there was none. */
  readonly seen: string | null;
  /** For a provider: what its page said, safe to publish; null when it was not read. */
  readonly upstream: string | null;
  /** Under maintenance with a failing check: since when it fails (null: unknown); else absent. */
  readonly failing?: { readonly since: Millis | null };
  /** Median response time over the last 24 hours, ms; null when there was no answer. */
  readonly response: Millis | null;
  /** Set when the last run is too old; absent while runs end in time. */
  readonly stall?: Stall;
  /** An incident file that cannot be read, and may be about something current, names it; else absent. */
  readonly isInUnread?: true;
  /** Oldest first; `site.uptime.days` of them. */
  readonly days: readonly DayCell[];
  readonly uptime: UptimeFigure;
}

export interface GroupView {
  /** null for components without a group. */
  readonly name: string | null;
  readonly health: Health;
  readonly components: readonly ComponentView[];
}

export interface IncidentView extends Incident {
  readonly affected: readonly {
    readonly id: string;
    readonly name: string;
    readonly status: ComponentStatus;
  }[];
  /** The status to show now; that of a maintenance follows the clock. */
  readonly state: UpdateStatus;
  /** From start to end, or to now while open, ms. */
  readonly duration: Millis;
  /** How its impact changed. `severity` and `affected` are the current ones, or the worst once it is over. */
  readonly stretches: readonly Stretch[];
  /** When the next update is promised; null: not promised. Before the Snapshot's time: overdue. */
  readonly nextUpdate: Millis | null;
  /** Its times in the file beside the measured ones; null for maintenance. */
  readonly comparison: ReportedVsMeasured | null;
  /** Its committed versions, newest first; absent without git. */
  readonly history?: readonly Revision[];
  /** Not yet in a file (read-only folder, full disk); shown all the same. */
  readonly unfiled: boolean;
  /** Sanitised HTML, in the order of `updates`. */
  readonly html: readonly string[];
  readonly postmortemHtml: string | null;
}

/** The overall status as facts (overall-status.ts); the views turn it into words. */
export interface OverallStatus {
  /** `operational` only when every component is; `no_data` when nothing is wrong but something is unknown. */
  readonly state: Health;
  /** Names of the components in the worst state; empty when only an incident without components causes it. */
  readonly worst: readonly string[];
  /** How many components are not well, and how many there are. */
  readonly affected: number;
  readonly total: number;
  /** Names of the components with "no data". */
  readonly unknown: readonly string[];
  /** Every component with a check has "no data"; manual ones do not count. */
  readonly isNothingKnown: boolean;
  /** Something that was known before is unknown now. */
  readonly isAnyLost: boolean;
  /** Since when the worst state has lasted; null when unknown. */
  readonly since: Millis | null;
  /** Components whose monitoring is interrupted, and since when the first of them is; absent when none. */
  readonly interrupted?: { readonly names: readonly string[]; readonly since: Millis };
  /** Since when the page has not been updated; absent while it is. */
  readonly stalePage?: Millis;
  /** How many unreadable incident files may be about something current. */
  readonly unread: number;
  /** The incidents cannot be read, and none was before; absent otherwise. */
  readonly noReports?: boolean;
  /** Titles of open incidents that touch no component, and the worst severity among them. */
  readonly loose: readonly string[];
  readonly severity: Severity | null;
}

export interface Snapshot {
  /** Changes with everything a visitor can see. Short, URL-safe. */
  readonly version: string;
  /** The time it was composed for, epoch ms. */
  readonly at: Millis;
  readonly site: Site;
  readonly overall: OverallStatus;
  /** The latest check of any component, rounded down to the minute; null when there was none. */
  readonly checkedAt: Millis | null;
  /** Since when our own network has been down, so that checks see nothing; null while it works. */
  readonly networkDownSince: Millis | null;
  /** Since when the incidents folder has been missing: `incidents` are those last read. Null while it is there. */
  readonly missingSince: Millis | null;
  readonly groups: readonly GroupView[];
  readonly components: readonly ComponentView[];
  /** Every incident, latest start first; without maintenance. */
  readonly incidents: readonly IncidentView[];
  /** Every maintenance, latest start first. */
  readonly maintenances: readonly IncidentView[];
  /** The plans that calendars were told, of deleted maintenances too. */
  readonly plans: readonly ToldPlan[];
  readonly metrics: readonly MetricView[];
  /** For the operator; never shown to visitors. */
  readonly problems: readonly Problem[];
  /** Problems that may become an outage: certificates and domains about to expire, missing numbers. */
  readonly warnings: readonly Warning[];
}

export interface Stall {
  /** When the last run of its check ended, or the wait for the first began, epoch ms. */
  readonly since: Millis;
  /** Whether monitoring is interrupted; else the process was off or asleep, and a check comes soon. */
  readonly isInterrupted: boolean;
  /** A silent job: its report may have come while the server was off, or its token is new and not used yet. */
  readonly silent?: 'overdue' | 'new token' | undefined;
}
