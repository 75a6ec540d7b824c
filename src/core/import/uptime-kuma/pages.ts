// Which of Uptime Kuma's status pages is imported: each may be for another customer.
import type { KumaTables } from './tables.ts';

/**
 * What one status page shows, or all of them; a sentence why it is not known which.
 * @param wanted its slug; `all`; undefined: the only one
 */
export function tablesOfPage(tables: KumaTables, wanted: string | undefined): KumaTables | string {
  const published = tables.pages.filter(({ slug }) => slug !== null);
  if (wanted === 'all' || (wanted === undefined && published.length <= 1)) return tables;
  const slugs = published.map(({ slug }) => slug).join(', ');
  if (wanted === undefined)
    return `it has several status pages (${slugs}) — choose one with --page SLUG, or put all on one with --page all`;
  const page = published.find(({ slug }) => slug === wanted);
  if (!page) return `it has no published status page "${wanted}" — give one of: ${slugs}`;
  const shown = tables.shown.filter(one => one.page === page.id);
  const here = new Set(shown.map(({ monitor }) => monitor));
  const elsewhere = new Set(tables.shown.map(({ monitor }) => monitor).filter(monitor => !here.has(monitor)));
  const isShownHere = (maintenance: number) => {
    const pages = tables.announced.filter(one => one.maintenance === maintenance);
    if (pages.length > 0) return pages.some(one => one.page === page.id);
    return tables.maintained.some(one => one.maintenance === maintenance && here.has(one.monitor));
  };
  return {
    ...tables,
    pages: [page],
    shown,
    monitors: tables.monitors.filter(({ id }) => !elsewhere.has(id)),
    notes: tables.notes.filter(note => note.status_page_id === page.id),
    maintenances: tables.maintenances.filter(({ id }) => isShownHere(id)),
  };
}
