// `npm run torture -- [--minutes 10] [--seed N]`: the built server, tortured; exit code 1 when a promise broke.
import { parseArgs } from 'node:util';
import { torture } from './run.ts';

const { values } = parseArgs({
  options: { minutes: { type: 'string', default: '10' }, seed: { type: 'string' } },
});
const minutes = Number(values.minutes);
const seed = values.seed === undefined ? Math.floor(Math.random() * 1e6) : Number(values.seed);
if (!(minutes > 0) || !Number.isInteger(seed)) {
  process.stderr.write('Usage: npm run torture -- [--minutes 10] [--seed N]\n');
  process.exit(2);
}
const say = (line: string) => void process.stdout.write(`${line}\n`);
const { deeds, figures, wrongs } = await torture({
  seed,
  seconds: minutes * 60,
  command: ['dist/main.js'],
  say,
});
say(
  `\ndeeds    ${Object.entries(deeds)
    .map(([kind, count]) => `${kind} ${count}`)
    .join(', ')}`,
);
for (const [name, figure] of Object.entries(figures)) if (figure !== null) say(`${name.padEnd(28)}${figure}`);
say(
  wrongs.length === 0
    ? '\nEvery promise was kept.'
    : `\n${wrongs.length} promises broken; again with --seed ${seed}:`,
);
for (const line of wrongs) say(`  ${line}`);
process.exit(wrongs.length === 0 ? 0 : 1);
