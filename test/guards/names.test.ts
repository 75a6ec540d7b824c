// The names in src/: one exported name has one meaning, so that a search for it finds one thing.
import { expect, test } from 'vitest';
import { files, textOf } from './imports.ts';

/** Declarations only: a re-export has the same meaning. */
const EXPORTED =
  /^export (?:abstract |async )*(?:function\*?|const|let|class|interface|type|enum) +([\w$]+)/gm;
/** Types have one meaning even where they are not exported: their names are read far from their declarations. */
const TYPES = /^(?:export )?(?:abstract )?(?:class|interface|type) +([\w$]+)/gm;

test.each([
  ['exported name', EXPORTED],
  ['type', TYPES],
])('no %s is declared by two files', (_, declaration) => {
  const places = new Map<string, Set<string>>();
  for (const file of files)
    for (const [, name = ''] of textOf(file).matchAll(declaration))
      places.set(name, (places.get(name) ?? new Set()).add(file));
  const twice = [...places].filter(([, where]) => where.size > 1);
  expect(twice.map(([name, where]) => `${name}: ${[...where].join(', ')}`)).toEqual([]);
});
