// `check [ID…]`: looks at components now, as the server would, and prints what was seen.
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
        const read = (seen.readings ?? []).flatMap(reading =>
          metrics
            .filter(({ from }) => from?.component === component.id && from.json === reading.path)
            .map(({ id }) => `metric ${id}: ${'value' in reading ? reading.value : reading.fault}`),
        );
        const more = [seen.warning, ...read, seen.detail].filter(Boolean).map(text => `\n    ${text}`);
        const outcome = seen.outcome.padEnd(8);
        cli.out(`${component.id.padEnd(width)}  ${outcome}  ${seen.seen}${latency}${more.join('')}`);
        return seen.outcome;
      }),
    );
    return outcomes.includes('down') ? 1 : 0;
  },
};
