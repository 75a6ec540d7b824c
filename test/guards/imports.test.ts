// The rooms of src/ and their order: every import goes the allowed way, none runs in a circle, and core stays pure.
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { LANGS } from '../../src/core/model/lang.ts';
import { files, folderOf, type Import, imports, roomOf, textOf } from './imports.ts';

/** Which rooms a room may import values from; `types` only as types. Everything may import itself. */
const ROOMS: Record<string, { values: string[]; types: string[] }> = {
  core: { values: [], types: [] },
  config: { values: ['core'], types: [] },
  content: { values: ['core'], types: [] },
  store: { values: ['core'], types: [] },
  outside: { values: ['core'], types: [] },
  work: { values: ['core', 'content', 'store'], types: ['outside'] },
  'views.ts': { values: ['core'], types: [] },
  web: { values: ['core', 'store'], types: ['work', 'views.ts'] },
};
/** The composition roots may import everything. */
const ROOTS = ['main.ts', 'cli.ts', 'cli', 'wiring', 'demo'];
/** The folders of core: each imports only from itself and those before it. */
const CORE = [
  'model',
  'i18n',
  'text',
  'incidents',
  'monitoring',
  'filing',
  'notify',
  'inbound',
  'import',
  'page',
];
/**
 * What core remembers between calls, by file and name: caches, which change cost and never a result, and one empty
 * value. The list only gets shorter.
 */
const CACHES = [
  'core/filing/dependencies.ts answered',
  'core/i18n/dates.ts made',
  'core/incidents/lint/times.ts places',
  'core/incidents/maintenance.ts completions',
  'core/incidents/plans.ts recorded',
  'core/incidents/times/month-names.ts dayNames',
  'core/incidents/times/month-names.ts others',
  'core/incidents/times/zone.ts formatOf',
  'core/incidents/times/zone.ts blocks',
  'core/model/checks/cron.ts roughPeriod',
  'core/model/checks/cron.ts read',
  'core/model/incident.ts idsOf',
  'core/monitoring/ddsketch.ts EMPTY_SKETCH',
  'core/page/compose.ts keptViews',
  'core/page/days.ts names',
  'core/page/days.ts plain',
  'core/page/former-paths.ts idsByFormerPath',
  'core/page/rendered-texts.ts renderings',
];
/** A file is parsed and judged in one reading: `parse` asks lint, and lint is made of the same parts as `parse`. */
const MUTUAL = ['core/incidents/file → core/incidents/lint → core/incidents/file'];
/** What of core measures how long a turn lasts; no result depends on it. */
const STOPWATCHES = ['core/model/turns/steps.ts'];

/** What reads the clock of the start of the process. The list only gets shorter. */
const CLOCKS_OF_THE_START = [
  'content/incidents/stamps.ts',
  'outside/probes/network.ts',
  'web/http/rate-limit.ts',
];
const CATALOGUES = LANGS.map(lang => path.join('core', 'i18n', `${lang}.ts`));

