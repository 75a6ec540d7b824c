// What an incident's file reports beside what was measured, as rows of a list.

import { type Millis, SECOND } from '../../../core/model/time.ts';
import type { IncidentView } from '../../../core/page/snapshot.ts';
import type { PageContext } from '../context.ts';

/** The rows, and the address of the same data as JSON; null if there is nothing to compare. */
export function comparisonRows({ comparison, id }: IncidentView, ctx: PageContext) {
  if (comparison === null || (comparison.measured === null && comparison.firstUpdateLag === null))
    return null;
  const { reported, measured, detectionLag, firstUpdateLag } = comparison;
  const { start, end } = reported;
  const window = end === null ? since(ctx.time(start).html, ctx) : ctx.window({ start, end }).html;
  const rows = [
    { label: ctx.say('comparison.written'), html: window },
    {
      label: ctx.say('comparison.measured'),
      html: measured ? measuredHtml(measured, ctx) : ctx.html('comparison.unseen'),
    },
    { label: ctx.say('comparison.noticed'), html: measured ? after(detectionLag, ctx) : '' },
    { label: ctx.say('comparison.first_update'), html: after(firstUpdateLag, ctx) },
  ];
  const url = ctx.link(`/api/incidents/${encodeURIComponent(id)}/claim.json`);
  return {
    svg: measured ? bars(reported, measured, ctx.at) : '',
    rows: rows.filter(({ html }) => html !== ''),
    url,
  };
}

interface OpenSpan {
  readonly start: Millis;
  readonly end: Millis | null;
}

const WIDTH = 300;

/** Both spans as bars on one scale, reported above measured. The rows below them say the same in words. */
function bars(reported: OpenSpan, measured: OpenSpan, now: Millis): string {
  const spans = [reported, measured].map(({ start, end }) => ({ start, end: end ?? now }));
  const from = Math.min(...spans.map(({ start }) => start));
  const length = Math.max(...spans.map(({ end }) => end)) - from || 1;
  const at = (moment: Millis) => Math.round(((moment - from) * WIDTH) / length);
  const rects = spans.map(({ start, end }, i) => {
    const width = Math.max(2, at(end) - at(start));
    return `<rect class="${i === 0 ? 'm' : 'x'}" x="${at(start)}" y="${i * 12}" width="${width}" height="8"/>`;
  });
  return `<svg class="compare" aria-hidden="true" viewBox="0 0 ${WIDTH} 20" preserveAspectRatio="none">${rects.join('')}</svg>`;
}

function measuredHtml({ start, end }: OpenSpan, ctx: PageContext): string {
  // With seconds, because rounding would hide the difference.
  return end === null ? since(ctx.time(start, 'exact').html, ctx) : ctx.window({ start, end }, 'exact').html;
}

function since(html: string, ctx: PageContext): string {
  return ctx.html('component.since', { since: { html } });
}

function after(lag: Millis | null, ctx: PageContext): string {
  if (lag === null) return ctx.html('comparison.unknown');
  if (lag < SECOND) return ctx.html('comparison.at_once');
  return ctx.html('comparison.after', { duration: ctx.dates.lag(lag) });
}
