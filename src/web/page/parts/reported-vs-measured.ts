// What an incident's file reports beside what was measured, as rows of a list.

import { NEAR } from '../../../core/filing/reported-vs-measured.ts';
import { type Millis, SECOND } from '../../../core/model/time.ts';
import type { IncidentView } from '../../../core/page/snapshot.ts';
import type { PageContext } from '../context.ts';

const WIDTH = 300;

/** The rows, and the address of the same data as JSON; null if there is nothing to compare. */
export function comparisonRows({ comparison, id }: IncidentView, ctx: PageContext) {
  if (comparison === null || (comparison.measured === null && comparison.firstUpdateLag === null))
    return null;
  const { reported, measured, detectionLag, firstUpdateLag } = comparison;
  const { start, end } = reported;
  const window = end === null ? since(ctx.time(start).html, ctx) : ctx.window({ start, end }).html;
  // Words from before the outage tell nothing of how soon it was noticed.
  const isForeseen = measured !== null && start < measured.start - NEAR;
  const rows = [
    { label: ctx.say('comparison.written'), html: window },
    {
      label: ctx.say('comparison.measured'),
      html: measured ? measuredHtml(measured, ctx) : ctx.html('comparison.unseen'),
    },
    { label: ctx.say('comparison.noticed'), html: measured && !isForeseen ? after(detectionLag, ctx) : '' },
    {
      label: ctx.say('comparison.first_update'),
      html: isForeseen && !firstUpdateLag ? '' : after(firstUpdateLag, ctx),
    },
  ];
  const url = ctx.link(`/api/incidents/${encodeURIComponent(id)}/claim.json`);
  return {
    barsHtml: measured ? bars(reported, measured, ctx) : '',
    rows: rows.filter(({ html }) => html !== ''),
    url,
  };
}

interface OpenSpan {
  readonly start: Millis;
  readonly end: Millis | null;
}

/** Both spans as bars on one scale, each beside its name. The rows below them say the same in words. */
function bars(reported: OpenSpan, measured: OpenSpan, ctx: PageContext): string {
  const spans = [reported, measured].map(({ start, end }) => ({ start, end: end ?? ctx.at }));
  const from = Math.min(...spans.map(({ start }) => start));
  const length = Math.max(...spans.map(({ end }) => end)) - from || 1;
  const at = (moment: Millis) => Math.round(((moment - from) * WIDTH) / length);
  const drawn = spans.map(({ start, end }, i) => {
    const [code, key] =
      i === 0 ? (['m', 'comparison.written'] as const) : (['x', 'comparison.measured'] as const);
    // The shortest is seen, too.
    const width = Math.max(3, at(end) - at(start));
    const x = Math.min(at(start), WIDTH - width);
    return `<span>${ctx.html(key)}</span><svg viewBox="0 0 ${WIDTH} 10" preserveAspectRatio="none"><rect class="${code}" x="${x}" width="${width}" height="10"/></svg>`;
  });
  return `<div class="compare" aria-hidden="true">${drawn.join('')}</div>`;
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
