// Turns each message of an inbound monitor into a transition, once, and files it before the response.
import type { Signal } from '../../core/inbound/signal.ts';
import { toWarning } from '../../core/inbound/to-warning.ts';
import { type Incident, isOpen, keyOf, SEVERITIES, sourcesOf } from '../../core/model/incident.ts';
import type { Log } from '../../core/model/ports/log.ts';
import type { Clock, Millis } from '../../core/model/time.ts';
import type { StoredTransition, Transition } from '../../core/model/transition.ts';
import { makeQueue } from '../../core/model/turns/queue.ts';
import type { Snapshot } from '../../core/page/snapshot.ts';
import type { Db } from '../../store/db/database.ts';
import { forgetFiring } from '../../store/incidents/alerts.ts';
import * as transitions from '../../store/incidents/transitions.ts';
import type { Warnings } from '../monitoring/warnings.ts';
import { underMaintenance } from './file.ts';
import { openIncidentOf, recovery, reportOf, withheld } from './report.ts';

interface ReceiveDeps {
  readonly db: Db;
  readonly snapshot: () => Snapshot;
  readonly warnings: Pick<Warnings, 'report'>;
  /** Files pending transitions and brings the Snapshot up to date. */
  readonly round: () => Promise<void>;
  readonly clock: Clock;
  readonly log: Log;
}

export interface Received {
  /** `joined`: taken into an incident that was open and stays so; `resolved`: its incident is over; `held`: not published. */
  readonly action: 'opened' | 'joined' | 'resolved' | 'held' | 'ignored';
  /** The incident's id; null if no incident was opened or closed. */
  readonly incident: string | null;
  readonly why?: string;
}

/** Takes the signals of one message. Repeated signals are answered as ignored. */
export type Receive = (signals: readonly Signal[]) => Promise<Received[]>;

export function makeReceive(deps: ReceiveDeps): Receive {
  // One message at a time: otherwise two copies of one event would both find no open outage.
  const enqueue = makeQueue();
  return signals => enqueue(() => receive(signals, deps));
}

async function receive(signals: readonly Signal[], deps: ReceiveDeps): Promise<Received[]> {
  const taken: Taken[] = [];
  let refreshed: Promise<void> | null = null;
  const refresh = () => {
    refreshed ??= deps.round();
    return refreshed;
  };
  for (const index of inOrder(signals, deps.clock()))
    taken[index] = await take(signals[index] as Signal, deps, refresh);
  // Store all signals first, then file once: a thousand alerts in one message cost one round.
  if (taken.some(({ source }) => source !== null)) await deps.round();
  const answers: Received[] = [];
  for (const [index, { source, ...received }] of taken.entries()) {
    const found = source === null ? null : await placeOf(source, deps);
    const incident = found?.id ?? received.incident;
    const isWaiting = received.action === 'opened' && incident === null;
    const open = received.action === 'resolved' ? stillOpen(incident, deps) : null;
    const why = isWaiting ? whyHeld(found, deps) : open ? whyOpen(open) : received.why;
    const isJoined = received.action === 'opened' && found?.isJoined;
    const action = isWaiting ? 'held' : isJoined ? 'joined' : received.action;
    const { sender, monitor, name, kind } = signals[index] as Signal;
    deps.log.info({ provider: sender, monitor, name, kind, action, incident, why }, 'webhook received');
    answers.push({ action, incident, ...(why === undefined ? {} : { why }) });
  }
  return answers;
}

/** Alerts by their times: an outage begins with the first of them, whatever their order in the message. */
function inOrder(signals: readonly Signal[], now: Millis): number[] {
  const order = [...signals.keys()];
  if (signals.some(({ alert }) => alert === null)) return order;
  return order.sort((a, b) => (signals[a]?.at ?? now) - (signals[b]?.at ?? now));
}

/** A result whose incident is known only after the round: the incident of `source`, if there is one. */
interface Taken extends Received {
  readonly source: string | null;
}

