// `check [ID…]`: looks at components now, as the server would, and prints what was seen and what it means.
import type { Sighting } from '../core/check.ts';
import type { Component } from '../core/component.ts';
import { spell } from '../core/detector-words.ts';
import type { Metric } from '../core/metric.ts';
import { nearest } from '../core/problem.ts';
import { makeProbes } from '../outside/probes.ts';
import { type Command, Refused, siteOf } from './command.ts';

export const check: Command = {
  name: 'check',
  usage: '[ID…]',
  summary: 'look at the components now and say what was seen',
  help: 'Nothing is stored and no incident is opened. Exit code 1 when one of them is down.',
  async run(ids, cli) {
    const { components, metrics } = await siteOf(cli);
    const known = components.map(({ id }) => id);
    for (const id of ids.filter(one => !known.includes(one))) {
      const near = nearest(id, known);
      throw new Refused(
        `There is no component "${id}" — ${near ? `did you mean ${near}?` : `there are: ${known.join(', ')}`}`,
      );
    }
    const probe = makeProbes();
    const asked = components.filter(({ id }) => ids.length === 0 || ids.includes(id));
    const width = Math.max(...asked.map(({ id }) => id.length));
    const outcomes = await Promise.all(
      asked.map(async component => {
        const seen = await probe(component.check, new AbortController().signal);
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
      }),
    );
    return outcomes.includes('down') ? 1 : 0;
  },
};

/** Why the server would call it up or down, and from when on. */
function meaning(
  { name, detect }: Component,
  { outcome, latency, phases = { total: 0 } }: Sighting,
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
function readings({ id }: Component, { readings: all = [] }: Sighting, metrics: readonly Metric[]): string[] {
  return all.flatMap(reading =>
    metrics
      .filter(({ from }) => from?.component === id && from.json === reading.path)
      .map(metric => `metric ${metric.id}: ${'value' in reading ? reading.value : reading.fault}`),
  );
}
