// The Snapshot: everything a visitor may be told, composed once and swapped by reference.
// Pages, JSON, feeds, badges and the calendar are pure functions of it.
import type { ReportedVsMeasured } from '../filing/reported-vs-measured.ts';
import type { Revision } from '../incidents/history.ts';
import type { Stretch } from '../incidents/impact.ts';
import type { Component, ComponentStatus, Health, Severity } from '../model/component.ts';
import type { Incident, UpdateStatus } from '../model/incident.ts';
import type { MetricView } from '../model/metric.ts';
import type { Problem } from '../model/problem.ts';
import type { Site } from '../model/site.ts';
import type { Millis } from '../model/time.ts';
import type { Warning } from '../monitoring/warning.ts';

import type { UptimeFigure } from './uptime.ts';

/** One UTC day of a component's bar. */
export interface DayCell {
  /** `2026-11-23`. */
  readonly day: string;
  readonly state: Health;
  /** Length of the union of outages on that day, ms, maintenance excluded, unweighted. */
  readonly downtime: Millis;
  /** Ids of incidents and maintenance that touched the component on that day. */
  readonly incidents: readonly string[];
}

export interface ComponentView {
  readonly component: Component;
  readonly health: Health;
  /** Since when it has been in that state, when an open incident or check tells; else null. */
  readonly since: Millis | null;
  /** When it was last looked at, floored to the minute; null when never or not checked. */
  readonly checkedAt: Millis | null;
  /** The same to the millisecond, and how long that run took, ms; absent when never. */
  readonly lastRun?: { readonly at: Millis; readonly took: Millis; readonly check?: string };
  /** What the last check saw, safe to publish; null when there was none. */
  readonly seen: string | null;
  /** Under maintenance: since when its check has failed all the same (null: unknown); else absent. */
  readonly failing?: { readonly since: Millis | null };
  /** Its median answer over the last 24 hours, ms; null when nothing answered. */
  readonly response: Millis | null;
  /** That the last run is too old to go by; absent while runs end in time. */
  readonly stall?: Stall;
  /** Oldest first; as many as `site.uptime.days`. */
  readonly days: readonly DayCell[];
  readonly uptime: UptimeFigure;
}

export interface GroupView {
  /** null for components that stand by themselves. */
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
  /** The status to show now: a maintenance's follows the clock. */
  readonly state: UpdateStatus;
  /** From start to end, or to now while open, ms. */
  readonly duration: Millis;
  /** How its impact changed over time; `severity` and `affected` are of now, or the worst once over. */
  readonly stretches: readonly Stretch[];
  /** When the next update is promised; null when none is. Earlier than the Snapshot: overdue. */
  readonly nextUpdate: Millis | null;
  /** What its file says beside what was measured; null for maintenance. */
  readonly comparison: ReportedVsMeasured | null;
  /** Its committed versions, newest first; absent without git. */
  readonly history?: readonly Revision[];
  /** Not yet in a file (read-only folder, full disk): shown all the same. */
  readonly unfiled: boolean;
  /** Markdown rendered and sanitised, in the order of `updates`. */
  readonly html: readonly string[];
  readonly postmortemHtml: string | null;
}

/** The overall status, as facts (overall-status.ts): the words are the view's. */
export interface OverallStatus {
  /** `operational` only when every component is; `no_data` when nothing is wrong and something is not known. */
  readonly state: Health;
  /** Names of the components in that worst state; empty when an incident that touches none makes it. */
  readonly worst: readonly string[];
  /** How many components are not well, and how many there are. */
  readonly affected: number;
  readonly total: number;
  /** Names of components about which nothing is known. */
  readonly unknown: readonly string[];
  /** None of the components that have a check is known: those kept by hand alone say nothing. */
  readonly isNothingKnown: boolean;
  /** One of the unknown was known before. */
  readonly isAnyLost: boolean;
  /** Since when the worst state lasts; null when unknown. */
  readonly since: Millis | null;
  /** Components whose monitoring is interrupted, and since when the first of them; absent while none is. */
  readonly interrupted?: { readonly names: readonly string[]; readonly since: Millis };
  /** Since when the whole page has not been brought up to date; absent while it is. */
  readonly stalePage?: Millis;
  /** How many incident files cannot be read that may be about something that is going on. */
  readonly unread: number;
  /** The incidents cannot be read, and none was before; absent otherwise. */
  readonly noReports?: boolean;
  /** Titles of open incidents that touch no component, and the worst severity among them. */
  readonly loose: readonly string[];
  readonly severity: Severity | null;
}

export interface Snapshot {
  /** Changes whenever anything a visitor can see changes. Short, URL-safe. */
  readonly version: string;
  /** The moment it was composed for, epoch ms. */
  readonly at: Millis;
  readonly site: Site;
  readonly overall: OverallStatus;
  /** The latest check of any component, floored to the minute; null when there was none. */
  readonly checkedAt: Millis | null;
  /** Since when our own network has been down, so that nothing can be seen; null while it is not. */
  readonly networkDownSince: Millis | null;
  /** Since when the incidents' folder has been missing: these are the ones last read. Null while it is there. */
  readonly missingSince: Millis | null;
  readonly groups: readonly GroupView[];
  readonly components: readonly ComponentView[];
  /** Every incident, newest start first; maintenance is not among them. */
  readonly incidents: readonly IncidentView[];
  /** Every maintenance, latest start first. */
  readonly maintenances: readonly IncidentView[];
  readonly metrics: readonly MetricView[];
  /** What an operator should mend; never shown to visitors. */
  readonly problems: readonly Problem[];
  /** Of these, what is no outage and may become one: certificates and domains about to end, missing numbers. */
  readonly warnings: readonly Warning[];
}

export interface Stall {
  /** When a run of its check last ended, or the waiting for the first began, epoch ms. */
  readonly since: Millis;
  /** Whether monitoring is interrupted; else the process was off or asleep, and a check comes soon. */
  readonly isInterrupted: boolean;
  /** It is a job whose report is overdue and may have come while nobody listened, or is awaited by a new token. */
  readonly silent?: 'overdue' | 'new token' | undefined;
}
