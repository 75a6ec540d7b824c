// Removed checks: ends the outages of checks that are no longer in status.yaml. Outside monitors end their own.
import { statusOfSource } from '../incidents/grouped-members.ts';
import { isConfigured } from '../model/checks/check.ts';
import { type Incident, isOpen, keyOf, sourcesOf } from '../model/incident.ts';
import type { Site } from '../model/site.ts';
import { componentOf, probedBy } from '../model/source.ts';
import type { Millis } from '../model/time.ts';
import type { Transition } from '../model/transition.ts';
import { transitionOf } from '../monitoring/detector-state.ts';
import { type MachineEndReason, machineText } from '../text/machine-texts.ts';
import { type Outages, outagesOf } from './reported-vs-measured.ts';

/** An outage that its check can no longer end. */
interface Unwatched {
  readonly source: string;
  /** Unique per outage, so that its recovery is stored once. */
  readonly key: string;
  /** The title of its transitions; null when only the database knows. */
  readonly title: string | null;
  readonly reason: MachineEndReason;
}

const UNWATCHED = ':unwatched';

/** Whether a transition is the end of the outage of a removed check. */
export function isRemoval({ key }: Pick<Transition, 'key'>): boolean {
  return key.endsWith(UNWATCHED);
}

/** The outages, filed or to be filed, whose checks are no longer in `site`. */
export function unwatchedOf(
  site: Site,
  incidents: readonly Incident[],
  outages: Outages,
): readonly Unwatched[] {
  const known = Object.entries(outages).flatMap(([source, all]) => {
    const last = all.at(-1);
    return last?.end === null ? [{ source, key: `${source}@${last.start}${UNWATCHED}`, title: null }] : [];
  });
  // After a loss of the database, only the files have them.
  const onFile = incidents.filter(isOpen).flatMap(incident => {
    const sources = sourcesOf(incident);
    const title = sources.length === 1 ? incident.title : null;
    return sources
      .filter(source => outagesOf(outages, source).length === 0 && statusOfSource(incident, source).down)
      .map(source => ({ source, key: `${source}@${keyOf(incident)}${UNWATCHED}`, title }));
  });
  return [...known, ...onFile].flatMap(one => {
    const reason = reasonOf(one.source, site);
    return reason === null ? [] : [{ ...one, reason }];
  });
}

/** Whether a source is a check that is no longer in `site`. Its transitions not yet filed are then dropped. */
export function isUnwatched(source: string, site: Site): boolean {
  return reasonOf(source, site) !== null;
}

/** Why a check will report nothing more; null while it may, and for sources that are no checks. */
function reasonOf(source: string, { components }: Site): MachineEndReason | null {
  const id = componentOf(source);
  if (id === null) return null;
  const component = components.find(one => one.id === id);
  if (!component) return 'removed';
  const { check } = component;
  if (check.type === 'manual') return 'manual';
  if (!isConfigured(check)) return 'unconfigured';
  const isLatency = probedBy(source) === null;
  return isLatency && check.type === 'heartbeat' ? 'heartbeat' : null;
}

/**
 * The end of such an outage at `now`, with the reason.
 * @param called the title of its transitions, if known.
 */
export function endOfUnwatchedOutage(
  { source, key, reason }: Unwatched,
  site: Site,
  called: string | null,
  now: Millis,
): Transition {
  const id = componentOf(source) as string;
  const component = site.components.find(one => one.id === id);
  const name = component?.name ?? called?.replace(/^High (.+) Latency$|^(.+) Down$/, '$1$2') ?? id;
  const rule = probedBy(source) === null ? 'latency' : 'probe';
  const words = rule === 'latency' ? 'machine.unmeasured' : 'machine.unwatched';
  const message = machineText(words, { name, reason });
  const end = transitionOf({ id, name }, rule, { kind: 'up', at: now, severity: 'critical', message });
  return { ...end, key, title: called ?? end.title };
}
