// What the files of src/ import, for the guard of the order and for the drawing in docs/architecture.md.
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

export interface Import {
  readonly from: string;
  readonly to: string;
  readonly typeOnly: boolean;
}

/** Every source file, by its path below src/. */
export const files: readonly string[] = readdirSync('src', { recursive: true, encoding: 'utf8' })
  .filter(name => name.endsWith('.ts'))
  .sort();

export const textOf = (file: string) => readFileSync(path.join('src', file), 'utf8');

export const imports: readonly Import[] = files.flatMap(from => {
  const statements = textOf(from).matchAll(/^(?:import|export)\s+(type\s)?[^'"]*?from\s+'(\.[^']+)'/gm);
  return [...statements].map(([, typeOnly, target]) => ({
    from,
    to: path.join(path.dirname(from), target as string),
    typeOnly: typeOnly !== undefined,
  }));
});

/** The first folder of a path below src/, or the file itself. */
export const roomOf = (file: string) => file.split(path.sep)[0] as string;
/** The second one. */
export const folderOf = (file: string) => file.split(path.sep)[1] as string;

/** A drawing in Mermaid of who imports whom: a full arrow for values, a dotted one for types alone. */
export function drawing(nodes: ReadonlyMap<string, string | null>): string {
  const arrows = new Map<string, boolean>();
  for (const { from, to, typeOnly } of imports) {
    const [a, b] = [nodes.get(from), nodes.get(to)];
    if (!a || !b || a === b) continue;
    const arrow = `${a} ${b}`;
    arrows.set(arrow, (arrows.get(arrow) ?? true) && typeOnly);
  }
  const lines = [...arrows]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([arrow, typeOnly]) => `  ${arrow.replace(' ', typeOnly ? ' -.-> ' : ' --> ')}`);
  return ['```mermaid', 'graph LR', ...lines, '```'].join('\n');
}
