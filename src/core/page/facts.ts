// Facts: the input of compose(), gathered by the round.
import type { Outages } from '../filing/reported-vs-measured.ts';
import type { Revision } from '../incidents/history.ts';
import type { ToldPlan } from '../incidents/plans.ts';
import type { Measured } from '../model/component.ts';
import type { Incident } from '../model/incident.ts';
import type { MetricStretch } from '../model/metric.ts';
import type { Problem } from '../model/problem.ts';
import type { Site } from '../model/site.ts';
import type { Millis } from '../model/time.ts';
import type { Warning } from '../monitoring/warning.ts';

export interface Facts {
  readonly site: Site;
  readonly incidents: readonly Incident[];
  /** For each unreadable file that may be about something current, the ids of the components it names; absent: none. */
  readonly unread?: readonly (readonly string[])[];
  /** Ids of incidents not yet in a file. */
  readonly unfiled: ReadonlySet<string>;
  readonly measured: ReadonlyMap<string, Measured>;
  /** Since when our own network has been down, epoch ms; null while it works. */
  readonly networkDownSince: Millis | null;
  /** Since when the incidents folder has been missing, epoch ms; null or absent while it is there. */
  readonly missingSince?: Millis | null;
  /** Each metric's slots of the last 24 hours, by id; absent when not read. */
  readonly metrics?: ReadonlyMap<string, readonly MetricStretch[]>;
  /** Each component's median response time over the last 24 hours, ms, by id; absent when not read. */
  readonly responses?: ReadonlyMap<string, number>;
  readonly problems: readonly Problem[];
  /** Problems that are no outage; absent when nothing is watched. */
  readonly warnings?: readonly Warning[];
  /** The committed versions of each incident, by id; absent without git. */
  readonly histories?: ReadonlyMap<string, readonly Revision[]>;
  /** The outages each source measured; absent when nothing is measured. */
  readonly outages?: Outages;
  /** The plans that calendars were told; absent when not read. */
  readonly plans?: readonly ToldPlan[];
  /** Changes with any of the above. The Snapshot's version is made of it and the minute. */
  readonly revision: string;
}
