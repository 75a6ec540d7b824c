// The documents for users: the README and the files of docs/ it leads to, for tests that compare them with the program.
import { readFileSync } from 'node:fs';

/** Where everything a user may set, call or meet is explained. */
export const DOCUMENTS = [
  'README.md',
  ...['settings', 'incidents', 'monitoring', 'notifications', 'api', 'operations', 'limits'].map(
    name => `docs/${name}.md`,
  ),
];

/** All of them as one text. */
export const documented = DOCUMENTS.map(name => readFileSync(name, 'utf8')).join('\n');

interface Example {
  /** The document and the line of the fence. */
  readonly where: string;
  /** What follows the fence: `yaml`, `sh`; empty for plain text. */
  readonly kind: string;
  readonly text: string;
}

/** The code blocks of a document, in order. */
export function examplesIn(name: string): Example[] {
  const source = readFileSync(name, 'utf8');
  return [...source.matchAll(/^```(\w*)\n([\s\S]*?)^```$/gm)].map(
    ({ 1: kind = '', 2: text = '', index }) => ({
      where: `${name}:${source.slice(0, index).split('\n').length}`,
      kind,
      text,
    }),
  );
}
