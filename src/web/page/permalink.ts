// The permalink of an incident or maintenance: its facts, timeline and post-mortem.

import type { Key } from '../../core/i18n/words.ts';
import type { Said } from '../../core/incidents/history.ts';
import type { Health } from '../../core/model/component.ts';
import { parseInstant } from '../../core/model/time.ts';
import type { IncidentView, Snapshot } from '../../core/page/snapshot.ts';
import { cut } from '../../core/text/chat-markdown.ts';
import { plainText } from '../../core/text/markdown.ts';
import type { Tell } from './context.ts';
import { type Affected, affectedOf } from './parts/affected.ts';
import { affects, healthOf, isOver, type UpdateCard, updatesOf, windowHtml } from './parts/incidents.ts';
import { neighboursOf } from './parts/order.ts';
import { claimRows } from './parts/reported-vs-measured.ts';
import { CODE, icon } from './parts/status-style.ts';

export interface IncidentFacts {
  readonly title: string;
  readonly health: Health;
  readonly code: string;
  readonly icon: string;
  readonly state: string;
  /** What a chat shows beneath the link. */
  readonly summary: string;
  /** Label and value, value as HTML. */
  readonly facts: readonly { readonly label: string; readonly html: string }[];
  /** What it claims beside what was measured; null where there is nothing to compare. */
  readonly claim: ReturnType<typeof claimRows>;
  readonly affected: readonly Affected[];
  /** The entries before and after it in time. */
  readonly neighbours: readonly {
    readonly rel: 'prev' | 'next';
    readonly label: string;
    readonly title: string;
    readonly url: string;
  }[];
  /** Newest first. */
  readonly updates: readonly UpdateCard[];
  readonly postmortemHtml: string | null;
  /** Committed versions, newest first. */
  readonly history: readonly { readonly html: string; readonly changes: readonly string[] }[];
  /** Maintenance still to come can go into a calendar. */
  readonly calendar: boolean;
}

/** Everything the permalink shows. */
export function incidentFacts(incident: IncidentView, snapshot: Snapshot, tell: Tell): IncidentFacts {
  const health = healthOf(incident);
  const over = isOver(incident);
  const duration = tell.dates.duration(incident.duration);
  const facts: { label: string; html: string }[] = [];
  const fact = (label: 'window' | 'state' | 'severity' | 'started' | 'resolved' | 'duration', html: string) =>
    facts.push({ label: tell.say(`incident.${label}`), html });
  if (incident.scheduled) {
    fact('window', windowHtml(incident.scheduled, tell));
  } else {
    fact('severity', tell.html(`severity.${incident.severity}`));
    fact('started', tell.time(incident.started).html);
    if (incident.resolved !== null) fact('resolved', tell.time(incident.resolved).html);
    fact('duration', over ? duration : tell.html('incident.still', { duration }));
  }
  if (incident.nextUpdate !== null) {
    const late = incident.nextUpdate < tell.at;
    const sentence = late ? 'incident.next_update_late' : 'incident.next_update';
    fact('state', tell.html(sentence, { time: tell.time(incident.nextUpdate, 'near') }));
  }
  const last = incident.updates[incident.updates.length - 1]!;
  return {
    title: incident.title,
    health,
    code: CODE[health],
    icon: icon(health),
    state: tell.say(`status.${incident.state}`),
    summary: cut(`${affects(incident, tell)}. ${plainText(last.body)}`, 200),
    facts,
    claim: claimRows(incident, tell),
    affected: affectedOf(incident, snapshot, tell),
    neighbours: neighbours(incident, snapshot, tell),
    updates: updatesOf(incident, tell).reverse(),
    postmortemHtml: incident.postmortemHtml,
    history: (incident.history ?? []).map(({ at, author, changes }) => ({
      html: tell.html('history.by', { time: tell.time(at), author }),
      changes: changes.map(said => sentence(said, tell)),
    })),
    calendar: incident.state === 'scheduled',
  };
}

function sentence({ key, values = {} }: Said, tell: Tell): string {
  const word = (value: string | number) => {
    if (typeof value === 'number' || value === '–') return value;
    if (key === 'history.status') return tell.say(`status.${value}` as Key);
    const at = parseInstant(value);
    return at === null || key === 'history.renamed' ? value : tell.dates.dateTime(at);
  };
  return tell.say(
    key,
    Object.fromEntries(Object.entries(values).map(([name, value]) => [name, word(value)])),
  );
}

function neighbours(incident: IncidentView, snapshot: Snapshot, tell: Tell): IncidentFacts['neighbours'] {
  const [earlier, later] = neighboursOf(incident, snapshot);
  return (
    [
      ['prev', earlier],
      ['next', later],
    ] as const
  ).flatMap(([rel, one]) =>
    one
      ? [
          {
            rel,
            label: tell.say(rel === 'prev' ? 'incident.earlier' : 'incident.later'),
            title: one.title,
            url: tell.page(`/status/incidents/${encodeURIComponent(one.id)}`),
          },
        ]
      : [],
  );
}
