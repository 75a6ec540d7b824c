// The live page as a phone sees it: Lighthouse's mobile scores on the real server, with the demo's content.
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const PORT = '3921';
const PATHS = ['/status/live', '/status/history'];
const ROUNDS = 3;
const CATEGORIES = ['performance', 'accessibility', 'best-practices', 'seo'] as const;

interface Report {
  readonly categories: Record<
    string,
    {
      readonly score: number | null;
      readonly auditRefs: readonly { readonly id: string; readonly weight: number }[];
    }
  >;
  readonly audits: Record<
    string,
    {
      readonly score: number | null;
      readonly title: string;
      readonly displayValue?: string;
      readonly numericValue?: number;
    }
  >;
}

/** Prints the median scores of three runs, and whatever audit was not perfect. */
export async function run(): Promise<void> {
  const dir = mkdtempSync(path.join(tmpdir(), 'status-live-page-'));
  const demo = spawn(process.execPath, ['dist/demo/demo.js'], {
    env: { ...process.env, PORT },
    stdio: 'ignore',
  });
  try {
    await ready(`http://localhost:${PORT}/status/live`);
    process.stdout.write(`Lighthouse, mobile, median of ${ROUNDS}\n\n`);
    process.stdout.write(
      '| page | performance | accessibility | best practices | SEO | first paint | largest paint | shift | bytes |\n|---|---|---|---|---|---|---|---|---|\n',
    );
    for (const page of PATHS) {
      const reports: Report[] = [];
      for (let round = 0; round < ROUNDS; round++)
        reports.push(await lighthouse(page, path.join(dir, `${round}.json`)));
      const score = (name: string) =>
        Math.round(100 * middle(reports.map(({ categories }) => categories[name]?.score ?? 0)));
      const figure = (name: string) =>
        middle(reports.map(({ audits }) => audits[name]?.numericValue ?? Number.NaN));
      const cells = [
        ...CATEGORIES.map(score),
        `${Math.round(figure('first-contentful-paint'))} ms`,
        `${Math.round(figure('largest-contentful-paint'))} ms`,
        figure('cumulative-layout-shift').toFixed(3),
        `${(figure('total-byte-weight') / 1024).toFixed(1)} KiB`,
      ];
      process.stdout.write(`| ${page} | ${cells.join(' | ')} |\n`);
      for (const blemish of blemishes(reports[0] as Report)) process.stdout.write(`  - ${blemish}\n`);
    }
  } finally {
    await stop(demo);
    rmSync(dir, { recursive: true, force: true });
  }
}

async function lighthouse(page: string, file: string): Promise<Report> {
  const cli = fileURLToPath(import.meta.resolve('lighthouse/cli/index.js'));
  const args = [
    `http://localhost:${PORT}${page}`,
    '--quiet',
    '--no-enable-error-reporting',
    '--output=json',
    `--output-path=${file}`,
    '--max-wait-for-load=20000',
    '--chrome-flags=--headless=new --no-sandbox --disable-gpu --disable-background-networking --disable-component-update --disable-sync --no-first-run',
  ];
  const env = { CHROME_PATH: '/usr/bin/chromium', ...process.env };
  const child = spawn(process.execPath, [cli, ...args], { env, stdio: ['ignore', 'ignore', 'inherit'] });
  const code = await new Promise(resolve => child.once('exit', resolve));
  if (code !== 0) throw new Error(`lighthouse ended with ${code}`);
  return JSON.parse(readFileSync(file, 'utf8')) as Report;
}

function blemishes({ categories, audits }: Report): string[] {
  return CATEGORIES.flatMap(name =>
    (categories[name]?.auditRefs ?? [])
      .filter(({ weight }) => weight > 0)
      .map(({ id }) => audits[id])
      .filter(audit => audit !== undefined && audit.score !== null && audit.score < 1)
      .map(audit => `${name}: ${audit?.title} ${audit?.displayValue ?? ''} (${audit?.score})`),
  );
}

async function ready(url: string): Promise<void> {
  for (let attempt = 0; attempt < 200; attempt++) {
    const answer = await fetch(url).catch(() => null);
    if (answer?.ok) return;
    await new Promise(resolve => setTimeout(resolve, 100));
  }
  throw new Error(`${url} does not answer`);
}

function stop(child: ChildProcess): Promise<unknown> {
  const ended = new Promise(resolve => child.once('exit', resolve));
  child.kill('SIGTERM');
  return ended;
}

function middle(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}
