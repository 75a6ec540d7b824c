// Components as the page lists them: groups, rows, and the words in each.
import type { Health } from '../../core/component.ts';
import type { ComponentView, GroupView, Snapshot } from '../../core/snapshot.ts';
import { CODE, icon } from './face.ts';
import { knownPercent, NARROW, type Strip, strip } from './strip.ts';
import type { Tell } from './tell.ts';

interface Row {
  readonly id: string;
  readonly name: string;
  readonly description: string | null;
  readonly code: string;
  readonly icon: string;
  readonly state: string;
  readonly sinceHtml: string | null;
  readonly uptime: string;
  readonly strip: Strip;
  readonly ago: string;
  readonly agoNarrow: string;
}

export interface Group {
  readonly id: string;
  readonly name: string | null;
  readonly code: string;
  readonly icon: string;
  readonly state: string;
  readonly count: string;
  /** Opens by itself when something in it is not well. */
  readonly open: boolean;
  readonly rows: readonly Row[];
}

/** The component section's groups, in the site's order. */
export function groups(snapshot: Snapshot, tell: Tell): Group[] {
  const titles = new Map(
    [...snapshot.incidents, ...snapshot.maintenances].map(({ id, title }) => [id, title]),
  );
  return snapshot.groups.map((group, i) => groupOf(group, i, titles, tell));
}

/** The key to the bars: every state, best first. */
export function key(tell: Tell): { code: string; state: string }[] {
  const order: Health[] = [
    ...(['operational', 'degraded_performance', 'partial_outage', 'major_outage'] as const),
    ...(['under_maintenance', 'no_data'] as const),
  ];
  return order.map(state => ({ code: CODE[state], state: tell.say(`state.${state}`) }));
}

function groupOf(group: GroupView, i: number, titles: ReadonlyMap<string, string>, tell: Tell): Group {
  // Absence of data is no trouble: an unconfigured check does not unfold its group.
  const open = group.components.some(({ health }) => health !== 'operational' && health !== 'no_data');
  return {
    id: `g-${i}`,
    name: group.name,
    code: CODE[group.health],
    icon: icon(group.health),
    state: tell.say(`state.${group.health}`),
    count: tell.say('component.group', { n: group.components.length }),
    open,
    rows: group.components.map(view => row(view, titles, tell)),
  };
}

function row(view: ComponentView, titles: ReadonlyMap<string, string>, tell: Tell): Row {
  const { component, health, since } = view;
  const drawn = strip(view, titles, tell);
  return {
    id: `c-${component.id}`,
    name: component.name,
    description: component.description,
    code: CODE[health],
    icon: icon(health),
    state: tell.say(`state.${health}`),
    // "Operational since" would be a boast; trouble's beginning is a fact a visitor needs.
    sinceHtml:
      since === null || health === 'operational' || health === 'no_data'
        ? null
        : tell.html('component.since', { since: tell.time(since, 'near') }),
    uptime: uptimeWords(view, tell),
    strip: drawn,
    ago: tell.say('component.ago', { n: drawn.days }),
    agoNarrow: tell.say('component.ago', { n: Math.min(drawn.days, NARROW) }),
  };
}

/** A figure over less than the whole window says over how much. */
function uptimeWords(view: ComponentView, tell: Tell): string {
  const figure = knownPercent(view);
  if (figure === null) return tell.say('component.no_uptime');
  const { uptime } = view;
  const percent = tell.dates.percent(figure);
  if (uptime.from <= uptime.window.start) return tell.say('component.uptime', { percent });
  return tell.say('component.uptime_over', { percent, duration: tell.dates.duration(uptime.total) });
}
