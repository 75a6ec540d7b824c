// The operator's templates for automatic incidents: read again each round, a bad one keeps its last good words.
import path from 'node:path';
import { parseTemplate, type Template, type Templates } from '../core/filing/template.ts';
import type { Problem } from '../core/model/problem.ts';
import { TEMPLATE_KINDS, type TemplateKind } from '../core/model/transition.ts';
import { readRegularFile } from './regular-file.ts';

export interface TemplateFolder {
  /** Reads what changed; what is wrong with the files, as they stand. */
  read(): Promise<readonly Problem[]>;
  current(): Templates;
}

type Known = { readonly text: string; readonly good: Template | null; readonly problems: readonly Problem[] };

/** Opens `templates/auto` of the status folder at `dir` (none need be there). */
export function openTemplates(dir: string): TemplateFolder {
  const known = new Map<TemplateKind, Known>();
  const readOne = async (kind: TemplateKind): Promise<readonly Problem[]> => {
    const file = path.join(dir, 'templates', 'auto', `${kind}.md`);
    const before = known.get(kind);
    try {
      const text = await readRegularFile(file);
      if (before?.text === text) return before.problems;
      const { value, problems } = parseTemplate(file, kind, text);
      known.set(kind, { text, good: value ?? before?.good ?? null, problems });
      return problems;
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code === 'ENOENT' || code === 'ENOTDIR') {
        known.delete(kind);
        return [];
      }
      const what = `it cannot be read (${code})`;
      return [{ level: 'error', where: file, what, fix: 'let the server read it' }];
    }
  };
  return {
    read: async () => (await Promise.all(TEMPLATE_KINDS.map(readOne))).flat(),
    current: () => Object.fromEntries([...known].flatMap(([kind, { good }]) => (good ? [[kind, good]] : []))),
  };
}
