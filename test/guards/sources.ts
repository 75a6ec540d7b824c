// The source files of a folder of src/, for tests that compare what they say with what is documented.
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

/** The texts of all files below `src/` + folder. */
export function sourcesIn(folder: string): string[] {
  const root = path.join('src', folder);
  return readdirSync(root, { recursive: true, encoding: 'utf8' })
    .filter(name => name.endsWith('.ts'))
    .map(name => readFileSync(path.join(root, name), 'utf8'));
}

/** The addresses that routes of the web room answer. */
export function routesIn(folder = 'web'): string[] {
  return sourcesIn(folder).flatMap(source =>
    [...source.matchAll(/router\.\w+\(\s*\[?((?:'[^']+',?\s*)+)/g)].flatMap(([, list]) =>
      [...(list as string).matchAll(/'(\/[^']*)'/g)].map(([, route]) => route as string),
    ),
  );
}
