// Clashes between entries of status.yaml: duplicate ids, references to unknown entries, circular dependencies.
import { SENDERS } from '../core/inbound/senders.ts';
import { hostOf } from '../core/model/notification-channel.ts';
import { nearestWord, type Problem } from '../core/model/problem.ts';
import type { YamlText } from '../core/text/yaml.ts';
import type { SiteFields } from './site-schema.ts';
import type { SoundFields } from './sound-fields.ts';

type ReportClash = (path: readonly PropertyKey[], what: string, fix: string) => void;

/** All clashes, as errors with their lines. An entry that was left out is not reported as missing. */
export function clashes({ fields, isWhole, inPlace }: SoundFields, yaml: YamlText, where: string): Problem[] {
  const problems: Problem[] = [];
  const say: ReportClash = (path, what, fix) =>
    problems.push({ level: 'error', where, line: yaml.lineOf(path), what, fix });
  ofIds(yaml.data, say);
  if (inPlace) ofComponents(fields, say);
  if (!isWhole) return problems;
  ofMetrics(fields, say);
  ofChannels(fields, say);
  ofInbound(fields, say);
  return problems;
}

/** Entries with the id of an earlier one. */
function repeated<T extends { readonly id: string }>(list: readonly T[]): [index: number, T][] {
  return [...list.entries()].filter(([index, { id }]) => list.findIndex(one => one.id === id) !== index);
}

const TWICE = { components: 'rename one', retired: 'rename one, or remove the former component' };

/** Ids of components and former ones as they are written: one without an id, or with another mistake, hides no clash of others. */
function ofIds(data: unknown, say: ReportClash): void {
  const used = new Set<string>();
  for (const key of ['components', 'retired'] as const) {
    const list = ((data ?? {}) as Record<string, unknown>)[key];
    const ids = Array.isArray(list) ? list.map((one: { id?: unknown } | null) => one?.id) : [];
    for (const [index, id] of ids.entries()) {
      if (typeof id !== 'string') continue;
      if (used.has(id)) say([key, index, 'id'], `the id "${id}" is used twice`, TWICE[key]);
      used.add(id);
    }
  }
}

function ofComponents({ components }: SiteFields, say: ReportClash): void {
  const ids = components.map(({ id }) => id);
  const tokens = components.map(({ check }) => (check.type === 'heartbeat' && check.token) || null);
  for (const [index, token] of tokens.entries()) {
    const first = tokens.indexOf(token);
    if (token === null || first === index) continue;
    const names = [first, index].map(at => `"${components[at]?.name}"`).join(' and ');
    const what = `the heartbeats ${names} have the same token, so a report could be for either`;
    say(
      ['components', index, 'check', 'token'],
      what,
      'give one of them another token, or remove its `token`',
    );
  }
  const parents = new Map(components.map(({ id, depends_on }) => [id, depends_on]));
  for (const [index, { id, depends_on }] of components.entries()) {
    const path = ['components', index, 'depends_on'];
    const circle = circleOf(id, parents);
    if (circle) {
      const what = `"${id}" depends on itself: ${circle.join(' → ')}`;
      say(path, what, 'remove one `depends_on` from the circle');
    }
    const others = ids.filter(other => other !== id);
    for (const parent of depends_on.filter(one => !ids.includes(one)))
      say(path, `there is no component "${parent}"`, insteadOf(parent, others));
  }
}

/** The shortest way from a component through what it depends on back to itself; null if there is none. */
function circleOf(id: string, parents: ReadonlyMap<string, readonly string[]>): readonly string[] | null {
  const ways = [[id]];
  const seen = new Set<string>();
  for (const way of ways) {
    for (const next of parents.get(way.at(-1)!) ?? []) {
      if (next === id) return [...way, id];
      if (seen.has(next)) continue;
      seen.add(next);
      ways.push([...way, next]);
    }
  }
  return null;
}

/** Returns the fix for an id that no component has. */
function insteadOf(typed: string, all: readonly string[]): string {
  const ids = [...new Set(all)];
  const near = nearestWord(typed, ids);
  if (near) return `did you mean ${near}?`;
  return ids.length > 0 ? `use one of: ${ids.join(', ')}` : 'remove it: there is no other component';
}

function ofMetrics({ metrics, components }: SiteFields, say: ReportClash): void {
  for (const [index, { id }] of repeated(metrics)) {
    say(['metrics', index, 'id'], `the metric "${id}" is defined twice`, 'rename one');
  }
  const ids = components.map(({ id }) => id);
  for (const [index, { from }] of metrics.entries()) {
    if (!from) continue;
    const path = ['metrics', index, 'from', 'component'];
    const check = components.find(({ id }) => id === from.component)?.check;
    if (!check) {
      const what = `there is no component "${from.component}" to read a metric from`;
      say(path, what, insteadOf(from.component, ids));
    } else if (check.type !== 'http') {
      const what = `the check of "${from.component}" is of type ${check.type}: it has no response to read a number from`;
      say(path, what, 'name a component with an http check, or remove `from` and send the values');
    } else if (check.method === 'HEAD') {
      const what = `the check of "${from.component}" uses HEAD: the response has no body`;
      say(path, what, 'use method: GET');
    }
  }
}

function ofChannels({ notify: { channels }, components }: SiteFields, say: ReportClash): void {
  for (const [index, { type, url }] of repeated(channels)) {
    const what = `the ${type} channel at ${hostOf(url)} is defined twice`;
    say(['notify', 'channels', index], what, 'remove one, or give it another id');
  }
  const ids = components.map(({ id }) => id);
  for (const [index, { components: named }] of channels.entries()) {
    for (const unknown of named?.filter(id => !ids.includes(id)) ?? []) {
      const path = ['notify', 'channels', index, 'components'];
      say(path, `there is no component "${unknown}"`, insteadOf(unknown, ids));
    }
  }
}

function ofInbound({ inbound, webhooks }: SiteFields, say: ReportClash): void {
  const known = ['uptime', ...Object.keys(SENDERS), ...Object.keys(webhooks)];
  for (const unknown of Object.keys(inbound.severity).filter(name => !known.includes(name))) {
    const near = nearestWord(unknown, known);
    const fix = near ? `did you mean ${near}?` : `use one of: ${known.join(', ')}`;
    say(['inbound', 'severity', unknown], `there is no webhook "${unknown}"`, fix);
  }
}