/** @param refresh reads the files as they are now, once per message */
async function take(signal: Signal, deps: ReceiveDeps, refresh: () => Promise<void>): Promise<Taken> {
  const { kind } = signal;
  const ignored = (why: string, incident: string | null = null): Taken => {
    return { action: 'ignored', incident, why, source: null };
  };
  const { db } = deps;
  const { site } = deps.snapshot();
  if (signal.expiry) {
    const now = deps.clock();
    await deps.warnings.report(toWarning({ ...signal, expiry: signal.expiry }, site.components, now), now);
  }
  if (kind === 'ignored') return ignored(signal.why ?? 'nothing to do');
  const said = { ...signal, kind };
  const report = await reportOf(db, said, deps.snapshot(), deps.clock());
  const { transition, late } = report;
  const { source, at } = transition;
  const last = await transitions.newestTransition(db, source);
  let file = openFileOf(source, last, deps.snapshot());
  if (kind === 'down' && file !== null) {
    // A person may have resolved the incident a moment ago.
    await refresh();
    file = openFileOf(source, last, deps.snapshot());
  }
  const open = file !== null || (last?.kind === 'down' && last.filedAt === null);
  const no = kind === 'down' ? await withheld(db, said, report, site, open, deps.clock()) : null;
  if (no) return { ...no, incident: file, source: null };
  if (kind === 'down' && open) {
    if (!isWorse(transition, last)) return ignored('already known to be down', file);
    // It may have the time of the outage; since when it is worse, only we know then.
    const worse = at > last!.at ? transition : { ...transition, at: deps.clock() };
    const isNew = await transitions.insertTransition(db, worse, deps.clock());
    return isNew
      ? { action: 'joined', incident: file, source }
      : ignored('this event was received before', file);
  }
  const before = 'this event was received before';
  let settled = transition;
  if (kind === 'down') {
    const closed = closedByHand(last, deps.snapshot());
    const isKnown = await transitions.isStored(db, transition.key);
    if (closed && (closed.openedByOperator || isKnown || (signal.at !== null && at <= closed.resolved))) {
      return ignored(CLOSED, closed.id);
    }
    if (isKnown) return ignored(before, idOf(last, deps.snapshot()));
    if (late !== null) return ignored(late);
    if (closed) await forgetFiring(db, source, closed.resolved);
  } else {
    if (late !== null) return ignored(late, file);
    const end = await recovery(db, said, report, deps.clock());
    if (end === null) return ignored('other alerts of this name still fire', file);
    settled = end;
    if (!open && last?.kind !== 'down') return ignored('it has no open incident');
  }
  if (!(await transitions.insertTransition(db, settled, deps.clock())))
    return ignored(before, idOf(last, deps.snapshot()));
  // A recovery may have to wait for the folder. It belongs to the incident that was open.
  const of = kind === 'up' ? file : null;
  return { action: kind === 'down' ? 'opened' : 'resolved', incident: of, source };
}

/** Whether a source that is down already says that it is worse than it said. */
function isWorse({ severity }: Transition, last: StoredTransition | null): boolean {
  return last?.kind === 'down' && SEVERITIES.indexOf(severity) > SEVERITIES.indexOf(last.severity);
}

const CLOSED =
  'this outage was resolved manually, but the monitor has not reported its end; open it again if it continues';

/** The incident of a source that has not recovered, if a person resolved it, and the time of that. */
function closedByHand(
  last: StoredTransition | null,
  snapshot: Snapshot,
): { readonly id: string; readonly resolved: Millis; readonly openedByOperator: boolean } | null {
  const file = last?.kind === 'down' ? filedIn(last, snapshot) : undefined;
  if (!file || file.resolved === null) return null;
  // An incident that an operator ends is filed again by itself if it continues (left-open.ts).
  return { id: file.id, resolved: file.resolved, openedByOperator: file.openedBy === null };
}

/** Where what a source said last is: in an incident, or stored, in none yet. */
interface Place {
  readonly id: string | null;
  readonly isJoined: boolean;
  readonly components: readonly string[];
}

async function placeOf(source: string, { db, snapshot }: ReceiveDeps): Promise<Place> {
  const stored = await transitions.newestTransition(db, source);
  const components = stored?.components ?? [];
  const id = idOf(stored, snapshot());
  if (id !== null) return { id, isJoined: stored?.isJoined === true, components };
  // Not filed yet: as the page shows it.
  const shown = openIncidentOf(source, snapshot());
  return {
    id: shown?.id ?? null,
    isJoined: shown !== undefined && sourcesOf(shown)[0] !== source,
    components,
  };
}

/** Why what a source said opened no incident. */
function whyHeld(place: Place | null, { snapshot, clock }: ReceiveDeps): string {
  const { maintenances, site } = snapshot();
  const maintained = underMaintenance(maintenances, site, clock());
  return place?.components.some(id => maintained.has(id))
    ? 'a maintenance of its component is under way: it opens an incident if it is still down after that'
    : 'something else explains it, or its incident cannot be read: it opens an incident if it outlasts that';
}

/** The incident of a recovery, if it is open all the same. */
function stillOpen(id: string | null, { snapshot }: ReceiveDeps): Incident | null {
  return snapshot().incidents.find(one => one.id === id && isOpen(one)) ?? null;
}

function whyOpen({ openedBy }: Incident): string {
  return openedBy === null
    ? 'recovered; the incident stays open until you end it'
    : 'recovered; the incident stays open until the last of its sources has recovered';
}

/** The open incident of a source: by `opened_by`, or by the database if a person took the file over or it joined theirs. */
function openFileOf(source: string, last: StoredTransition | null, snapshot: Snapshot): string | null {
  const own = openIncidentOf(source, snapshot);
  // Its other sources keep an incident open.
  if (own && last?.kind === 'up' && sourcesOf(own).length > 1) return null;
  const remembered = last?.kind === 'down' ? filedIn(last, snapshot) : undefined;
  return (own ?? (remembered && isOpen(remembered) ? remembered : undefined))?.id ?? null;
}

/** The incident that a transition was filed in, whatever its file is called now. */
function filedIn({ incidentId }: StoredTransition, { incidents }: Snapshot): Incident | undefined {
  return incidents.find(incident => keyOf(incident) === incidentId);
}

/** Its id; for one that is gone, the name it had in the database. */
function idOf(last: StoredTransition | null, snapshot: Snapshot): string | null {
  return last && (filedIn(last, snapshot)?.id ?? last.incidentId);
}
