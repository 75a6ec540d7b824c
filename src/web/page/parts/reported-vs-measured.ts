// What an incident claims beside what was measured, as rows of a small list.

import { isoMillis, type Millis, SECOND } from '../../../core/model/time.ts';
import type { IncidentView } from '../../../core/page/snapshot.ts';
import { escapeHtml } from '../../../core/text/markdown.ts';
import type { Tell } from '../context.ts';
import { windowHtml } from './incidents.ts';

/** A label and its value as HTML. */
export interface ClaimRow {
  readonly label: string;
  readonly html: string;
}

/** The rows, and where the same stands as JSON; null when nothing was measured or nobody could be late. */
export function claimRows(
  { claim, id }: IncidentView,
  tell: Tell,
): { readonly rows: readonly ClaimRow[]; readonly url: string } | null {
  if (claim === null || (claim.measured === null && claim.firstUpdateLag === null)) return null;
  const { written, measured, detectionLag, firstUpdateLag } = claim;
  const { start, end } = written;
  const window = end === null ? since(tell.time(start).html, tell) : windowHtml({ start, end }, tell);
  const rows = [
    { label: tell.say('claim.written'), html: window },
    {
      label: tell.say('claim.measured'),
      html: measured ? measuredHtml(measured, start, tell) : tell.html('claim.unseen'),
    },
    { label: tell.say('claim.noticed'), html: measured ? after(detectionLag, tell) : '' },
    { label: tell.say('claim.told'), html: after(firstUpdateLag, tell) },
  ];
  const url = tell.link(`/api/incidents/${encodeURIComponent(id)}/claim.json`);
  return { rows: rows.filter(({ html }) => html !== ''), url };
}

function measuredHtml(
  { start, end }: { readonly start: Millis; readonly end: Millis | null },
  near: Millis,
  tell: Tell,
): string {
  const from = exact(start, near, tell);
  return end === null ? since(from, tell) : `${from} – ${exact(end, start, tell)}`;
}

function since(html: string, tell: Tell): string {
  return tell.html('component.since', { since: { html } });
}

function after(lag: Millis | null, tell: Tell): string {
  if (lag === null) return tell.html('claim.unknown');
  if (lag < SECOND) return tell.html('claim.at_once');
  return tell.html('claim.after', { duration: tell.dates.lag(lag) });
}

/** A moment to the second: rounding would hide the difference; `data-s` tells the script so. */
function exact(at: Millis, near: Millis, tell: Tell): string {
  const clock = tell.dates.sameDay(at, near) ? ' data-t' : '';
  const text = escapeHtml(tell.dates.exact(at, near));
  return `<time datetime="${isoMillis(at).slice(0, 19)}Z" data-s${clock}>${text}</time>`;
}
