// Receive: what an inbound monitor said becomes a transition, once, and is filed before the answer (walk 3).
import type { Signal } from '../core/inbound/signal.ts';
import { toTransition } from '../core/inbound/to-transition.ts';
import { isOpen } from '../core/incident.ts';
import type { Log } from '../core/log.ts';
import type { Snapshot } from '../core/snapshot.ts';
import type { Clock } from '../core/time.ts';
import type { StoredTransition, Transition } from '../core/transition.ts';

export interface ReceiveDeps {
  readonly newest: (source: string) => Promise<StoredTransition | null>;
  readonly insert: (transition: Transition) => Promise<boolean>;
  readonly snapshot: () => Snapshot;
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

/** Takes one signal; repeats of what is known already are answered as ignored. */
export type Receive = (signal: Signal) => Promise<Received>;

export function makeReceive(deps: ReceiveDeps): Receive {
  // One at a time: two copies of one event must not both find the source at rest.
  let turn: Promise<unknown> = Promise.resolve();
  return signal => {
    const done = turn.then(() => receive(signal, deps));
    turn = done.catch(() => undefined);
    return done;
  };
}

async function receive(signal: Signal, deps: ReceiveDeps): Promise<Received> {
  const { kind, provider, monitor, name } = signal;
  const tell = (received: Received): Received => {
    deps.log.info({ provider, monitor, name, kind, ...received }, 'webhook received');
    return received;
  };
  if (kind === 'ignored')
    return tell({ action: 'ignored', incident: null, why: signal.why ?? 'nothing to do' });
  const { site } = deps.snapshot();
  const transition = toTransition({ ...signal, kind }, site.components, deps.clock());
  const last = await deps.newest(transition.source);
  const file = openFileOf(transition.source, last, deps.snapshot());
  const open = file !== null || (last?.kind === 'down' && last.filedAt === null);
  if (kind === 'down' && open) {
    return tell({ action: 'ignored', incident: file, why: 'known to be down already' });
  }
  if (kind === 'up' && !open && last?.kind !== 'down') {
    return tell({ action: 'ignored', incident: null, why: 'nothing of it is open' });
  }
  if (!(await deps.insert(transition))) {
    return tell({ action: 'ignored', incident: last?.incidentId ?? null, why: 'this event came before' });
  }
  await deps.round();
  const stored = await deps.newest(transition.source);
  const incident = stored?.incidentId ?? openFileOf(transition.source, null, deps.snapshot());
  return tell({ action: kind === 'down' ? 'opened' : 'resolved', incident });
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
