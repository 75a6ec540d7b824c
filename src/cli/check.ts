// `check [ID…]`: runs checks now, as the server would, and prints the results and what they mean.

import { spell } from '../core/i18n/spell.ts';
import type { ProbeResult } from '../core/model/checks/check.ts';
import type { Component } from '../core/model/component.ts';
import type { Metric } from '../core/model/metric.ts';
import { makeProbes } from '../outside/probes.ts';
import { startPulse } from '../outside/pulse.ts';
import { command } from './shared/command.ts';
import { oneComponent } from './shared/components.ts';
import { readableSite } from './shared/readable-site.ts';

/** How many checks run at once: starting hundreds together blocks the process, and each would count as paused. */
const AT_ONCE = 20;

export const check = command(
  {
    name: 'check',
    usage: '[ID…]',
    summary: 'check the components now and show the results',
    help: 'ID may be the name, too. Nothing is stored and no incident is opened. Exit code 1 if one of them is down, or cannot be checked\nbecause a variable of its check is not set here.',
  },
  async ({ words }, cli) => {
    const { site, unsetIn } = await readableSite(cli);
    const { components, metrics } = site;
    const ids = await Promise.all(
      words.map(async word => (await oneComponent(word, components, 'component', cli)).id),
    );
    const probe = makeProbes({ clock: cli.clock }, startPulse().paused);
    const asked = components.filter(({ id }) => ids.length === 0 || ids.includes(id));
    const width = Math.max(...asked.map(({ id }) => id.length));
    let code = 0;
    const run = async (component: Component) => {
      const name = component.id.padEnd(width);
      const [unset] = unsetIn(component.id);
      if (unset) {
        code = 1;
        cli.out(`${name}  not checked: ${unset} is not set here`);
        return;
      }
      let seen = await probe(component.check, new AbortController().signal);
      // Our own start may have delayed it, so run it again, as the server does.
      if (seen.paused) seen = await probe(component.check, new AbortController().signal);
      const latency = seen.latency === null ? '' : ` (${seen.latency} ms)`;
      const more = [
        seen.detail,
        ...meaning(component, seen),
        seen.warning,
        ...readings(component, seen, metrics),
      ];
      const lines = more.filter(Boolean).map(text => `\n    ${text}`);
      cli.out(`${name}  ${seen.outcome.padEnd(8)}  ${seen.seen}${latency}${lines.join('')}`);
      if (seen.outcome === 'down') code = 1;
    };
    const next = asked.values();
    const oneByOne = async () => {
      for (const component of next) await run(component);
    };
    await Promise.all(Array.from({ length: AT_ONCE }, oneByOne));
    return code;
  },
);

/** Explains why the server would call it up or down, and when. */
function meaning(
  { name, detect }: Component,
  { outcome, latency, phases = { total: 0 } }: ProbeResult,
): string[] {
  const { failures, latency: limit, window, severity } = detect;
  if (outcome === 'down') {
    const often = failures === 1 ? 'one such check opens' : `${failures} such checks in a row open`;
    return [`${often} "${name} Down" (${severity})`];
  }
  if (outcome === 'unknown') return ['this counts neither as up nor as down'];
  const took = Object.entries(phases).filter(([phase]) => phase !== 'total');
  const parts = took.map(([phase, ms]) => `${WORDS[phase] ?? phase} ${ms} ms`);
  const slow =
    latency !== null && latency > limit
      ? [
          `slower than ${spell(limit)}: if this lasts ${spell(window)}, it opens "High ${name} Latency" (major)`,
        ]
      : [];
  return [...(parts.length > 0 ? [parts.join(', ')] : []), ...slow];
}

const WORDS: Record<string, string> = { dns: 'name', tls: 'TLS', firstByte: 'first byte' };

/** The values that metrics would get from this check. */
function readings(
  { id }: Component,
  { readings: all = [] }: ProbeResult,
  metrics: readonly Metric[],
): string[] {
  return all.flatMap(reading =>
    metrics
      .filter(({ from }) => from?.component === id && from.json === reading.path)
      .map(metric => `metric ${metric.id}: ${'value' in reading ? reading.value : reading.fault}`),
  );
}
