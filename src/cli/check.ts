// `check [ID…]`: looks at components now, as the server would, and prints what was seen and what it means.
import { parseArgs } from 'node:util';
import type { ProbeResult } from '../core/model/checks/check.ts';
import type { Component } from '../core/model/component.ts';
import type { Metric } from '../core/model/metric.ts';
import { spell } from '../core/monitoring/messages.ts';
import { makeProbes } from '../outside/probes.ts';
import { startPulse } from '../outside/pulse.ts';
import { type Command, hint, Refused } from './shared/command.ts';
import { readableSite } from './shared/readable-site.ts';

/** So many looks at once: beginning hundreds together holds the process up, and each would be called paused. */
const AT_ONCE = 20;

export const check: Command = {
  name: 'check',
  usage: '[ID…]',
  summary: 'look at the components now and say what was seen',
  help: 'Nothing is stored and no incident is opened. Exit code 1 when one of them is down, or cannot be looked at\nbecause a variable of its check is not set here.',
  async run(args, cli) {
    const { positionals: ids } = parseArgs({ args: [...args], allowPositionals: true, options: {} });
    const { site, unsetIn } = await readableSite(cli);
    const { components, metrics } = site;
    const known = components.map(({ id }) => id);
    const stranger = ids.find(one => !known.includes(one));
    if (stranger !== undefined) {
      throw new Refused(`There is no component "${stranger}" — ${hint(stranger, known)}`);
    }
    const probe = makeProbes({ clock: cli.clock }, startPulse().paused);
    const asked = components.filter(({ id }) => ids.length === 0 || ids.includes(id));
    const width = Math.max(...asked.map(({ id }) => id.length));
    const look = async (component: Component) => {
      const [unset] = unsetIn(component.id);
      if (unset) {
        cli.out(`${component.id.padEnd(width)}  not looked at: ${unset} is not set here`);
        return 'unset';
      }
      let seen = await probe(component.check, new AbortController().signal);
      // Our own start-up may have held it up: once more, as the server does.
      if (seen.paused) seen = await probe(component.check, new AbortController().signal);
      const latency = seen.latency === null ? '' : ` (${seen.latency} ms)`;
      const more = [
        seen.detail,
        ...meaning(component, seen),
        seen.warning,
        ...readings(component, seen, metrics),
      ];
      const lines = more.filter(Boolean).map(text => `\n    ${text}`);
      const outcome = seen.outcome.padEnd(8);
      cli.out(`${component.id.padEnd(width)}  ${outcome}  ${seen.seen}${latency}${lines.join('')}`);
      return seen.outcome;
    };
    const outcomes: string[] = [];
    const next = asked.values();
    const oneByOne = async () => {
      for (const component of next) outcomes.push(await look(component));
    };
    await Promise.all(Array.from({ length: AT_ONCE }, oneByOne));
    return outcomes.some(one => one === 'down' || one === 'unset') ? 1 : 0;
  },
};

/** Why the server would call it up or down, and from when on. */
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
      ? [`slower than ${spell(limit)}: so over ${spell(window)}, it opens "High ${name} Latency" (major)`]
      : [];
  return [...(parts.length > 0 ? [parts.join(', ')] : []), ...slow];
}

const WORDS: Record<string, string> = { dns: 'name', tls: 'TLS', firstByte: 'first byte' };

/** What the metrics that are read from this check would get. */
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
