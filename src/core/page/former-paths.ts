// Former addresses of incidents and components: `aliases:`, renamed files, and those of other status pages.
import { readOccurrenceId } from '../incidents/recurrence.ts';
import { incidentPath } from '../model/incident.ts';
import { memoized } from '../model/memo.ts';
import { slug } from '../text/slug.ts';
import type { Snapshot } from './snapshot.ts';

/**
 * Today's path for a former one, below the page's own address; null if there is none. Components, feeds and lists
 * are where cState, Cachet, Gatus and Upptime have them.
 */
export function pathToday(snapshot: Snapshot, former: string): string | null {
  const path = plainPath(former);
  const id = idsByFormerPath(snapshot).get(path);
  if (id !== undefined) return incidentPath(id);
  const [, place, name] = /^\/(affected|history|components|endpoints)\/([^/]+)$/.exec(path) ?? [];
  const called = (one: string) => slug(one, 60) === slug(name ?? '', 60) || one === name;
  const component =
    place &&
    snapshot.site.components.find(
      ({ id, name: its, group }) => called(id) || called(its) || called(`${group}_${its}`),
    );
  if (component) return `/status/components/${encodeURIComponent(component.id)}`;
  const { aliases } = snapshot.site;
  const isPage = (former: string) => aliases.some(alias => plainPath(alias) === former);
  // Uptime Kuma has a feed below each page.
  if (path.endsWith('/rss') && isPage(path.slice(0, -4))) return RSS;
  return LISTS[path] ?? (isPage(path) ? '/status/live' : null);
}

/** The id of the incident that a former address, or the last part of one, leads to; undefined if there is none. */
export function idAtFormerName(snapshot: Snapshot, name: string): string | undefined {
  return idsByFormerPath(snapshot).get(plainPath(`/incidents/${name}`));
}

const RSS = '/status/feed.rss';
const HISTORY = '/status/history';
const LISTS: Readonly<Record<string, string>> = {
  '/index.xml': RSS,
  '/issues/index.xml': RSS,
  '/rss': RSS,
  '/atom': '/status/feed.atom',
  '/issues': HISTORY,
  '/incidents': HISTORY,
};

const idsByFormerPath = memoized(({ incidents, maintenances }: Snapshot): ReadonlyMap<string, string> => {
  const found = new Map<string, string>();
  for (const { id, aliases = [] } of [...incidents, ...maintenances]) {
    const day = readOccurrenceId(id)?.day;
    for (const alias of aliases) {
      const name = day === undefined ? alias : `${alias}--${day}`;
      if (alias.startsWith('/')) found.set(alias, found.get(alias) ?? id);
      else
        for (const folder of ['/status/incidents/', '/incidents/']) found.set(plainPath(folder + name), id);
    }
  }
  return found;
});

/** A path in one spelling, however it is encoded. */
function plainPath(path: string): string {
  try {
    return decodeURIComponent(path)
      .normalize('NFC')
      .replace(/(?!^)\/+$/, '');
  } catch {
    return path;
  }
}
