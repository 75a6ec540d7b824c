// Unwatched: checks that can say nothing any more, because status.yaml took them away. Nobody else would end
// what they opened. An inbound monitor goes on without its component: its own "up" ends what it opened.

import { statusOfSource } from '../incidents/shared.ts';
import { isConfigured } from '../model/checks/check.ts';
import { type Incident, isOpen, sourcesOf } from '../model/incident.ts';
import type { Site } from '../model/site.ts';
import { componentOf, probedBy } from '../model/source.ts';
import type { Millis } from '../model/time.ts';
import type { Transition } from '../model/transition.ts';
import { sentence } from '../monitoring/messages.ts';
import type { Sightings } from './reported-vs-measured.ts';

/** A check's outage that its check can no longer end. */
export interface Unwatched {
  readonly source: string;
  /** Names this outage of it: its recovery is stored once. */
  readonly key: string;
  /** What its transitions are called by; null where only the database may know. */
  readonly title: string | null;
}

/** The outages, on file or on their way there, whose checks `site` does not have any more. */
export function unwatchedOf(
  site: Site,
  incidents: readonly Incident[],
  sightings: Sightings,
): readonly Unwatched[] {
  const found: Unwatched[] = [];
  const open = Object.entries(sightings).flatMap(([source, outages]) => {
    const last = outages.at(-1);
    return last?.end === null ? [{ source, key: `${source}@${last.start}:unwatched`, title: null }] : [];
  });
  for (const one of open) if (isUnwatched(one.source, site)) found.push(one);
  // A lost database knows of nothing that a file does not tell.
  for (const incident of incidents.filter(isOpen)) {
    for (const source of sourcesOf(incident)) {
      const isKnown = Object.hasOwn(sightings, source) && sightings[source]!.length > 0;
      if (isKnown || !isUnwatched(source, site) || !statusOfSource(incident, source).down) continue;
      const title = sourcesOf(incident).length === 1 ? incident.title : null;
      found.push({ source, key: `${source}@${incident.id}:unwatched`, title });
    }
  }
  return found;
}

/** Whether a source is a check that `site` does not have: what it said last and nobody was told is not told any more. */
export function isUnwatched(source: string, site: Site): boolean {
  return reasonOf(source, site) !== null;
}

/** Why nothing will be heard of a check; null while something may, and for sources that are no checks of ours. */
function reasonOf(source: string, { components }: Site): string | null {
  const id = componentOf(source);
  if (id === null) return null;
  const component = components.find(one => one.id === id);
  if (!component) return 'it was removed from the configuration';
  const { check } = component;
  if (check.type === 'manual') return 'its check was changed to manual';
  if (!isConfigured(check)) return 'its check is not configured any more';
  const isLatency = probedBy(source) === null;
  return isLatency && check.type === 'heartbeat' ? 'its check was changed to a heartbeat' : null;
}

/** The end of such an outage, as of `now`, saying why; `called` is the title its transitions had, if any is known. */
export function endOf(
  { source, key }: Unwatched,
  site: Site,
  called: string | null,
  now: Millis,
): Transition {
  const id = componentOf(source) as string;
  const component = site.components.find(one => one.id === id);
  const name = component?.name ?? called?.replace(/^High (.+) Latency$|^(.+) Down$/, '$1$2') ?? id;
  const isLatency = probedBy(source) === null;
  const what = isLatency
    ? `The response time of ${name} is no longer measured`
    : `${name} is no longer monitored`;
  return {
    key,
    source,
    kind: 'up',
    at: now,
    title: called ?? (isLatency ? `High ${name} Latency` : `${name} Down`),
    slug: isLatency ? `${id}-latency` : `${id}-down`,
    severity: 'critical',
    components: [id],
    message: sentence(`${what}: ${reasonOf(source, site)}.`),
  };
}
