// The operator's templates for automatic incidents, read in each round. A bad template keeps its last good version.
import { lstat, realpath, stat } from 'node:fs/promises';
import path from 'node:path';
import { parseTemplate, type Template, type Templates } from '../core/filing/template.ts';
import type { Problem } from '../core/model/problem.ts';
import { TEMPLATE_KINDS, type TemplateKind } from '../core/model/transition.ts';
import type { Fault } from './incidents/faults.ts';
import { isWithin } from './incidents/listing.ts';
import { readRegularFile } from './regular-file.ts';

export interface TemplateFolder {
  /** Reads changed templates; returns the current problems. */
  read(): Promise<readonly Problem[]>;
  current(): Templates;
}

type ReadTemplate = {
  readonly text: string;
  readonly good: Template | null;
  readonly problems: readonly Problem[];
};

/** Opens `templates/auto` in the status folder `dir`; it need not exist. */
export function openTemplates(dir: string): TemplateFolder {
  const known = new Map<TemplateKind, ReadTemplate>();
  const readOne = async (kind: TemplateKind): Promise<readonly Problem[]> => {
    const parts = ['templates', 'auto', `${kind}.md`];
    const file = path.join(dir, ...parts);
    const before = known.get(kind);
    try {
      const status = await realpath(dir);
      if (!isWithin(await realpath(file), { status })) return [unread(file, LINK_OUT)];
      const text = await readRegularFile(file);
      if (before?.text === text) return before.problems;
      const { value, problems } = parseTemplate(file, kind, text);
      known.set(kind, { text, good: value ?? before?.good ?? null, problems });
      return problems;
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code !== 'ENOENT' && code !== 'ENOTDIR')
        return [unread(file, [`it cannot be read (${code})`, 'let the server read it'])];
      const inTheWay = await standsInTheWay(dir, parts);
      if (inTheWay === null) known.delete(kind);
      return inTheWay === null ? [] : [inTheWay];
    }
  };
  return {
    async read() {
      // Usually there are none: one look each second, not one for each kind.
      const isNone = await lstat(path.join(dir, 'templates')).then(
        () => false,
        ({ code }: NodeJS.ErrnoException) => code === 'ENOENT',
      );
      if (isNone) {
        known.clear();
        return [];
      }
      const found = (await Promise.all(TEMPLATE_KINDS.map(readOne))).flat();
      // A problem of the folder is the same for each template.
      return [...new Map(found.map(one => [`${one.where}:${one.line} ${one.what}`, one])).values()];
    },
    current: () => Object.fromEntries([...known].flatMap(([kind, { good }]) => (good ? [[kind, good]] : []))),
  };
}

const LINK_OUT: Fault = [
  'it is a link out of the status folder, or is behind one',
  'put the file itself here',
];
const LINK_NOWHERE: Fault = [
  'it is a broken link, so its content is not known',
  'restore what it points to, or delete the link',
];
const NO_FOLDER: Fault = ['it is not a folder, so no template can be read', 'make it a folder, or delete it'];

function unread(where: string, [what, fix]: Fault): Problem {
  return { level: 'error', where, what, fix };
}

/** Returns the problem of what is in place of a missing template: a broken link, or a file instead of a folder. */
async function standsInTheWay(dir: string, parts: readonly string[]): Promise<Problem | null> {
  let at = dir;
  for (const [index, part] of parts.entries()) {
    at = path.join(at, part);
    if ((await lstat(at).catch(() => null)) === null) return null;
    const facts = await stat(at).catch(() => null);
    if (facts === null) return unread(at, LINK_NOWHERE);
    if (index < parts.length - 1 && !facts.isDirectory()) return unread(at, NO_FOLDER);
  }
  return null;
}
