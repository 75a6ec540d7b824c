// An incident for search engines: schema.org's LiveBlogPosting, update by update.

import { iso } from '../../core/model/time.ts';
import type { IncidentView } from '../../core/page/snapshot.ts';
import { jsonText } from '../../core/text/printable.ts';
import type { PageContext } from './context.ts';
import { labelOf, updateTextForReader } from './parts/incidents.ts';

/** JSON-LD of an incident, safe inside `<script>`; null for maintenance, which has no suitable type. */
export function liveBlog(incident: IncidentView, url: string, ctx: PageContext): string | null {
  if (incident.scheduled) return null;
  const publisher = { '@type': 'Organization', name: ctx.site.title, url: ctx.site.url };
  const data = {
    '@context': 'https://schema.org',
    '@type': 'LiveBlogPosting',
    headline: incident.title,
    url,
    datePublished: iso(incident.started),
    dateModified: iso(incident.updates.at(-1)!.at),
    coverageStartTime: iso(incident.started),
    ...(incident.resolved === null ? {} : { coverageEndTime: iso(incident.resolved) }),
    author: publisher,
    publisher,
    liveBlogUpdate: incident.updates.map(update => ({
      '@type': 'BlogPosting',
      headline: labelOf(incident, update, ctx),
      datePublished: iso(update.at),
      articleBody: updateTextForReader(update, ctx),
    })),
  };
  return jsonText(data);
}
