// Turns a monitor's expiry event into a warning.
import type { Component } from '../model/component.ts';
import { DAY, iso, type Millis, utcDay } from '../model/time.ts';
import type { WarningReport } from '../monitoring/warning.ts';
import { calledOf } from './senders.ts';
import type { Expiry, Signal } from './signal.ts';
import { matching } from './to-transition.ts';

/** The warning of an expiry event, for the component that the monitor matches. Days count from the event. */
export function toWarning(
  signal: Signal & { readonly expiry: Expiry },
  components: readonly Component[],
  now: Millis,
): WarningReport {
  const { sender, monitor, name, expiry } = signal;
  const said = Math.min(signal.at ?? now, now);
  const days = expiry.days === null ? null : said + expiry.days * DAY;
  const expires = expiry.at ?? days;
  const when =
    expires === null
      ? 'soon'
      : expiry.at === null
        ? `about ${utcDay(expires)}`
        : `on ${utcDay(expires)} (${iso(expires)})`;
  return {
    kind: 'monitor',
    source: `${sender}:${monitor}:${expiry.of}`,
    component: matching(signal, components)[0] ?? null,
    what: `the ${expiry.of} of ${name} expires ${when}, says ${calledOf(sender)}`,
    fix: `renew it; this warning ends on that day, or when one of our checks sees a newer certificate`,
    expires,
    host: expiry.of === 'certificate' ? hostOf(signal.url) : null,
  };
}

function hostOf(url: string | null): string | null {
  if (url === null) return null;
  const whole = /^https?:/i.test(url) ? url : `https://${url}`;
  return URL.canParse(whole) ? new URL(whole).hostname : null;
}
