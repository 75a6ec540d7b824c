// What can be imported: for each kind, what the operator gives, and how it is read.
import { readdir, readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import { importCachet } from '../../core/import/cachet/cachet.ts';
import { importCstate } from '../../core/import/cstate/cstate.ts';
import { importGatus } from '../../core/import/gatus/gatus.ts';
import type { ComponentName, Imported, ImportRemark } from '../../core/import/imported.ts';
import { importStatuspage } from '../../core/import/statuspage/statuspage.ts';
import { importUpptime } from '../../core/import/upptime/upptime.ts';
import { importUptimeKuma } from '../../core/import/uptime-kuma/uptime-kuma.ts';
import { type CsvFile, importUptimeRobot, isUptimeRobotHeader } from '../../core/import/uptimerobot.ts';
import type { Millis } from '../../core/model/time.ts';
import { oneLine } from '../../core/text/printable.ts';
import { Refused } from '../shared/command.ts';
import { decoded, rowsOfCsv, textOfCsv } from '../shared/csv.ts';
import { readKumaFile } from './kuma-file.ts';

export interface Source {
  /** What to give, as the help and errors say it. */
  readonly given: string;
  /** What a path must be; either, if it is not said. */
  readonly takes?: 'files' | 'a folder';
  /**
   * Throws Refused if the source cannot be read at all.
   * @param here the components and former ones of status.yaml
   * @param now epoch ms
   * @param unread gets what is wrong with files that cannot be read; the others are taken
   * @param page which of the source's status pages; undefined: the only one
   */
  read(
    paths: readonly string[],
    here: readonly ComponentName[],
    now: Millis,
    unread: ImportRemark[],
    page: string | undefined,
  ): Promise<Imported>;
}

export const SOURCES: Readonly<Record<string, Source>> = {
  statuspage: {
    given:
      'saved responses of its API (/api/v2/incidents.json, scheduled-maintenances.json, components.json, or single incidents; /history.json), or a folder of them',
    read: async (paths, here, now, unread) =>
      ofJson(paths, unread, files => importStatuspage(files, here, now)),
  },
  cstate: {
    given: 'the folder of the site',
    takes: 'a folder',
    read: async ([folder = ''], here, now, unread) => importCstate(await filesOf(folder, unread), here, now),
  },
  'uptime-kuma': {
    given: 'its database, kuma.db',
    takes: 'files',
    read: async (paths, here, _now, _unread, page) => {
      const [file = '', ...others] = paths;
      if (others.length > 0) throw new Refused(`${others[0]}: one database at a time — give only kuma.db`);
      return importUptimeKuma(await readKumaFile(file, page), path.basename(file), here);
    },
  },
  uptimerobot: {
    given: 'its exports as CSV: monitors, and logs',
    takes: 'files',
    read: async (paths, here, _now, unread) => {
      const files = await Promise.all(paths.map(file => csvFile(file, unread)));
      return importUptimeRobot(files.flat(), here);
    },
  },
  cachet: {
    given:
      'saved answers of its API (version 2: /api/v1/incidents, schedules, components, components/groups; version 3: /api/incidents?include=components,updates and so on), or a folder of them',
    read: async (paths, here, _now, unread) => ofJson(paths, unread, files => importCachet(files, here)),
  },
  upptime: {
    given:
      'the folder of the repository, and files with its issues: answers of the API of GitHub, or of `gh issue list --json`',
    read: async (paths, here, _now, unread) => {
      const folders = await Promise.all(paths.map(async one => (await stat(one)).isDirectory()));
      const folder = paths[folders.indexOf(true)];
      if (folder === undefined)
        throw new Refused(`${paths.join(', ')}: none is a folder — give ${SOURCES.upptime!.given}`);
      const [repository, given] = await Promise.all([
        filesOf(folder, unread),
        textFiles(
          paths.filter(one => one !== folder),
          /\.json$/i,
          unread,
        ),
      ]);
      return importUpptime(repository, given, here);
    },
  },
  gatus: {
    given: 'its configuration: config.yaml, or several files or a folder of them',
    read: async (paths, here, now, unread) =>
      importGatus(await textFiles(paths, /\.ya?ml$/i, unread), here, now),
  },
};

async function csvFile(file: string, unread: ImportRemark[]): Promise<CsvFile[]> {
  const name = path.basename(file);
  const bytes = await bytesOf(file, name, unread);
  if (!bytes) return [];
  const text = textOfCsv(bytes, name);
  const lacking = 'these are not the columns of an export of UptimeRobot';
  return [{ name, rows: rowsOfCsv(text, name, isUptimeRobotHeader, lacking) }];
}

/** What is in a file; null if it cannot be read, which is said. */
async function bytesOf(file: string, name: string, unread: ImportRemark[]): Promise<Buffer | null> {
  try {
    return await readFile(file);
  } catch (error) {
    unread.push({ file: name, kind: 'wrong', what: `it cannot be read (${(error as Error).message})` });
    return null;
  }
}

/** A text file by its path below the folder that was given, with `/`. */
export interface TextFile {
  readonly name: string;
  readonly text: string;
}

/** Files as they are given, and those of folders with a name that fits. */
async function textFiles(
  paths: readonly string[],
  named: RegExp,
  unread: ImportRemark[],
): Promise<readonly TextFile[]> {
  const files = paths.map(async file => {
    if ((await stat(file)).isDirectory())
      return (await filesOf(file, unread)).filter(({ name }) => named.test(name));
    const name = path.basename(file);
    const bytes = await bytesOf(file, name, unread);
    return bytes ? [{ name, text: decoded(bytes) }] : [];
  });
  return (await Promise.all(files)).flat();
}

/** Imports JSON files, those of folders included. What is no JSON is said; throws Refused if nothing else is there. */
async function ofJson(
  paths: readonly string[],
  unread: ImportRemark[],
  read: (files: readonly { readonly name: string; readonly data: unknown }[]) => Imported,
): Promise<Imported> {
  const files: string[] = [];
  for (const file of paths) {
    if (!(await stat(file)).isDirectory()) files.push(file);
    else
      files.push(
        ...(await readdir(file, { recursive: true, withFileTypes: true }))
          .filter(one => one.name.endsWith('.json') && (one.isFile() || one.isSymbolicLink()))
          .map(one => path.join(one.parentPath, one.name))
          .sort(),
      );
  }
  const found: { name: string; data: unknown }[] = [];
  const unreadable: ImportRemark[] = [];
  for (const file of files) {
    const name = path.basename(file);
    const bytes = await bytesOf(file, name, unread);
    if (!bytes) continue;
    try {
      found.push({ name, data: JSON.parse(decoded(bytes)) });
    } catch (error) {
      const what = `this is not valid JSON (${oneLine((error as Error).message)})`;
      unreadable.push({ file: name, kind: 'wrong', what });
    }
  }
  const [first] = unreadable;
  if (first && found.length === 0) throw new Refused(`${files[0]}: ${first.what}`);
  const imported = read(found);
  return { ...imported, remarks: [...imported.remarks, ...unreadable] };
}

/** Folders of other people's programs and of git. */
const FOREIGN = new Set(['node_modules', '.git', 'themes', 'public', 'resources']);
const READ = /\.(md|ya?ml|toml|json)$/i;

/** The texts below a folder, sorted by name. */
async function filesOf(folder: string, unread: ImportRemark[]): Promise<readonly TextFile[]> {
  const found: TextFile[] = [];
  const walk = async (below: string): Promise<void> => {
    const entries = await readdir(path.join(folder, below), { withFileTypes: true });
    for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
      const name = below === '' ? entry.name : `${below}/${entry.name}`;
      if (entry.isDirectory() && !FOREIGN.has(entry.name)) await walk(name);
      else if (entry.isFile() && READ.test(entry.name)) {
        const bytes = await bytesOf(path.join(folder, name), name, unread);
        if (bytes) found.push({ name, text: decoded(bytes) });
      }
    }
  };
  await walk('');
  return found;
}
