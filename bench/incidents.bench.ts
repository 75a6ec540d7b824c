// Incident files: reading thousands beside gray-matter and markdown-it alone, and what one changed file costs.
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import matter from 'gray-matter';
import MarkdownIt from 'markdown-it';
import { readEnvironment } from '../src/config/environment.ts';
import { StatusFolder } from '../src/content/folder.ts';
import { fetchText } from '../src/outside/amazon.ts';
import { makeProbes } from '../src/outside/probes.ts';
import { openSystem } from '../src/wiring/wiring.ts';
import { everySecond } from '../src/work/timing/scheduler.ts';

const SITE = 'title: Bench\ncomponents:\n  - { id: api, name: API, check: { type: manual } }\n';
const RUNS = 5;

export async function run(): Promise<void> {
  say(
    '| files | gray-matter + markdown-it alone | Status Live, read and parsed | ratio | rendered too | ratio |',
  );
  say('|---|---|---|---|---|---|');
  for (const count of [1_000, 10_000]) await withFiles(count, compareParsing);
  say('\n| others in the folder | one changed file read | …and on the page after its save |');
  say('|---|---|---|');
  for (const count of [10, 1_000, 10_000]) await withFiles(count, measureChange);
}

async function compareParsing(status: string, count: number): Promise<void> {
  const folder = path.join(status, 'incidents');
  const plain = new MarkdownIt({ linkify: true });
  const baseline = async () => {
    const names = await readdir(folder);
    for (let index = 0; index < names.length; index += 64) {
      const batch = names.slice(index, index + 64);
      const texts = await Promise.all(batch.map(name => readFile(path.join(folder, name), 'utf8')));
      for (const text of texts) plain.render(matter(text, {}).content);
    }
  };
  const ours = async () => {
    const { incidents } = await new StatusFolder(status).incidents();
    if (incidents.length !== count) throw new Error(`${incidents.length} of ${count} were read`);
    return incidents;
  };
  const { renderMarkdown } = await import('../src/core/text/markdown.ts');
  const rendered = async () => {
    for (const { updates } of await ours()) for (const { body } of updates) renderMarkdown(body);
  };
  const [alone, read, all] = [await best(baseline), await best(ours), await best(rendered)];
  const ratio = (time: number) => (time / alone).toFixed(2);
  say(`| ${count} | ${ms(alone)} | ${ms(read)} | ${ratio(read)} | ${ms(all)} | ${ratio(all)} |`);
}

async function measureChange(status: string, count: number): Promise<void> {
  const read = await measureReading(status);
  const data = await mkdtemp(path.join(tmpdir(), 'status-live-bench-'));
  const { value: env } = readEnvironment(
    { PORT: '0', HOST: '127.0.0.1', STATUS_DIR: status, DATA_DIR: data },
    data,
  );
  const quiet = () => undefined;
  const log = { debug: quiet, info: quiet, warn: quiet, error: quiet };
  const system = await openSystem(env!, {
    clock: Date.now,
    monotonic: () => performance.now(),
    everySecond,
    probe: makeProbes(),
    fetchText,
    log,
  });
  const seen: number[] = [];
  for (let index = 0; index < RUNS; index++) {
    // Beyond the moment in which a file counts as still being written.
    await new Promise(resolve => setTimeout(resolve, 1_500));
    const title = `Changed ${index}`;
    const saved = performance.now();
    await writeFile(path.join(status, 'incidents', '20260101_changed.md'), incident(index, title));
    while (!system.snapshot().incidents.some(one => one.title === title)) {
      await new Promise(resolve => setTimeout(resolve, 5));
    }
    seen.push(performance.now() - saved);
  }
  await system.close();
  await rm(data, { recursive: true, force: true });
  say(`| ${count} | ${read.toFixed(1)} ms | ${ms(median(seen))} (worst ${ms(Math.max(...seen))}) |`);
}

/** The reading alone, without the page being composed beside it. */
async function measureReading(status: string): Promise<number> {
  const content = new StatusFolder(status);
  let rung: () => void = () => undefined;
  const unwatch = await content.watch(() => rung());
  await content.incidents();
  let least = Number.POSITIVE_INFINITY;
  for (let index = 0; index < RUNS; index++) {
    const heard = new Promise<void>(resolve => {
      rung = resolve;
    });
    await writeFile(path.join(status, 'incidents', '20260101_changed.md'), incident(index, `Read ${index}`));
    await heard;
    const before = performance.now();
    const { incidents } = await content.incidents();
    least = Math.min(least, performance.now() - before);
    if (!incidents.some(one => one.title === `Read ${index}`)) throw new Error('the change was not read');
    await new Promise(resolve => setTimeout(resolve, 300));
  }
  await unwatch();
  return least;
}

async function withFiles(
  count: number,
  use: (status: string, count: number) => Promise<void>,
): Promise<void> {
  const status = await mkdtemp(path.join(tmpdir(), 'status-live-bench-'));
  const folder = path.join(status, 'incidents');
  await mkdir(folder);
  await writeFile(path.join(status, 'status.yaml'), SITE);
  for (let index = 0; index < count; index += 500) {
    const some = Array.from({ length: Math.min(500, count - index) }, (_, i) => index + i);
    await Promise.all(
      some.map(i => writeFile(path.join(folder, `20250101_bench-${i}.md`), incident(i, `Bench ${i}`))),
    );
  }
  try {
    await use(status, count);
  } finally {
    await rm(status, { recursive: true, force: true });
  }
}

function incident(index: number, title: string): string {
  const day = `2025-${String((index % 12) + 1).padStart(2, '0')}-${String((index % 28) + 1).padStart(2, '0')}`;
  return `---
title: ${title}
status: resolved
severity: minor
started: ${day}T14:30:00Z
resolved: ${day}T15:00:00Z
components: [api]
---

## Resolved 15:00 UTC
Every region is **well** again. See [the log](https://example.com/log).

## Identified 14:45 UTC
The connection pool was exhausted:

- pool size doubled
- \`timeout\` lowered to 2 s

## Investigating 14:30 UTC
We are looking into elevated response times of the API. Nothing is lost.

## Post-mortem
**Root cause.** A deploy at 14:28 halved the pool. The change is rolled back, and a check now guards it.
`;
}

async function best(work: () => Promise<unknown>): Promise<number> {
  let least = Number.POSITIVE_INFINITY;
  for (let index = 0; index < RUNS; index++) {
    const before = performance.now();
    await work();
    least = Math.min(least, performance.now() - before);
  }
  return least;
}

function median(numbers: readonly number[]): number {
  return [...numbers].sort((a, b) => a - b)[Math.floor(numbers.length / 2)] as number;
}

function ms(time: number): string {
  return `${Math.round(time)} ms`;
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}