const codeOf = (file: string) => textOf(file).replace(/\/\/.*|\/\*[\s\S]*?\*\//g, '');
/** The folders of two files below the last that they share; null where one of them lies in that itself. */
function sideBySide(from: string, to: string): [readonly [string, string]] | null {
  const [a, b] = [from.split(path.sep), to.split(path.sep)];
  const at = a.findIndex((name, index) => name !== b[index]);
  if (at === 0 || a.length < at + 2 || b.length < at + 2) return null;
  const folderIn = (names: readonly string[]) => names.slice(0, at + 1).join('/');
  return [[folderIn(a), folderIn(b)]];
}

function circlesIn(arrows: readonly (readonly [string, string])[]): string[] {
  const next = new Map<string, Set<string>>();
  for (const [from, to] of arrows) next.set(from, (next.get(from) ?? new Set()).add(to));
  const done = new Set<string>();
  const circles: string[] = [];
  const walk = (node: string, trail: readonly string[]) => {
    if (trail.includes(node)) circles.push([...trail.slice(trail.indexOf(node)), node].join(' → '));
    if (trail.includes(node) || done.has(node)) return;
    for (const target of next.get(node) ?? []) walk(target, [...trail, node]);
    done.add(node);
  };
  for (const node of next.keys()) walk(node, []);
  return circles;
}

const shown = ({ from, to }: Import) => `${from} → ${to}`;

describe('src/', () => {
  test('has imports to judge', () => {
    expect(imports.length).toBeGreaterThan(200);
    for (const { to } of imports) expect(files).toContain(to);
  });

  test('every room and every folder of core is in the plan', () => {
    expect(files.map(roomOf).filter(room => !ROOMS[room] && !ROOTS.includes(room))).toEqual([]);
    const folders = files.filter(file => roomOf(file) === 'core').map(folderOf);
    expect(folders.filter(folder => !CORE.includes(folder))).toEqual([]);
  });

  test('no room imports against the order', () => {
    const wrong = imports.filter(({ from, to, typeOnly }) => {
      const room = roomOf(from);
      const target = roomOf(to);
      if (room === target || ROOTS.includes(room)) return false;
      const allowed = ROOMS[room];
      return !allowed?.values.includes(target) && !(typeOnly && allowed?.types.includes(target));
    });
    expect(wrong.map(shown)).toEqual([]);
  });

  test('no folder of core imports from one after it', () => {
    const place = (file: string) => CORE.indexOf(folderOf(file));
    const wrong = imports.filter(({ from, to }) => roomOf(from) === 'core' && place(to) > place(from));
    expect(wrong.map(shown)).toEqual([]);
  });

  test('no imports run in a circle, those of types included', () => {
    expect(circlesIn(imports.map(({ from, to }) => [from, to]))).toEqual([]);
  });

  test('no folders side by side import each other, directly or in a circle', () => {
    expect(circlesIn(imports.flatMap(({ from, to }) => sideBySide(from, to) ?? []))).toEqual(MUTUAL);
  });

  test('only the roots read the environment and the clock, and the wiring passes them on', () => {
    const roots = ROOTS.filter(room => room !== 'wiring');
    const guilty = files.filter(
      file =>
        !roots.includes(roomOf(file)) && /\bprocess\.env\b|\bDate\.now\(\)|\bnew Date\(\)/.test(codeOf(file)),
    );
    expect(guilty).toEqual([]);
    // The time by the clock of the start: wrong after a step.
    expect(files.filter(file => /\btimeOrigin\b/.test(codeOf(file)))).toEqual(CLOCKS_OF_THE_START);
  });

  test('core has no timers, no I/O and no state but its caches', () => {
    const core = files.filter(file => roomOf(file) === 'core');
    const io =
      /\bset(?:Timeout|Interval|Immediate)\b|'node:(?:timers|fs|net|http|https|dns|child_process|worker_threads)/;
    expect(core.filter(file => io.test(codeOf(file)))).toEqual([]);
    const state =
      /^(?:export )?(?:let (\w+)|const (\w+)(?:: [^\n]+)? = (?:(?:new (?:Weak)?(?:Map|Set)(?:<[^;]*?>)?\(\)|\[\]|\{\});|memoized))/gm;
    const states = core.flatMap(file =>
      [...codeOf(file).matchAll(state)].map(([, variable, constant]) => `${file} ${variable ?? constant}`),
    );
    expect(states).toEqual(CACHES);
    expect(core.filter(file => /\bperformance\.|\bhrtime\b/.test(codeOf(file)))).toEqual(STOPWATCHES);
  });

  test('every file says first what lives there, and none is longer than 300 lines', () => {
    for (const file of files) {
      const text = textOf(file);
      expect(text, file).toMatch(/^(#!.*\n)?\/\/ \S/);
      // A catalogue of words is a table, not code.
      if (CATALOGUES.includes(file)) continue;
      expect(text.split('\n').length, file).toBeLessThanOrEqual(301);
    }
  });

  test('a function over 60 lines says in its docstring why it is long', () => {
    const isStart = (line: string) =>
      /^(?:export )?(?:async )?function\b/.test(line) ||
      /^ {2}(?!if|for|while|switch|return)(?:static )?(?:async )?[*#]?\w+\(.*[({]$/.test(line);
    const silent = files.flatMap(file => {
      const lines = textOf(file).split('\n');
      return lines.flatMap((line, at) => {
        if (!isStart(line)) return [];
        const end = lines.indexOf(line.startsWith(' ') ? '  }' : '}', at);
        // A call's arguments end with another sign.
        const isCall = line.startsWith(' ') && lines.slice(at, end).some(one => /^ {2}\}?\);$/.test(one));
        if (end - at < 60 || isCall) return [];
        const before = lines.slice(0, at).join('\n');
        const [doc = ''] = /\/\*\*(?:(?!\*\/)[\s\S])*\*\/$/.exec(before) ?? [];
        return /\blong\b/i.test(doc) ? [] : [`${file}:${at + 1}`];
      });
    });
    expect(silent).toEqual([]);
  });

  test('no folder holds more than 15 files', () => {
    const sizes = new Map<string, number>();
    for (const file of files) sizes.set(path.dirname(file), (sizes.get(path.dirname(file)) ?? 0) + 1);
    expect([...sizes].filter(([, size]) => size > 15)).toEqual([]);
  });
});
