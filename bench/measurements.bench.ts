// A thousand components, ninety days of one-minute results as rollups: what reading and composing cost.
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { checkSchema, detectSchema } from '../src/core/model/checks/check.ts';
import type { Component, Measured } from '../src/core/model/component.ts';
import { type Site, WEIGHTS_EVEN } from '../src/core/model/site.ts';
import { DAY, MINUTE, type Millis } from '../src/core/model/time.ts';
import { DRAWN_FROM, RANGES } from '../src/core/monitoring/rollup.ts';
import { compose } from '../src/core/page/compose.ts';
import type { Facts } from '../src/core/page/facts.ts';
import { seedDays } from '../src/demo/measured-days.ts';
import { type Db, openDatabase } from '../src/store/db/database.ts';
import { StatusReader } from '../src/store/monitoring/component-status.ts';
import { recordResult } from '../src/store/monitoring/measurements.ts';
import { readSeries } from '../src/store/monitoring/rollups.ts';

const COMPONENTS = 1000;
const NOW = Date.UTC(2026, 10, 23, 14, 42);

/** Prints medians: composing the page's facts, the round's reading, the chart's query. */
export async function run(): Promise<void> {
  const dir = mkdtempSync(path.join(tmpdir(), 'status-live-bench-'));
  const db = openDatabase(path.join(dir, 'status.db'));
  try {
    const components = Array.from({ length: COMPONENTS }, (_, i) => component(`c${i}`));
    const ids = components.map(({ id }) => id);
    const seeded = performance.now();
    await seedDays(db, ids, 90, NOW);
    await db.destroy();
    const again = openDatabase(path.join(dir, 'status.db'));
    process.stdout.write(
      `${COMPONENTS} components × 90 days seeded in ${((performance.now() - seeded) / 1000).toFixed(1)} s, ` +
        `${Math.round(statSync(path.join(dir, 'status.db')).size / 1e6)} MB\n\n`,
    );
    process.stdout.write('| | median ms |\n|---|---|\n');
    await measure(again, components);
    await again.destroy();
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}

async function measure(db: Db, components: readonly Component[]): Promise<void> {
  const from = NOW - 90 * DAY;
  const tell = (what: string, ms: number) => process.stdout.write(`| ${what} | ${ms.toFixed(2)} |\n`);
  tell(
    'all that is known, read whole (at start and at midnight)',
    await median(5, async () => {
      await new StatusReader(db).read(from);
    }),
  );
  const view = new StatusReader(db);
  let known = await view.read(from);
  let at = NOW;
  tell(
    'one result stored, judged and rolled up',
    await median(50, async i => {
      at += 100;
      const of = components[i % components.length] as Component;
      await recordResult(db, of, { at, outcome: 'up', latency: 80 + i, seen: 'HTTP 200' });
    }),
  );
  tell(
    "a second's reading: 17 results since (1,000 checks a minute)",
    await median(20, async i => {
      for (let n = 0; n < 17; n++) view.touch(`c${(i * 17 + n) % components.length}`);
      known = await view.read(from);
    }),
  );
  tell(
    'the Snapshot composed',
    await median(10, async () => {
      compose(facts(components, known), NOW);
    }),
  );
  for (const range of RANGES) {
    const { span, length } = DRAWN_FROM[range];
    tell(
      `a component's chart over ${range}`,
      await median(30, async i => {
        await readSeries(db, `c${(i * 31) % components.length}`, span, NOW - length);
      }),
    );
  }
  await rawHistory(db, 'c0');
  tell(
    "the same over 24h, with the component's 7 days of raw results stored",
    await median(30, async () => {
      await readSeries(db, 'c0', 'slot', NOW - DAY);
    }),
  );
}

/** Seven days of raw one-minute results. */
async function rawHistory(db: Db, id: string): Promise<void> {
  await db.transaction().execute(async trx => {
    for (let at = NOW - 7 * DAY; at < NOW; at += 500 * MINUTE) {
      const rows = Array.from({ length: 500 }, (_, i) => ({
        component_id: id,
        at: at + i * MINUTE,
        outcome: 'up' as const,
        latency: 80,
        seen: 'HTTP 200',
      }));
      await trx
        .insertInto('results')
        .values(rows)
        .onConflict(conflict => conflict.doNothing())
        .execute();
    }
  });
}

async function median(times: number, run: (i: number) => Promise<void>): Promise<Millis> {
  const took: Millis[] = [];
  for (let i = 0; i < times; i++) {
    const begun = performance.now();
    await run(i);
    took.push(performance.now() - begun);
  }
  return took.sort((a, b) => a - b)[Math.floor(times / 2)] as Millis;
}

function component(id: string): Component {
  return {
    id,
    name: `Component ${id}`,
    group: null,
    description: null,
    schedule: '* * * * *',
    check: checkSchema.parse({ type: 'http', url: 'https://api.example' }),
    detect: detectSchema.parse({}),
    since: null,
    dependsOn: [],
    match: [],
  };
}

function facts(components: readonly Component[], measured: ReadonlyMap<string, Measured>): Facts {
  const site = { uptime: { days: 90, weights: WEIGHTS_EVEN }, components } as unknown as Site;
  return {
    site,
    incidents: [],
    unfiled: new Set(),
    measured,
    networkDownSince: null,
    problems: [],
    revision: 'r',
  };
}
