// What an incident's file reports beside what was measured, as rows of a list.

import { isoMillis, type Millis, SECOND } from '../../../core/model/time.ts';
import type { IncidentView } from '../../../core/page/snapshot.ts';
import { escapeHtml } from '../../../core/text/markdown.ts';
import type { PageContext } from '../context.ts';
import { windowHtml } from './incidents.ts';

/** The rows, and the address of the same data as JSON; null if there is nothing to compare. */
export function comparisonRows({ comparison, id }: IncidentView, ctx: PageContext) {
  if (comparison === null || (comparison.measured === null && comparison.firstUpdateLag === null))
    return null;
  const { reported, measured, detectionLag, firstUpdateLag } = comparison;
  const { start, end } = reported;
  const window = end === null ? since(ctx.time(start).html, ctx) : windowHtml({ start, end }, ctx);
  const rows = [
    { label: ctx.say('comparison.written'), html: window },
    {
      label: ctx.say('comparison.measured'),
      html: measured ? measuredHtml(measured, start, ctx) : ctx.html('comparison.unseen'),
    },
    { label: ctx.say('comparison.noticed'), html: measured ? after(detectionLag, ctx) : '' },
    { label: ctx.say('comparison.first_update'), html: after(firstUpdateLag, ctx) },
  ];
  const url = ctx.link(`/api/incidents/${encodeURIComponent(id)}/claim.json`);
  return { rows: rows.filter(({ html }) => html !== ''), url };
}

function measuredHtml(
  { start, end }: { readonly start: Millis; readonly end: Millis | null },
  near: Millis,
  ctx: PageContext,
): string {
  const from = exact(start, near, ctx);
  return end === null ? since(from, ctx) : `${from} – ${exact(end, start, ctx)}`;
}

function since(html: string, ctx: PageContext): string {
  return ctx.html('component.since', { since: { html } });
}

function after(lag: Millis | null, ctx: PageContext): string {
  if (lag === null) return ctx.html('comparison.unknown');
  if (lag < SECOND) return ctx.html('comparison.at_once');
  return ctx.html('comparison.after', { duration: ctx.dates.lag(lag) });
}

/** A time with seconds, because rounding would hide the difference; `data-s` tells the script. */
function exact(at: Millis, near: Millis, ctx: PageContext): string {
  const clock = ctx.dates.sameDay(at, near) ? ' data-t' : '';
  const text = escapeHtml(ctx.dates.exact(at, near));
  return `<time datetime="${isoMillis(at).slice(0, 19)}Z" data-s${clock}>${text}</time>`;
}
