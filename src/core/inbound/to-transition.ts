// Turns a monitor's signal into a transition: title, file name, components, text.
import type { Component } from '../model/component.ts';
import type { Site } from '../model/site.ts';
import { isoMillis, type Millis } from '../model/time.ts';
import type { Transition } from '../model/transition.ts';
import { machineText } from '../text/machine-texts.ts';
import { withoutSecrets } from '../text/printable.ts';
import { slug } from '../text/slug.ts';
import { fingerprint } from './fields.ts';
import { calledOf, isTextPublished } from './senders.ts';
import { severityOfSignal } from './severity.ts';
import type { Signal } from './signal.ts';

/**
 * Turns a `down` or `up` signal into a transition.
 * - `source`: the monitor; for an alert, its name and the components, so that ten pods are one outage.
 * - `title`: `NAME Down` for what is down, an alert's own words; also for `up`, which closes the same incident.
 * - `severity`: see `severityOfSignal`; minor where that opens nothing.
 * - `components`: see `matching`; may be empty.
 * - `at`: never in the future, as the sender's clock may be ahead.
 * - `key`: the sender's event, so that a repeat is stored once; without one the current time, and only the source's
 *   last state shows a repeat. With the severity: what gets worse may keep its time.
 * @param known the source of a monitor, or of an alert that was reported before; null for that of the signal.
 */
export function toTransition(
  signal: Signal & { readonly kind: 'down' | 'up' },
  { components, inbound }: Pick<Site, 'components' | 'inbound'>,
  now: Millis,
  known: string | null = null,
): Transition {
  const { sender, monitor, alert, kind, says, name } = signal;
  const matched = matching(signal, components);
  const group = alert === null || matched.length === 0 ? '' : `/${matched.join('+')}`;
  const source = known ?? `${sender}:${monitor}${group}`;
  const ending = ENDINGS[says];
  const severity = severityOfSignal(signal, inbound) ?? 'minor';
  const event = `${alert === null ? '' : `${alert}@`}${signal.event ?? isoMillis(now)}`;
  return {
    key: `${source}:${kind}:${event}${kind === 'down' ? `@${severity}` : ''}`,
    source,
    kind,
    at: Math.min(signal.at ?? now, now),
    title: `${name}${ending}`,
    slug: slugOf(name, ending),
    severity,
    components: matched,
    message: signalWords(isTextPublished(sender, inbound) ? signal : { ...signal, message: '' }),
  };
}

const ENDINGS = { down: ' Down', degraded: ' Degraded', alert: '' } as const;

/** Whether a transition is of a monitor of this name. */
export function isNamed({ title }: Pick<Transition, 'title'>, name: string): boolean {
  return Object.values(ENDINGS).some(ending => title.toLowerCase() === `${name}${ending}`.toLowerCase());
}

const MAX_SLUG = 60;

/**
 * A file name's base for any monitor name: `[a-z0-9-]`, at most 60 characters, never empty. Letters lose their accents;
 * a name without Latin letters or digits becomes a fingerprint.
 */
export function slugOf(name: string, ending: string): string {
  const end = slug(ending, MAX_SLUG);
  const base = slug(name, MAX_SLUG - ' Down'.length) || `monitor-${fingerprint(name)}`;
  return end === '' ? base : `${base}-${end}`;
}

/**
 * The ids of the components a monitor is about, by the first rule that matches any: its label is a component's id or
 * name; its id, which two monitors of one name do not share, is a component's id, name or `match:` entry; so is its name or
 * address; so is its service, entity or policy; its address is at or below the address a component checks (the most specific
 * wins). Words within a name do not count: "API gateway in staging" is not the API.
 */
export function matching(signal: MonitorNames, components: readonly Component[]): readonly string[] {
  const called = (words: readonly (string | null)[]) =>
    components.filter(({ id, name, match }) =>
      words.some(word => word !== null && [id, name, ...match].some(own => same(own, word))),
    );
  const found = [[signal.component], [signal.monitor], [signal.name, signal.url], signal.also]
    .map(called)
    .find(({ length }) => length > 0);
  return (found ?? watching(signal.url, components)).map(({ id }) => id);
}

/** The fields of a signal by which its component is found. */
export type MonitorNames = Pick<Signal, 'component' | 'monitor' | 'name' | 'url' | 'also'>;

function same(a: string, b: string): boolean {
  const bare = (text: string) => text.trim().toLowerCase().replace(/\/+$/, '');
  return bare(a) !== '' && bare(a) === bare(b);
}

/** The components that check the monitor's address or one above it; only those with the longest address. */
function watching(url: string | null, components: readonly Component[]): Component[] {
  const theirs = url === null ? null : parseUrl(url);
  if (!theirs) return [];
  const found = components.flatMap(component => {
    const ours = component.check.type === 'http' ? parseUrl(component.check.url) : null;
    if (!ours) return [];
    if (theirs.path === null) return ours.hostname === theirs.hostname ? [{ component, depth: 0 }] : [];
    const isBelowOurAddress = theirs.host === ours.host && theirs.path.startsWith(ours.path ?? '/');
    return isBelowOurAddress ? [{ component, depth: (ours.path ?? '').length }] : [];
  });
  const deepest = Math.max(...found.map(({ depth }) => depth));
  return found.filter(({ depth }) => depth === deepest).map(({ component }) => component);
}

interface MonitoredUrl {
  readonly host: string;
  readonly hostname: string;
  /** With a slash at the end; null for a host only (a ping or port monitor). */
  readonly path: string | null;
}

function parseUrl(text: string): MonitoredUrl | null {
  const hasScheme = /^https?:\/\//i.test(text);
  const whole = hasScheme ? text : `http://${text}`;
  if (!URL.canParse(whole)) return null;
  const { host, hostname, pathname } = new URL(whole);
  const alone = !hasScheme && !text.includes('/');
  return { host, hostname, path: alone ? null : pathname.replace(/\/*$/, '/') };
}

/** The words of a signal, as markdown. The monitor's text goes on the page, so it is escaped. */
export function signalWords({ kind, says, name, sender, ...signal }: Signal): string {
  const message = withoutSecrets(signal.message);
  const key = SAYS[says][kind === 'up' ? 'up' : 'down'];
  return machineText(key, { name, who: calledOf(sender), said: message });
}

const SAYS = {
  down: { down: 'machine.says_down', up: 'machine.says_up' },
  degraded: { down: 'machine.says_degraded', up: 'machine.says_up' },
  alert: { down: 'machine.says', up: 'machine.says_over' },
} as const;
