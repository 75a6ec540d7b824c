// Misplaced files: they read like incidents, but nobody reads them, for their place or the end of their name.
import { open, readdir, realpath } from 'node:fs/promises';
import path from 'node:path';
import { type Problem, warningAt } from '../../core/model/problem.ts';
import { count } from '../../core/text/count.ts';
import { isIncidentName, isMisnamed } from './listing.ts';

/** Text files, also with something behind their ending: `x.md.bak`, `x.md~`, `x.md ` with a blank. */
const TEXT = /\.(?:mdx?|te?xt)(?![a-z0-9]).*$/i;
/** In the status folder these have a meaning of their own, or are kept aside (`incidents.old`). Other capitals are named elsewhere. */
const OWN = /^(?:incidents|templates)(?:\W.*)?$/i;
/** Files of a folder that are looked into: somebody may keep other texts there. */
const MAX_FILES = 200;

/**
 * A warning for each file in the incidents folder whose name ends oddly, and for each folder beside it, or above, with
 * files that belong there. A backup beside its file is none, nor is a file elsewhere
 * with the name of one that is read.
 * @param below the folders in the incidents folder, by path below it; itself: "".
 */
export async function misplacedFiles(folder: string, below: readonly string[]): Promise<readonly Problem[]> {
  const status = path.dirname(folder);
  const read = await readPlaces(folder, below);
  const beside = (await entriesOf(status))
    .filter(entry => entry.isDirectory() && !entry.name.startsWith('.') && !OWN.test(entry.name))
    .map(({ name }) => path.join(status, name));
  const misnamed = below.map(async name => {
    const place = path.join(folder, name);
    const found = await incidentsIn(place, (base, all) => !isIncidentName(base) && !all.has(rightName(base)));
    return found.map(file => {
      const what = 'it is not read: the name of an incident file ends with .md';
      return warningAt(file, what, `rename it to ${rightName(path.basename(file))}`);
    });
  });
  const kept = new Set(
    (await Promise.all(below.map(name => entriesOf(path.join(folder, name))))).flat().map(({ name }) => name),
  );
  const elsewhere = [status, ...beside].map(async place => {
    const real = await realOf(place);
    if (read.has(real)) return [];
    const [first, ...others] = await incidentsIn(
      place,
      base => !kept.has(base) && !read.has(path.join(real, base)),
    );
    if (first === undefined) return [];
    const more = others.length > 0 ? ` (and ${count(others.length, 'other file')} there)` : '';
    const what = `it is not read: incident files are in \`incidents\`${more}`;
    return [warningAt(first, what, `move it to ${folder}`)];
  });
  return (await Promise.all([...misnamed, ...elsewhere])).flat();
}

async function incidentsIn(
  place: string,
  isMeant: (base: string, all: ReadonlySet<string>) => boolean,
): Promise<string[]> {
  const files = (await entriesOf(place)).filter(entry => entry.isFile()).map(({ name }) => name);
  const all = new Set(files);
  const texts = files
    .filter(
      name =>
        TEXT.test(name) &&
        !/^[._]|^(?:readme|license|changelog)\./i.test(name) &&
        !isMisnamed(name) &&
        isMeant(name, all),
    )
    .sort()
    .slice(0, MAX_FILES)
    .map(name => path.join(place, name));
  const are = await Promise.all(texts.map(readsLikeIncident));
  return texts.filter((_, index) => are[index]);
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

function rightName(base: string): string {
  return base.replace(TEXT, '.md');
}

/** Whether a file begins with a front matter that has `status:` and `started:`. */
async function readsLikeIncident(file: string): Promise<boolean> {
  const handle = await open(file).catch(() => null);
  if (handle === null) return false;
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(4096), 0, 4096, 0);
    const text = buffer.toString('utf8', 0, bytesRead);
    return /^\uFEFF?\s*---/.test(text) && /^status[ \t]*:/m.test(text) && /^started[ \t]*:/m.test(text);
  } catch {
    return false;
  } finally {
    await handle.close();
  }
}
