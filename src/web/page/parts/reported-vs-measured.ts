// What an incident's file reports beside what was measured, as rows of a list.

import { second } from '../../../core/filing/grouped-file.ts';
import { NEAR } from '../../../core/filing/reported-vs-measured.ts';
import { type Millis, SECOND } from '../../../core/model/time.ts';
import type { IncidentView } from '../../../core/page/snapshot.ts';
import { type PageContext, unbreakable } from '../context.ts';

const WIDTH = 300;

/** The rows, and the address of the same data as JSON; null if there is nothing to compare. */
export function comparisonRows({ comparison, id }: IncidentView, ctx: PageContext) {
  if (comparison === null || (comparison.measured.length === 0 && comparison.firstUpdateLag === null))
    return null;
  const { reported, measured, detectionLag, firstUpdateLag } = comparison;
  const [first] = measured;
  const { start, end } = reported;
  const window = end === null ? since(ctx.time(start).html, ctx) : ctx.window({ start, end }).html;
  // Words from before the outage tell nothing of how soon it was noticed.
  const isForeseen = first !== undefined && start < first.start - NEAR;
  const rows = [
    { label: ctx.say('comparison.written'), html: window },
    {
      label: ctx.say('comparison.measured'),
      html: first ? measuredHtml(measured, ctx) : ctx.html('comparison.unseen'),
    },
    { label: ctx.say('comparison.noticed'), html: first && !isForeseen ? after(detectionLag, ctx) : '' },
    {
      label: ctx.say('comparison.first_update'),
      html: isForeseen && !firstUpdateLag ? '' : after(firstUpdateLag, ctx),
    },
  ];
  const url = ctx.link(`/api/incidents/${encodeURIComponent(id)}/claim.json`);
  return {
    barsHtml: first ? bars(reported, measured, ctx) : '',
    rows: rows.filter(({ html }) => html !== ''),
    url,
  };
}

interface OpenSpan {
  readonly start: Millis;
  readonly end: Millis | null;
}

/**
 * Both as bars on one scale, each beside its name; between two outages nothing is drawn. The rows below them say the
 * same in words.
 */
function bars(reported: OpenSpan, measured: readonly OpenSpan[], ctx: PageContext): string {
  const endOf = ({ end }: OpenSpan) => end ?? ctx.at;
  const from = Math.min(reported.start, measured[0]!.start);
  const length = Math.max(endOf(reported), endOf(measured.at(-1)!)) - from || 1;
  const at = (moment: Millis) => Math.round(((moment - from) * WIDTH) / length);
  const rect = (span: OpenSpan, code: string) => {
    // The shortest is seen, too.
    const width = Math.max(3, at(endOf(span)) - at(span.start));
    const x = Math.min(at(span.start), WIDTH - width);
    return `<rect class="${code}" x="${x}" width="${width}" height="10"/>`;
  };
  const line = (key: 'comparison.written' | 'comparison.measured', rects: readonly string[]) =>
    `<span>${ctx.html(key)}</span><svg viewBox="0 0 ${WIDTH} 10" preserveAspectRatio="none">${rects.join('')}</svg>`;
  const outages = measured.map(one => rect(one, 'x'));
  return `<div class="compare" aria-hidden="true">${line('comparison.written', [rect(reported, 'm')])}${line('comparison.measured', outages)}</div>`;
}

/** From the first outage to the end of the last, and how long they were together: as counted, in the whole seconds of files. */
function measuredHtml(measured: readonly OpenSpan[], ctx: PageContext): string {
  const [{ start }, { end }] = [measured[0]!, measured.at(-1)!];
  // With seconds, because rounding would hide the difference.
  const span =
    end === null ? since(ctx.time(start, 'exact').html, ctx) : ctx.span({ start, end }, 'exact').html;
  const n = measured.length;
  if (n === 1 && end === null) return span;
  const length = measured.reduce((sum, one) => sum + second(one.end ?? ctx.at) - second(one.start), 0);
  const duration = ctx.dates.lag(length);
  return `${span} (${unbreakable(n === 1 ? duration : ctx.say('comparison.outages', { n, duration }))})`;
}

function since(html: string, ctx: PageContext): string {
  return ctx.html('component.since', { since: { html } });
}

function after(lag: Millis | null, ctx: PageContext): string {
  if (lag === null) return ctx.html('comparison.unknown');
  if (lag < SECOND) return ctx.html('comparison.at_once');
  return ctx.html('comparison.after', { duration: ctx.dates.lag(lag) });
}
