// Turns a monitor's signal into a transition: title, file name, components, text.
import type { Component } from '../model/component.ts';
import { slug } from '../model/slug.ts';
import { isoMillis, type Millis } from '../model/time.ts';
import type { Transition } from '../model/transition.ts';
import { escapeMarkdown } from '../text/markdown.ts';
import { withoutSecrets } from '../text/printable.ts';
import { fingerprint } from './fields.ts';
import { calledOf } from './senders.ts';
import type { Signal } from './signal.ts';

/**
 * Turns a `down` or `up` signal into a transition.
 * - `title`: `NAME Down`, also for `up`, which closes the same incident.
 * - `severity`: critical, as monitors only know up and down.
 * - `components`: see `matching`; may be empty.
 * - `at`: never in the future, as the sender's clock may be ahead.
 * - `key`: the sender's event, so that a repeat is stored once; without one the current time, and only the source's
 *   last state shows a repeat.
 */
export function toTransition(
  signal: Signal & { readonly kind: 'down' | 'up' },
  components: readonly Component[],
  now: Millis,
): Transition {
  const source = `${signal.sender}:${signal.monitor}`;
  const at = Math.min(signal.at ?? now, now);
  return {
    key: `${source}:${signal.kind}:${signal.event ?? isoMillis(now)}`,
    source,
    kind: signal.kind,
    at,
    title: `${signal.name} Down`,
    slug: slugOf(signal.name),
    severity: 'critical',
    components: matching(signal, components),
    message: messageOf(signal),
  };
}

const MAX_SLUG = 60;

/**
 * A file name's base for any monitor name: `[a-z0-9-]`, at most 60 characters, never empty. Letters lose their accents;
 * a name without Latin letters or digits becomes a fingerprint.
 */
export function slugOf(name: string): string {
  const base = slug(name, MAX_SLUG - '-down'.length);
  return `${base || `monitor-${fingerprint(name)}`}-down`;
}

/**
 * The ids of the components a monitor is about, by the first rule that matches any: its label is a component's id or
 * name; its id, name or address is a component's id, name or `match:` entry; its address is at or below the address a
 * component checks (the most specific wins). Words within a name do not count: "API gateway in staging" is not the API.
 */
export function matching(signal: Signal, components: readonly Component[]): readonly string[] {
  const called = (words: readonly (string | null)[]) =>
    components.filter(({ id, name, match }) =>
      words.some(word => word !== null && [id, name, ...match].some(own => same(own, word))),
    );
  const labelled = called([signal.component]);
  const found = labelled.length > 0 ? labelled : called([signal.monitor, signal.name, signal.url]);
  return (found.length > 0 ? found : watching(signal.url, components)).map(({ id }) => id);
}

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
    const isAbove = theirs.host === ours.host && theirs.path.startsWith(ours.path ?? '/');
    return isAbove ? [{ component, depth: (ours.path ?? '').length }] : [];
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

/** The monitor's text goes on the page, so it is escaped. */
function messageOf({ kind, name, sender, ...signal }: Signal): string {
  const message = withoutSecrets(signal.message);
  const said = kind === 'down' ? `${name} is down` : `${name} is up again`;
  const who = calledOf(sender);
  return escapeMarkdown(message === '' ? `${said}, says ${who}.` : `${said}, says ${who}: ${message}`);
}
