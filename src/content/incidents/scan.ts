// Reading the incidents folder: only what changed is read again, and a bad file keeps its last good version.
import { isUtf8 } from 'node:buffer';
import { type BigIntStats, lstatSync, readFileSync } from 'node:fs';
import { lstat, readFile, realpath, stat } from 'node:fs/promises';
import path from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { MAX_INCIDENT_BYTES, parseIncident } from '../../core/incidents/file/parse.ts';
import { mayBeOpen, parseAfter } from '../../core/incidents/file/reparse.ts';
import { backwards } from '../../core/incidents/lint/times.ts';
import type { Incident } from '../../core/model/incident.ts';
import { type Problem, warningAt } from '../../core/model/problem.ts';
import type { Millis } from '../../core/model/time.ts';
import { makeYield } from '../../core/model/turns/steps.ts';
import { strangeLine, utf16Problem } from '../../core/text/encoding.ts';
import { type Fault, LINKS, NO_FILE, NO_FILE_NOW, OUTSIDE, TOO_LARGE, UNLISTED } from './faults.ts';
import {
  type Bounds,
  besides,
  boundsOf,
  goneFolder,
  isIncidentName,
  isWithin,
  type ListedFolder,
  list,
} from './listing.ts';

export interface ReadFile {
  readonly file: string;
  readonly id: string;
  /** What the disk said of it: while this is the same, the file is not read again. */
  readonly stamp: string;
  readonly text: string | null;
  /** The last version that could be parsed; null when there never was one. */
  readonly good: Incident | null;
  readonly goodText: string | null;
  readonly problems: readonly Problem[];
  /** Whether no version of it could ever be read, and it may be about something that is going on. */
  readonly isDoubtful: boolean;
}

/** A file changed this recently may change again within the disk's clock tick: its stamp is not believed. */
const RACY_MS = 100;
// In place of a stamp:
const RACY = 'racy';
/** An earlier process read it. */
const REMEMBERED = 'remembered';
/** It cannot be read, and is looked at again in each round. */
const FAILED = 'failed';
/** By its name it is no incident. */
const MISNAMED = 'misnamed';

interface Disk {
  lstat(file: string, options: { bigint: true }): Promise<BigIntStats> | BigIntStats;
  readFile(file: string): Promise<Buffer> | Buffer;
}

const SHARED: Disk = { lstat, readFile };
/** At start nobody waits for answers, and ten thousand files are read in half the time. */
const ALONE: Disk = { lstat: lstatSync, readFile: readFileSync };

interface ScanContext {
  readonly folder: string;
  readonly bounds: Bounds;
  /** What is known of files, by path. */
  readonly known: Pick<ReadonlyMap<string, ReadFile>, 'get'>;
  /** Judges what files say of the future. */
  readonly now: Millis;
  /** A long file takes milliseconds to parse, and the disk may have many ready at once. */
  readonly yieldTurn: () => Promise<void>;
  readonly disk: Disk;
}

export interface Scan {
  readonly files: ReadonlyMap<string, ReadFile>;
  /** incidents/ itself as "", and the folders below it, by path relative to it. */
  readonly folders: ReadonlyMap<string, ListedFolder>;
}

/** Reads every incident file below `folder`. `first`: nobody waits for answers yet. */
export async function scanFolder(
  folder: string,
  known: ScanContext['known'],
  now: Millis,
  first = false,
): Promise<Scan> {
  const files = new Map<string, ReadFile>();
  const folders = new Map<string, ListedFolder>();
  const bounds = await boundsOf(folder);
  if (bounds === null) return { files, folders: folders.set('', await goneFolder(folder)) };
  const reading = {
    folder,
    bounds,
    known,
    now,
    yieldTurn: makeYield(nextTurn),
    disk: first ? ALONE : SHARED,
  };
  const names: string[] = [];
  for (const name of await list('', bounds, folders, names, [])) {
    files.set(path.join(folder, name), failedFile(reading, name, UNLISTED));
  }
  const other = await besides(folder);
  if (other !== null) files.set(other, besideIt(folder, other));
  names.sort();
  for (let at = 0; at < names.length; at += 64) {
    const found = await Promise.all(
      names
        .slice(at, at + 64)
        .map(name => (isIncidentName(name) ? readOne(reading, name) : misnamedFile(reading, name))),
    );
    for (const one of found) if (one) files.set(one.file, one);
  }
  return { files, folders };
}

/** Reads the named files again, paths relative to `folder`: null for one that is gone, or altogether without the folder. */
export async function scanFiles(
  folder: string,
  known: ScanContext['known'],
  now: Millis,
  names: Iterable<string>,
): Promise<Map<string, ReadFile | null> | null> {
  const bounds = await boundsOf(folder);
  if (bounds === null) return null;
  const found = new Map<string, ReadFile | null>();
  const reading = { folder, bounds, known, now, yieldTurn: makeYield(nextTurn), disk: SHARED };
  for (const name of names) {
    const hidden = name.split(path.sep).some(part => part.startsWith('.'));
    if (!hidden && isIncidentName(name)) found.set(path.join(folder, name), await readOne(reading, name));
  }
  return found;
}

/**
 * What an earlier process last read well of the file `name` (relative to `folder`): it stands for the file until
 * that is read, and for as long as it cannot be. Parsed only when it is needed: nearly all files are read at once.
 */
export function rememberedFile(folder: string, name: string, text: string): ReadFile {
  const file = path.join(folder, name);
  const id = idOf(name);
  let good: Incident | null | undefined;
  return {
    file,
    id,
    stamp: REMEMBERED,
    text,
    get good() {
      if (good === undefined) good = parseIncident(file, id, text).value;
      return good;
    },
    goodText: text,
    problems: [],
    isDoubtful: false,
  };
}

