// Removed checks: status.yaml took them away, and nobody else would end what they opened. An inbound monitor goes on
// without its component: its own "up" ends what it opened.
import { statusOfSource } from '../incidents/grouped-members.ts';
import { isConfigured } from '../model/checks/check.ts';
import { type Incident, isOpen, sourcesOf } from '../model/incident.ts';
import type { Site } from '../model/site.ts';
import { componentOf, probedBy } from '../model/source.ts';
import type { Millis } from '../model/time.ts';
import type { Transition } from '../model/transition.ts';
import { transitionOf } from '../monitoring/detector-state.ts';
import { escapeMarkdown } from '../text/markdown.ts';
import { type Outages, outagesOf } from './reported-vs-measured.ts';

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
  outages: Outages,
): readonly Unwatched[] {
  const known = Object.entries(outages).flatMap(([source, all]) => {
    const last = all.at(-1);
    return last?.end === null ? [{ source, key: `${source}@${last.start}:unwatched`, title: null }] : [];
  });
  // A lost database knows of nothing that only a file says.
  const onFile = incidents.filter(isOpen).flatMap(incident => {
    const sources = sourcesOf(incident);
    const title = sources.length === 1 ? incident.title : null;
    return sources
      .filter(source => outagesOf(outages, source).length === 0 && statusOfSource(incident, source).down)
      .map(source => ({ source, key: `${source}@${incident.id}:unwatched`, title }));
  });
  return [...known, ...onFile].filter(({ source }) => isUnwatched(source, site));
}

/** Whether a source is a check that `site` does not have: what it reported last and is not filed yet is not filed any more. */
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
  const rule = probedBy(source) === null ? 'latency' : 'probe';
  const what =
    rule === 'latency'
      ? `The response time of ${name} is no longer measured`
      : `${name} is no longer monitored`;
  const message = escapeMarkdown(`${what}: ${reasonOf(source, site)}.`);
  const end = transitionOf({ id, name }, rule, { kind: 'up', at: now, severity: 'critical', message });
  return { ...end, key, title: called ?? end.title };
}
