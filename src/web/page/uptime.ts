// The uptime page: each component's figure, and how long it was affected in each month of the window.

import { worst } from '../../core/model/component.ts';
import type { Millis } from '../../core/model/time.ts';
import { knownPercent } from '../../core/page/coverage-words.ts';
import type { ComponentView } from '../../core/page/snapshot.ts';
import type { PageContext } from './context.ts';
import type { Page } from './layout.ts';
import { figureWords } from './parts/components.ts';
import { CODE } from './parts/status-style.ts';

export function uptimePage(ctx: PageContext): Page {
  const { components, site } = ctx.snapshot;
  const days = components[0]?.days ?? [];
  const months = [...new Set(days.map(({ day }) => day.slice(0, 7)))].reverse();
  const title = ctx.say('uptime.title');
  const names = ctx.snapshot.groups.flatMap(({ name, components }) =>
    components.map(view => ({ name, view })),
  );
  return {
    view: 'uptime',
    about: { title, description: `${site.title}: ${title}`, path: '/status/uptime', live: false },
    data: {
      title,
      lead: ctx.say('uptime.lead', { n: site.uptime.days }),
      window: ctx.say('component.window', { n: site.uptime.days }),
      months: months.map(month => ctx.dates.shortMonth(month)),
      rows: names.map(({ name, view }) => ({
        group: name,
        name: view.component.name,
        url: ctx.page(`/status/components/${encodeURIComponent(view.component.id)}`),
        figure: figureWords(view, ctx),
        months: months.map(month => affectedIn(month, view, ctx)),
      })),
      json: ctx.link('/api/uptime.json'),
    },
  };
}

/** How long a component was affected in a month, and the code of its worst outage; a dash is "not at all". */
function affectedIn(month: string, view: ComponentView, ctx: PageContext) {
  const days = view.days.filter(({ day, state }) => day.startsWith(month) && state !== 'no_data');
  if (knownPercent(view) === null || days.length === 0) return { words: ctx.say('state.no_data'), code: 'n' };
  const affected = days
    .flatMap(({ stretches }) => stretches)
    .filter(({ state, time }) => state !== 'under_maintenance' && time > 0);
  const downtime: Millis = affected.reduce((sum, { time }) => sum + time, 0);
  const code = CODE[worst(affected.map(({ state }) => state))];
  return { words: downtime > 0 ? ctx.dates.duration(downtime) : '–', code: 'px'.includes(code) ? code : '' };
}
