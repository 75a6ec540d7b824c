// Receive: what an inbound monitor said becomes a transition, once, and is filed before the answer (walk 3).
import type { Signal } from '../core/inbound/signal.ts';
import { toNotice } from '../core/inbound/to-notice.ts';
import { toTransition } from '../core/inbound/to-transition.ts';
import { isOpen } from '../core/incident.ts';
import type { Log } from '../core/log.ts';
import type { Snapshot } from '../core/snapshot.ts';
import type { Clock, Millis } from '../core/time.ts';
import type { StoredTransition, Transition } from '../core/transition.ts';
import type { Notice } from '../core/warning.ts';

export interface ReceiveDeps {
  readonly newest: (source: string) => Promise<StoredTransition | null>;
  readonly insert: (transition: Transition) => Promise<boolean>;
  readonly snapshot: () => Snapshot;
  /** Takes what a monitor warns of. */
  readonly warned: (notice: Notice, now: Millis) => Promise<void>;
  /** Files what is pending and brings the Snapshot up to date. */
  readonly round: () => Promise<void>;
  readonly clock: Clock;
  readonly log: Log;
}

export interface Received {
  readonly action: 'opened' | 'resolved' | 'ignored';
  /** The incident's id; null when nothing was opened or closed. */
  readonly incident: string | null;
  /** Why it was ignored, for the sender's log. */
  readonly why?: string;
}

/** Takes the signals of one message; repeats of what is known already are answered as ignored. */
export type Receive = (signals: readonly Signal[]) => Promise<Received[]>;

export function makeReceive(deps: ReceiveDeps): Receive {
  // One at a time: two copies of one event must not both find the source at rest.
  let turn: Promise<unknown> = Promise.resolve();
  return signals => {
    const done = turn.then(() => receive(signals, deps));
    turn = done.catch(() => undefined);
    return done;
  };
}

async function receive(signals: readonly Signal[], deps: ReceiveDeps): Promise<Received[]> {
  const taken: Taken[] = [];
  for (const signal of signals) taken.push(await take(signal, deps));
  // All are stored before any is filed: a thousand alerts in one message are one round.
  if (taken.some(({ action }) => action !== 'ignored')) await deps.round();
  const answers: Received[] = [];
  for (const [index, { source, ...received }] of taken.entries()) {
    const incident = source === null ? received.incident : await incidentOf(source, deps);
    const { provider, monitor, name, kind } = signals[index] as Signal;
    deps.log.info({ provider, monitor, name, kind, ...received, incident }, 'webhook received');
    answers.push({ ...received, incident });
  }
  return answers;
}

/** An answer whose incident is known after the round: that of `source`, unless that is null. */
interface Taken extends Received {
  readonly source: string | null;
}

async function take(signal: Signal, deps: ReceiveDeps): Promise<Taken> {
  const { kind } = signal;
  const ignored = (why: string, incident: string | null = null): Taken => {
    return { action: 'ignored', incident, why, source: null };
  };
  const { site } = deps.snapshot();
  if (signal.expiry) {
    const now = deps.clock();
    await deps.warned(toNotice({ ...signal, expiry: signal.expiry }, site.components, now), now);
  }
  if (kind === 'ignored') return ignored(signal.why ?? 'nothing to do');
  const transition = toTransition({ ...signal, kind }, site.components, deps.clock());
  const last = await deps.newest(transition.source);
  const file = openFileOf(transition.source, last, deps.snapshot());
  const open = file !== null || (last?.kind === 'down' && last.filedAt === null);
  if (kind === 'down' && open) return ignored('known to be down already', file);
  if (kind === 'up' && !open && last?.kind !== 'down') return ignored('nothing of it is open');
  if (!(await deps.insert(transition))) return ignored('this event came before', last?.incidentId ?? null);
  return { action: kind === 'down' ? 'opened' : 'resolved', incident: null, source: transition.source };
}

async function incidentOf(source: string, { newest, snapshot }: ReceiveDeps): Promise<string | null> {
  const stored = await newest(source);
  return stored?.incidentId ?? openFileOf(source, null, snapshot());
}

/**
 * The open incident a source has, in a file or waiting for one: by `opened_by`, whatever the database
 * remembers, or by what it remembers, should a person have taken the file over.
 */
function openFileOf(source: string, last: StoredTransition | null, { incidents }: Snapshot): string | null {
  const own = incidents.find(incident => isOpen(incident) && incident.openedBy === source);
  const remembered = last?.kind === 'down' ? last.incidentId : null;
  return (own ?? incidents.find(incident => isOpen(incident) && incident.id === remembered))?.id ?? null;
}
