// The doors between the rooms of src/: every import goes through one that is open, and none in a circle.
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';

/** Which rooms a room may import values from; `types` only as types. Everything may import itself. */
const DOORS: Record<string, { values: string[]; types: string[] }> = {
  core: { values: [], types: [] },
  config: { values: ['core'], types: [] },
  content: { values: ['core'], types: [] },
  store: { values: ['core'], types: [] },
  outside: { values: ['core'], types: [] },
  work: { values: ['core'], types: ['content', 'store', 'outside'] },
  'views.ts': { values: ['core'], types: [] },
  web: { values: ['core'], types: ['work', 'views.ts'] },
};
/** The composition roots may open every door. */
const ROOTS = ['main.ts', 'cli.ts', 'cli', 'wiring.ts', 'wiring', 'demo'];

interface Import {
  readonly from: string;
  readonly to: string;
  readonly typeOnly: boolean;
}

const files = readdirSync('src', { recursive: true, encoding: 'utf8' }).filter(name => name.endsWith('.ts'));
const imports: Import[] = files.flatMap(from => {
  const source = readFileSync(path.join('src', from), 'utf8');
  const statements = source.matchAll(/^(?:import|export)\s+(type\s)?[^'"]*?from\s+'(\.[^']+)'/gm);
  return [...statements].map(([, typeOnly, target]) => ({
    from,
    to: path.join(path.dirname(from), target as string),
    typeOnly: typeOnly !== undefined,
  }));
});
const roomOf = (file: string) => file.split(path.sep)[0] as string;

describe('src/', () => {
  test('has imports to judge', () => {
    expect(imports.length).toBeGreaterThan(200);
    for (const { to } of imports) expect(files).toContain(to);
  });

  test('every room is in the plan', () => {
    const unknown = files.map(roomOf).filter(room => !DOORS[room] && !ROOTS.includes(room));
    expect(unknown).toEqual([]);
  });

  test('no import goes through a closed door', () => {
    const wrong = imports.filter(({ from, to, typeOnly }) => {
      const room = roomOf(from);
      const target = roomOf(to);
      if (room === target || ROOTS.includes(room)) return false;
      const doors = DOORS[room];
      return !doors?.values.includes(target) && !(typeOnly && doors?.types.includes(target));
    });
    expect(wrong.map(({ from, to }) => `${from} → ${to}`)).toEqual([]);
  });

  test('no imports run in a circle', () => {
    const next = new Map<string, string[]>();
    for (const { from, to, typeOnly } of imports) {
      if (!typeOnly) next.set(from, [...(next.get(from) ?? []), to]);
    }
    const done = new Set<string>();
    const circles: string[] = [];
    const walk = (file: string, trail: readonly string[]) => {
      if (trail.includes(file)) circles.push([...trail.slice(trail.indexOf(file)), file].join(' → '));
      if (trail.includes(file) || done.has(file)) return;
      for (const target of next.get(file) ?? []) walk(target, [...trail, file]);
      done.add(file);
    };
    for (const file of files) walk(file, []);
    expect(circles).toEqual([]);
  });

  test('only the roots read the environment and the clock', () => {
    const guilty = files.filter(file => {
      if (ROOTS.includes(roomOf(file))) return false;
      return /\bprocess\.env\b|\bDate\.now\(\)|\bnew Date\(\)/.test(
        readFileSync(path.join('src', file), 'utf8').replace(/\/\/.*|\/\*[\s\S]*?\*\//g, ''),
      );
    });
    expect(guilty).toEqual([]);
  });

  test('every file says first what lives there, and none is longer than 300 lines', () => {
    for (const file of files) {
      const text = readFileSync(path.join('src', file), 'utf8');
      expect(text, file).toMatch(/^(#!.*\n)?\/\/ \S/);
      // A catalogue of words is a table, not code.
      if (/^core.words.(en|de)\.ts$/.test(file)) continue;
      expect(text.split('\n').length, file).toBeLessThanOrEqual(301);
    }
  });
});
