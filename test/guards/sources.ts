// The source files of a folder of src/, for tests that compare what they say with what is documented.
import { PUBLIC_DOCUMENTS } from '../../src/web/api/operations.ts';
import { files, textOf } from './imports.ts';

/** The texts of all files below `src/` + folder. */
export function sourcesIn(folder: string): string[] {
  return files.filter(file => file.startsWith(`${folder}/`)).map(textOf);
}

/** The addresses that routes of the web room answer. */
export function routesIn(folder = 'web'): string[] {
  const written = sourcesIn(folder).flatMap(source =>
    [
      ...source.matchAll(
        /(?:router\.\w+\(|\bpage\(|\bon\('\w+', |(?:json|page): )\s*\[?((?:'[^']+',?\s*)+)/g,
      ),
    ].flatMap(([, list]) =>
      [...(list as string).matchAll(/'(\/[^']*)'/g)].map(([, route]) => route as string),
    ),
  );
  const tabled = PUBLIC_DOCUMENTS.flatMap(({ path, pathOfOne }) => [path, ...(pathOfOne ? [pathOfOne] : [])]);
  return [...written, ...tabled.map(path => path.replace(/\{(\w+)\}/g, ':$1'))];
}
