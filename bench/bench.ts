// `npm run bench [NAME …]`: every benchmark of this folder, or those named, one after another. What each
// says is kept in bench/results/NAME.md, with the machine it was said on.
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';

const all = readdirSync(new URL('.', import.meta.url))
  .filter(name => name.endsWith('.bench.ts'))
  .map(name => name.replace('.bench.ts', ''));
const asked = process.argv.slice(2);
const unknown = asked.filter(name => !all.includes(name));
if (unknown.length > 0) {
  process.stderr.write(`no benchmark "${unknown[0]}"; there are: ${all.join(', ')}\n`);
  process.exit(2);
}
const results = new URL('./results/', import.meta.url);
mkdirSync(results, { recursive: true });
const write = process.stdout.write.bind(process.stdout);
for (const name of asked.length > 0 ? asked : all) {
  let said = '';
  process.stdout.write = (text: string | Uint8Array) => {
    said += String(text);
    return write(text);
  };
  process.stdout.write(`# ${name}\n\n${machine()}\n\n`);
  const { run } = (await import(`./${name}.bench.ts`)) as { run: () => Promise<void> };
  await run();
  process.stdout.write = write;
  // Only a benchmark that came to its end is kept.
  writeFileSync(new URL(`${name}.md`, results), said);
  write('\n');
}

function machine(): string {
  const [{ model = 'unknown' } = {}] = cpus();
  const day = new Date().toISOString().slice(0, 10);
  return `${day}, Node ${process.version}, ${cpus().length} × ${model.trim()}, ${process.platform}; the load comes from the same machine.`;
}
