// History: what each committed version of an incident changed, so that quiet changes are visible.
import type { Key, Values } from '../i18n/words.ts';
import { type Incident, SEVERITIES } from '../model/incident.ts';
import { iso, type Millis } from '../model/time.ts';

export interface Revision {
  readonly at: Millis;
  readonly author: string;
  readonly commit: string;
  readonly changes: readonly HistorySentence[];
}

/** A sentence of the catalogue. Values: times are ISO, severities and statuses as in the file. */
export type HistorySentence = { readonly key: Extract<Key, `history.${string}`>; readonly values?: Values };

/** The changes from one version to the next. null: the version could not be read; undefined: there was none. */
export function changesBetween(
  before: Incident | null | undefined,
  after: Incident | null,
): readonly HistorySentence[] {
  if (before === undefined) return [{ key: 'history.created' }];
  if (after === null) return [{ key: 'history.broken' }];
  if (before === null) return [{ key: 'history.mended' }];
  const found: HistorySentence[] = [];
  const moved = (key: HistorySentence['key'], from: string | null, to: string | null) => {
    if (from !== to) found.push({ key, values: { from: from ?? '–', to: to ?? '–' } });
  };
  const when = (at: Millis | null | undefined) => (at == null ? null : iso(at));
  moved('history.renamed', before.title, after.title);
  const lowered = SEVERITIES.indexOf(after.severity) < SEVERITIES.indexOf(before.severity);
  moved(lowered ? 'history.severity_lowered' : 'history.severity_raised', before.severity, after.severity);
  moved('history.status', before.status, after.status);
  moved('history.started', when(before.started), when(after.started));
  moved('history.resolved', when(before.resolved), when(after.resolved));
  moved('history.window_start', when(before.scheduled?.start), when(after.scheduled?.start));
  moved('history.window_end', when(before.scheduled?.end), when(after.scheduled?.end));
  if (JSON.stringify(before.components) !== JSON.stringify(after.components)) {
    found.push({ key: 'history.components' });
  }
  found.push(...updateChanges(before, after));
  if (before.postmortem !== after.postmortem) found.push({ key: 'history.postmortem' });
  return found.length > 0 ? found : [{ key: 'history.other' }];
}

function updateChanges(before: Incident, after: Incident): HistorySentence[] {
  const old = new Map(before.updates.map(update => [update.key, update]));
  const now = new Map(after.updates.map(update => [update.key, update]));
  const text = (update: Incident['updates'][number] | undefined) =>
    JSON.stringify([update?.body, update?.label, update?.change]);
  const added = after.updates.filter(({ key }) => !old.has(key)).length;
  const removed = before.updates.filter(({ key }) => !now.has(key)).length;
  const edited = after.updates.filter(
    ({ key }) => old.has(key) && text(old.get(key)) !== text(now.get(key)),
  ).length;
  const said = (key: HistorySentence['key'], n: number): HistorySentence[] =>
    n === 0 ? [] : [{ key, values: { n } }];
  return [
    ...said('history.added', added),
    ...said('history.edited', edited),
    ...said('history.removed', removed),
  ];
}
