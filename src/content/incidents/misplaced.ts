// Misplaced files: they read like incidents, but nobody reads them, for their place or their name.
import { open, readdir, realpath, stat } from 'node:fs/promises';
import path from 'node:path';
import { hasTitle } from '../../core/incidents/file/reparse.ts';
import { type Problem, warningAt } from '../../core/model/problem.ts';
import { count } from '../../core/text/count.ts';
import { isIncidentName } from './listing.ts';

/** The ending of a text file, also with something behind it: `x.md.bak`, `x.md~`, `x.md ` with a blank; or any other. */
const ENDING = /(?:\.(?:mdx?|te?xt)(?![a-z0-9]).*|\.\w+)?$/i;
/** Meant to be passed over, hidden, or no text. */
const PASSED =
  /^[._]|^(?:readme|license|changelog)\.|\.(?:png|jpe?g|gif|svg|webp|avif|ico|pdf|css|js|json|zip|gz|mp4)$/i;
/** With this name, a file in the incidents folder is meant as an incident, whatever is in it. */
const MEANT =
  /^\d{4}-?\d{2}-?\d{2}[_ -](?:[^.]+|.*\.(?:mdx|txt|rtf|docx?|html?|ya?ml))$|\.(?:markdown|mdown|mkdn?)$/i;
/** In the status folder these have a meaning of their own, or are kept aside (`incidents.old`). Other capitals are named elsewhere. */
const OWN = /^(?:incidents|templates)(?:\W.*)?$/i;
/** Files of a folder that are looked into: somebody may keep other texts there. */
const MAX_FILES = 200;
/** So much of a file is read, bytes. */
const HEAD = 16_384;

/** Whether files of a folder beside the incidents folder are looked at, by its name. */
export function isLookedInto(name: string): boolean {
  return !/^[._]/.test(name) && !OWN.test(name);
}

export interface Misplaced {
  readonly problems: readonly Problem[];
  /** Those meant as incidents, also those that are over: the name, and the beginning of the text (null: unknown). */
  readonly found: readonly { readonly id: string; readonly text: string | null }[];
}

interface MisplacedFile {
  readonly file: string;
  readonly text: string | null;
  readonly isMeant: boolean;
}

/**
 * The files in the incidents folder that are not read for their names, and those in the folders beside it, and above,
 * that belong there. A copy beside its file (`x.md.bak` and `x.md`) is none, nor is a file elsewhere with the name of
 * one that is read.
 * @param below the folders in the incidents folder, by path below it; itself: "".
 */
export async function misplacedFiles(folder: string, below: readonly string[]): Promise<Misplaced> {
  const status = path.dirname(folder);
  const read = await readPlaces(folder, below);
  const beside = (await entriesOf(status))
    .filter(entry => entry.isDirectory() && isLookedInto(entry.name))
    .map(({ name }) => path.join(status, name));
  const misnamed = below.map(async name => {
    const found = await misplacedIn(
      path.join(folder, name),
      (base, all) => !isIncidentName(base) && !all.has(rightName(base)),
    );
    const problems = found.map(({ file }) => {
      const what = 'it is not read: the name of an incident file ends with .md';
      return warningAt(file, what, `rename it to ${rightName(path.basename(file))}`);
    });
    return { problems, found };
  });
  const kept = new Set(
    (await Promise.all(below.map(name => entriesOf(path.join(folder, name))))).flat().map(({ name }) => name),
  );
  const elsewhere = [status, ...beside].map(async place => {
    const real = await realOf(place);
    if (read.has(real)) return { problems: [], found: [] };
    const isOther = (base: string) =>
      !kept.has(base) && !kept.has(rightName(base)) && !read.has(path.join(real, base));
    const found = (await misplacedIn(place, isOther)).filter(({ text }) => text && readsLikeIncident(text));
    const [first, ...others] = found;
    const more = others.length > 0 ? ` (and ${count(others.length, 'other file')} there)` : '';
    const what = `it is not read: incident files are in \`incidents\`${more}`;
    return { problems: first ? [warningAt(first.file, what, `move it to ${folder}`)] : [], found };
  });
  const all = await Promise.all([...misnamed, ...elsewhere]);
  return {
    problems: all.flatMap(({ problems }) => problems),
    found: all
      .flatMap(({ found }) => found)
      .filter(({ isMeant }) => isMeant)
      .map(({ file, text }) => ({ id: path.basename(file), text })),
  };
}

async function misplacedIn(
  place: string,
  isOther: (base: string, all: ReadonlySet<string>) => boolean,
): Promise<MisplacedFile[]> {
  const entries = (await entriesOf(place)).filter(entry => !entry.isDirectory());
  const all = new Set(entries.map(({ name }) => name));
  const names = [...all].filter(name => !PASSED.test(name) && isOther(name, all)).sort();
  const found = names.slice(0, MAX_FILES).map(async (name): Promise<MisplacedFile[]> => {
    const file = path.join(place, name);
    const text = await headOf(file);
    if (text === undefined) return [];
    const reads = text !== null && readsLikeIncident(text);
    if (!MEANT.test(name) && !reads) return [];
    return [{ file, text, isMeant: text === null || reads || hasTitle(text) }];
  });
  return (await Promise.all(found)).flat();
}

/** The real paths of the folders that are read, and of what links in them lead to. */
async function readPlaces(folder: string, below: readonly string[]): Promise<ReadonlySet<string>> {
  const places = below.map(name => path.join(folder, name));
  const links = places.map(async place =>
    (await entriesOf(place))
      .filter(entry => entry.isSymbolicLink())
      .map(({ name }) => path.join(place, name)),
  );
  return new Set(await Promise.all([...places, ...(await Promise.all(links)).flat()].map(realOf)));
}

function realOf(place: string): Promise<string> {
  return realpath(place).catch(() => place);
}

function entriesOf(place: string) {
  return readdir(place, { withFileTypes: true }).catch(() => []);
}

/** The name of the file that another was made from, or should have. */
function rightName(base: string): string {
  return base.replace(/^[#~$]+/, '').replace(ENDING, '.md');
}

/** The beginning of a file: null when it cannot be read, undefined when there is none. */
export async function headOf(file: string): Promise<string | null | undefined> {
  // Opening a pipe might never end.
  if (!(await stat(file).catch(() => null))?.isFile()) return undefined;
  const handle = await open(file).catch(() => null);
  if (handle === null) return null;
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(HEAD), 0, HEAD, 0);
    return buffer.toString('utf8', 0, bytesRead);
  } catch {
    return null;
  } finally {
    await handle.close();
  }
}

/** Whether a file begins with a front matter that has `status:` and `started:`. */
function readsLikeIncident(text: string): boolean {
  return /^\uFEFF?\s*---/.test(text) && /^status[ \t]*:/m.test(text) && /^started[ \t]*:/m.test(text);
}
