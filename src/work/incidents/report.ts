// One report of an inbound monitor: its transition, and what else is known of its source.
import { matchLine } from '../../core/inbound/held.ts';
import { isHeldUnmatched } from '../../core/inbound/senders.ts';
import { severityOfSignal } from '../../core/inbound/severity.ts';
import type { Signal } from '../../core/inbound/signal.ts';
import { isNamed, signalWords, toTransition } from '../../core/inbound/to-transition.ts';
import { type Incident, isOpen, sourcesOf } from '../../core/model/incident.ts';
import type { Site } from '../../core/model/site.ts';
import { iso, isoMillis, MINUTE, type Millis, SECOND } from '../../core/model/time.ts';
import type { Transition } from '../../core/model/transition.ts';
import type { Snapshot } from '../../core/page/snapshot.ts';
import type { Db } from '../../store/db/database.ts';
import * as alerts from '../../store/incidents/alerts.ts';
import { noteHeld } from '../../store/incidents/held-alerts.ts';
import { newestTransition } from '../../store/incidents/transitions.ts';

export type StateSignal = Signal & { readonly kind: 'down' | 'up' };

interface SignalReport {
  /** The id of the alert, or the monitor. */
  readonly id: string;
  readonly transition: Transition;
  /** What the monitor has reported since, if this is a late copy of an earlier event; null if it is not. */
  readonly late: string | null;
}

/** An alert that is said to fire again, as it did before it recovered, is a late copy for so long. */
const COPIES_FOR = 5 * MINUTE;

export async function reportOf(
  db: Db,
  signal: StateSignal,
  snapshot: Snapshot,
  now: Millis,
): Promise<SignalReport> {
  const { sender, alert } = signal;
  const id = alert === null ? await monitorOf(signal, db, snapshot) : `${sender}:${alert}`;
  const known = await alerts.knownAlert(db, id);
  const source = alert === null ? id : await sourceOf(known, db);
  const transition = toTransition(signal, snapshot.site, now, source);
  if (known === null) return { id, transition, late: null };
  const late = lateness(signal, known, transition.at, now);
  if (!isAgain(signal, known, now)) return { id, transition, late };
  // It was well in between, by its own word.
  const at = transition.at > (known.recovered ?? 0) ? transition.at : now;
  return { id, transition: { ...transition, at, key: `${transition.key}@${isoMillis(now)}` }, late: null };
}

/**
 * Whether an alert fires or ends a second time. Alertmanager and Grafana write the first beginning then, also if they
 * said meanwhile that it was over.
 */
function isAgain(
  { alert, kind, at }: StateSignal,
  { isFiring, recovered, notedAt }: alerts.KnownAlert,
  now: Millis,
): boolean {
  if (alert === null || recovered === null) return false;
  return kind === 'down'
    ? !isFiring && now - notedAt > COPIES_FOR
    : isFiring && at !== null && at > recovered;
}

/** Only the sender's own times show that a signal is late. Signals without a time count in order of arrival. */
function lateness(
  signal: StateSignal,
  { recovered, failed, isFiring }: alerts.KnownAlert,
  at: Millis,
  now: Millis,
): string | null {
  const since = signal.kind === 'down' ? recovered : failed;
  // A time in the future was recorded before the clock was set back. Every signal would look older than it.
  if (signal.at === null || since === null || since > now) return null;
  if (signal.kind === 'down' && isFiring) return null;
  // An end in whole minutes or seconds is not before an outage of that minute or second.
  const step = signal.kind === 'down' ? 1 : ([MINUTE, SECOND].find(one => at % one === 0) ?? 1);
  if (at >= since - (since % step)) return null;
  return `too late: the monitor has already reported that it ${signal.kind === 'down' ? 'recovered' : 'failed'} at ${iso(since)}`;
}

/**
 * The source of a monitor: its id. Another name with the same id is another monitor, so that the end of one is not the
 * end of both, unless it is an "up" of a name that was never down: the monitor was renamed during its outage.
 */
async function monitorOf(
  { sender, monitor, name, kind }: StateSignal,
  db: Db,
  snapshot: Snapshot,
): Promise<string> {
  const source = `${sender}:${monitor}`;
  const last = await newestTransition(db, source);
  if (last && isNamed(last, name)) return source;
  const own = `${source}/${name}`;
  // A new database does not know it, but its file does.
  const isKnown = openIncidentOf(own, snapshot) !== undefined || (await newestTransition(db, own)) !== null;
  return isKnown || (kind === 'down' && last !== null) ? own : source;
}

/** The open incident that names a source in `opened_by`. */
export function openIncidentOf(source: string, { incidents }: Snapshot): Incident | undefined {
  return incidents.find(incident => isOpen(incident) && sourcesOf(incident).includes(source));
}

/** The source under which an alert is known while it fires, whatever it matches now; null for that of the signal. */
async function sourceOf(known: alerts.KnownAlert | null, db: Db): Promise<string | null> {
  if (known === null) return null;
  // One that was held may match a component by now.
  const isFiled = known.isFiring && (await newestTransition(db, known.source))?.kind === 'down';
  return isFiled ? known.source : null;
}

/**
 * Why a "down" opens nothing, whatever else is known: its severity, or that it matches no component and is held.
 * @param isOpen its source's outage is known.
 */
export async function withheld(
  db: Db,
  signal: StateSignal,
  { id, transition, late }: SignalReport,
  { inbound }: Site,
  isOpen: boolean,
  now: Millis,
): Promise<{ readonly action: 'ignored' | 'held'; readonly why: string } | null> {
  if (severityOfSignal(signal, inbound) === null)
    return { action: 'ignored', why: `severity "${signal.severity[0] ?? 'default'}" opens no incident` };
  if (late !== null) return null;
  await alerts.noteAlert(db, id, transition.source, 'down', signal.at === null ? null : transition.at, now);
  if (isOpen || transition.components.length > 0 || !isHeldUnmatched(signal.sender, inbound)) return null;
  await noteHeld(db, transition.source, signal, now);
  return {
    action: 'held',
    why: `it matches no component: write \`${matchLine(signal)}\` in one in status.yaml`,
  };
}

/**
 * Notes a recovery. Its time is the last of its source's alerts, and of several none has a say; null while others of
 * them still fire.
 */
export async function recovery(
  db: Db,
  signal: StateSignal,
  report: SignalReport,
  now: Millis,
): Promise<Transition | null> {
  const { id, transition } = report;
  const { source, at } = transition;
  if (signal.at !== null || signal.alert !== null)
    await alerts.noteAlert(db, id, source, 'up', signal.at === null ? null : at, now);
  if (signal.alert === null) return transition;
  const { all, firing, ended } = await alerts.alertsOf(db, source);
  if (firing > 0) return null;
  const message = all > 1 ? signalWords({ ...signal, message: '' }) : transition.message;
  return { ...transition, message, at: Math.max(at, Math.min(ended ?? at, now)) };
}
