// Outages left over: an operator ended the incident that a source had joined, and the source still fails.
import { type Incident, keyOf } from '../model/incident.ts';
import { MINUTE, type Millis } from '../model/time.ts';
import type { StoredTransition } from '../model/transition.ts';
import type { Outages } from './reported-vs-measured.ts';

/** How long a source may take to recover after the operator's end. */
const SETTLING: Millis = 3 * MINUTE;

interface LeftOpen {
  readonly source: string;
  /** The incident (its lasting name) that it had joined, and when an operator ended it, epoch ms. */
  readonly incident: string;
  readonly ended: Millis;
}

/** The sources that still fail three minutes after an operator ended the incident they are filed in. */
export function outagesLeftOpen(
  incidents: readonly Incident[],
  outages: Outages,
  now: Millis,
): readonly LeftOpen[] {
  const over = new Map<string, Millis>();
  for (const incident of incidents) {
    const { openedBy, scheduled, status, resolved } = incident;
    const endedByOperator = openedBy === null && scheduled === null && status === 'resolved';
    if (endedByOperator && resolved !== null && now - resolved >= SETTLING)
      over.set(keyOf(incident), resolved);
  }
  return Object.entries(outages).flatMap(([source, all]) => {
    const last = all.at(-1);
    const ended = last?.end === null && last.incidentId !== null ? over.get(last.incidentId) : undefined;
    return ended === undefined ? [] : [{ source, incident: last!.incidentId!, ended }];
  });
}

/** The same outage again, from the operator's end, to be filed on its own. */
export function fromEnd(
  {
    seq: _,
    recordedAt: _known,
    filedAt: _filed,
    incidentId: _incident,
    isJoined: _joined,
    ...down
  }: StoredTransition,
  { incident, ended }: LeftOpen,
) {
  return { ...down, key: `${down.key}>${incident}`, at: Math.max(down.at, ended) };
}
