// When anything was last looked at, for the line beneath the overall status.
import type { Snapshot } from '../../../core/page/snapshot.ts';
import type { Tell } from '../context.ts';

/** When anything was last looked at, and why nothing has been since. */
export function checkedHtml({ checkedAt, blindSince, at, site }: Snapshot, tell: Tell): string {
  // Where all is kept by hand nothing will ever be checked: "not yet" would be a doubt without a reason.
  const byHand = site.components.length > 0 && site.components.every(({ check }) => check.type === 'manual');
  const checked =
    checkedAt === null
      ? tell.html(byHand ? 'by_hand' : 'unchecked', { time: tell.time(at) })
      : tell.html('checked', { time: ago(tell, checkedAt) });
  if (blindSince === null) return checked;
  return `${checked} · ${tell.html('blind', { since: tell.time(blindSince, 'near') })}`;
}

/** A moment the script follows with "2 min ago". */
function ago(tell: Tell, at: number) {
  return { html: tell.time(at).html.replace('<time ', '<time data-ago ') };
}