/** Whether a later change may go unheard: the disk may hide it behind the same stamp, or it comes elsewhere. */
export function isRacy({ stamp }: ReadFile): boolean {
  return stamp === RACY || stamp === FAILED;
}

/** The same letters are the same id: some systems write an accent apart from its letter. */
function idOf(name: string): string {
  return path.basename(name).replace(/\.md$/i, '').normalize('NFC');
}

/** What is there and cannot be read: the last good version stays. */
function failedFile({ folder, known, now }: ScanContext, name: string, [what, fix]: Fault): ReadFile {
  const file = path.join(folder, name);
  const id = idOf(name);
  const before = known.get(file);
  const { text = null, good = null, goodText = null } = before ?? {};
  // The same list is no news.
  const isSame = before?.problems[0]?.what === what;
  return {
    file,
    id,
    stamp: FAILED,
    text,
    good,
    goodText,
    isDoubtful: good === null && mayBeOpen(id, text, now),
    problems: isSame ? before.problems : [{ level: 'error', where: file, what, fix }],
  };
}

/** A folder that differs from the right one in capitals alone: whoever wrote there waits for it. */
function besideIt(folder: string, file: string): ReadFile {
  const own = path.basename(folder);
  return unread(file, `it is not read, as there is \`${own}\` too`, `move its files to \`${own}\``);
}

/** A file that is not read, for its name: somebody may wait for what it says. */
function misnamedFile({ folder, known }: ScanContext, name: string): ReadFile {
  const file = path.join(folder, name);
  const right = path.basename(file).replace(/(?:\.md)?(?:\.\w+)?$/i, '.md');
  const what = 'it is not read: the name of an incident file ends with .md';
  return known.get(file) ?? unread(file, what, `rename it to ${right}`);
}

function unread(file: string, what: string, fix: string): ReadFile {
  const problems = [warningAt(file, what, fix)];
  const none = { text: null, good: null, goodText: null, isDoubtful: false };
  return { file, id: path.basename(file), stamp: MISNAMED, problems, ...none };
}

/** What the file `name` is now; null when there is nothing of that name. */
async function readOne(reading: ScanContext, name: string): Promise<ReadFile | null> {
  const { bounds, disk } = reading;
  const before = reading.known.get(path.join(reading.folder, name));
  let isLink = false;
  try {
    let real = path.join(bounds.root, name);
    let facts = await disk.lstat(real, { bigint: true });
    isLink = facts.isSymbolicLink();
    // Only a link, or a folder that may be one, can lead out.
    if (isLink || name.includes(path.sep)) {
      real = await realpath(real);
      if (!isWithin(real, bounds)) return failedFile(reading, name, OUTSIDE);
      facts = await stat(real, { bigint: true });
    }
    if (!facts.isFile()) return failedFile(reading, name, before?.good ? NO_FILE_NOW : NO_FILE);
    const racy = Number(facts.ctimeMs) > performance.timeOrigin + performance.now() - RACY_MS;
    const stamp = racy ? RACY : `${facts.ino}:${facts.size}:${facts.mtimeNs}:${facts.ctimeNs}`;
    if (before && before.stamp === stamp && !racy) return before;
    if (facts.size > MAX_INCIDENT_BYTES) return failedFile(reading, name, TOO_LARGE);
    const bytes = await disk.readFile(real);
    await reading.yieldTurn();
    return parsedFile(reading, name, stamp, bytes);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' && !isLink) return null;
    if (code === undefined) return failedFile(reading, name, [`it cannot be read (${error})`, 'shorten it']);
    const fault: Fault = [`it cannot be read (${code})`, 'let the server read it'];
    return failedFile(reading, name, (isLink && LINKS[code]) || fault);
  }
}

function parsedFile(
  { folder, known, now }: ScanContext,
  name: string,
  stamp: string,
  bytes: Buffer,
): ReadFile {
  const file = path.join(folder, name);
  const id = idOf(name);
  const before = known.get(file);
  const text = bytes.toString('utf8');
  if (before && before.text === text && before.stamp !== REMEMBERED && before.stamp !== FAILED)
    return { ...before, stamp };
  const problems = [...notUtf8(bytes, text, file)];
  if (!/^\d{8}_/.test(id)) {
    const what = 'its name does not begin with a day';
    problems.push(warningAt(file, what, 'name it like 20251106_api-latency-spike.md'));
  }
  const read = parseAfter(before && before.text !== text ? before.good : null, file, id, text);
  // What was taken once stays taken when the beginning it gives has come.
  const isKept = before?.goodText === text || isSameSpan(before?.good, read.value);
  const turned = read.value && !isKept ? backwards(read.value, text, file, now) : null;
  const refused = turned?.level === 'error' ? [turned] : [];
  const value = refused.length > 0 ? null : read.value;
  const good = value ?? before?.good ?? null;
  return {
    file,
    id,
    stamp,
    text,
    good,
    isDoubtful: good === null && mayBeOpen(id, text, now),
    goodText: value ? text : (before?.goodText ?? null),
    problems: [...problems, ...read.problems, ...refused],
  };
}

/** That some characters of a file cannot be read. Of UTF-16 nothing can, and that is said where it is parsed. */
export function notUtf8(bytes: Buffer, text: string, file: string): Problem[] {
  if (isUtf8(bytes) || utf16Problem(text, file)) return [];
  const what = 'it is not UTF-8: some characters show as \uFFFD';
  return [warningAt(file, what, 'save it as UTF-8', strangeLine(text) ?? 1)];
}

function isSameSpan(a: Incident | null | undefined, b: Incident | null): boolean {
  return a?.begins !== undefined && a.begins === b?.begins && a.resolved === b.resolved;
}
