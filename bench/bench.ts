// `npm run bench [NAME …]`: every benchmark of this folder, or those named, one after another.
import { readdirSync } from 'node:fs';

const all = readdirSync(new URL('.', import.meta.url))
  .filter(name => name.endsWith('.bench.ts'))
  .map(name => name.replace('.bench.ts', ''));
const asked = process.argv.slice(2);
const unknown = asked.filter(name => !all.includes(name));
if (unknown.length > 0) {
  process.stderr.write(`no benchmark "${unknown[0]}"; there are: ${all.join(', ')}\n`);
  process.exit(2);
}
for (const name of asked.length > 0 ? asked : all) {
  process.stdout.write(`\n## ${name}\n\n`);
  const { run } = (await import(`./${name}.bench.ts`)) as { run: () => Promise<void> };
  await run();
}
