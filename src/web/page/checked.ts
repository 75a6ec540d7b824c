// When anything was last looked at, for the line beneath the verdict.
import type { Snapshot } from '../../core/snapshot.ts';
import type { Tell } from './tell.ts';

/** When anything was last looked at, and why nothing has been since. */
export function checkedHtml({ checkedAt, blindSince, at }: Snapshot, tell: Tell): string {
  const checked =
    checkedAt === null
      ? tell.html('unchecked', { time: tell.time(at) })
      : tell.html('checked', { time: ago(tell, checkedAt) });
  if (blindSince === null) return checked;
  return `${checked} · ${tell.html('blind', { since: tell.time(blindSince, 'near') })}`;
}

/** A moment the script follows with "2 min ago". */
function ago(tell: Tell, at: number) {
  return { html: tell.time(at).html.replace('<time ', '<time data-ago ') };
}
