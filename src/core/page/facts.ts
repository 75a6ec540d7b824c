// Facts: everything a Snapshot is made of, gathered by the round and handed to compose().
import type { Outages } from '../filing/reported-vs-measured.ts';
import type { Revision } from '../incidents/history.ts';
import type { Measured } from '../model/component.ts';
import type { Incident } from '../model/incident.ts';
import type { Problem } from '../model/problem.ts';
import type { Site } from '../model/site.ts';
import type { Millis } from '../model/time.ts';
import type { Warning } from '../monitoring/warning.ts';

export interface Facts {
  readonly site: Site;
  readonly incidents: readonly Incident[];
  /** How many files cannot be read that may be about something that is going on; absent: none. */
  readonly unread?: number;
  /** Ids of incidents that stand in no file yet. */
  readonly unfiled: ReadonlySet<string>;
  readonly measured: ReadonlyMap<string, Measured>;
  /** Since when our own network has been down, epoch ms; null while it is not. */
  readonly networkDownSince: Millis | null;
  /** Since when the incidents' folder has been missing, epoch ms; null or absent while it is there. */
  readonly missingSince?: Millis | null;
  /** Each metric's figure over the last 24 hours, by id; absent where nobody reads them. */
  readonly metrics?: ReadonlyMap<string, number>;
  /** Each component's median answer over the last 24 hours, ms, by id; absent where nobody reads them. */
  readonly responses?: ReadonlyMap<string, number>;
  readonly problems: readonly Problem[];
  /** What is to be mended and is no outage; absent where nobody watches. */
  readonly warnings?: readonly Warning[];
  /** What git knows of each incident's versions, by id; absent without git. */
  readonly histories?: ReadonlyMap<string, readonly Revision[]>;
  /** What each source saw; absent where nothing is measured. */
  readonly outages?: Outages;
  /** Changes whenever any of the above does: the Snapshot's version is made of it and the minute. */
  readonly revision: string;
}
