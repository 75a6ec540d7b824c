// Reads the incidents folder: only changed files are read again, and a bad file keeps its last good version.
import { type BigIntStats, lstatSync, readFileSync } from 'node:fs';
import { lstat, readFile, realpath, stat } from 'node:fs/promises';
import path from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { MAX_INCIDENT_BYTES, parseIncident } from '../../core/incidents/file/parse.ts';
import { parseAfter } from '../../core/incidents/file/reparse.ts';
import { backwards } from '../../core/incidents/lint/times.ts';
import type { Incident } from '../../core/model/incident.ts';
import { type Problem, warningAt } from '../../core/model/problem.ts';
import type { Millis } from '../../core/model/time.ts';
import { makeYield } from '../../core/model/turns/steps.ts';
import {
  type Fault,
  LINKS,
  MANGLED,
  NO_FILE,
  NO_FILE_NOW,
  notUtf8,
  OUTSIDE,
  TOO_LARGE,
  UNLISTED,
} from './faults.ts';
import {
  type Bounds,
  boundsOf,
  goneFolder,
  isIncidentName,
  isWithin,
  type ListedFolder,
  list,
  mayBeMangled,
  otherCapitalsBeside,
} from './listing.ts';
import { isBeingWritten, isYoung, stampOf } from './stamps.ts';

export interface ReadFile {
  readonly file: string;
  readonly id: string;
  /** The file's metadata: while it is the same, the file is not read again. */
  readonly stamp: string;
  /** The file's time when its text last changed, epoch ms; null if this process wrote it, or it cannot be read. */
  readonly changedAt: Millis | null;
  readonly text: string | null;
  /** The last version that could be parsed; null when there was none. */
  readonly good: Incident | null;
  readonly goodText: string | null;
  readonly problems: readonly Problem[];
  /** Whether it counts as unread while no version of it was ever readable; not what is no incident. */
  readonly isMeant: boolean;
}

// In place of a stamp:
/** Read by an earlier process. */
const REMEMBERED = 'remembered';
/** Cannot be read; tried again in each round. */
const FAILED = 'failed';
/** Its name is not that of an incident. */
const MISNAMED = 'misnamed';

interface Disk {
  lstat(file: string, options: { bigint: true }): Promise<BigIntStats> | BigIntStats;
  readFile(file: string): Promise<Buffer> | Buffer;
}

const SHARED: Disk = { lstat, readFile };
/** At the start no requests wait: synchronous calls read ten thousand files in half the time. */
const ALONE: Disk = { lstat: lstatSync, readFile: readFileSync };

interface ScanContext {
  readonly folder: string;
  readonly bounds: Bounds;
  /** The known files, by path. */
  readonly known: Pick<ReadonlyMap<string, ReadFile>, 'get'>;
  /** To judge which times are in the future. */
  readonly now: Millis;
  /** A long file takes milliseconds to parse, and many files may be ready at once. */
  readonly yieldTurn: () => Promise<void>;
  readonly disk: Disk;
}

export interface Scan {
  readonly files: ReadonlyMap<string, ReadFile>;
  /** incidents/ itself as "", and the folders below, by relative path. */
  readonly folders: ReadonlyMap<string, ListedFolder>;
}

/**
 * Reads every incident file below `folder`.
 * @param first at the start: no requests wait yet.
 */
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
    const file = failedFile(reading, name, mayBeMangled(name) ? MANGLED : UNLISTED);
    // Its changes send events, and it is found by reading the whole folder alone.
    files.set(file.file, mayBeMangled(name) ? { ...file, stamp: MISNAMED } : file);
  }
  const other = await otherCapitalsBeside(folder);
  const what = `it is not read, because there is also \`${path.basename(folder)}\``;
  if (other !== null) files.set(other, unread(other, what, `move its files to \`${path.basename(folder)}\``));
  names.sort();
  for (let at = 0; at < names.length; at += 64) {
    const found = await Promise.all(names.slice(at, at + 64).map(name => readOne(reading, name)));
    for (const one of found) if (one) files.set(one.file, one);
  }
  return { files, folders };
}

/**
 * Reads the named files (relative to `folder`) again; null for a missing file, and if the whole folder must be read: it
 * is missing, or a name is not UTF-8 or not that of an incident.
 */
export async function scanFiles(
  folder: string,
  known: ScanContext['known'],
  now: Millis,
  names: ReadonlySet<string>,
): Promise<Map<string, ReadFile | null> | null> {
  const bounds = await boundsOf(folder);
  const isTriedAgain = (name: string) => known.get(path.join(folder, name))?.stamp === FAILED;
  const isOther = (name: string) => mayBeMangled(name) || !(isIncidentName(name) || isTriedAgain(name));
  if (bounds === null || [...names].some(isOther)) return null;
  const found = new Map<string, ReadFile | null>();
  const reading = { folder, bounds, known, now, yieldTurn: makeYield(nextTurn), disk: SHARED };
  for (const name of names) {
    const hidden = name.split(path.sep).some(part => part.startsWith('.'));
    if (!hidden && isIncidentName(name)) found.set(path.join(folder, name), await readOne(reading, name));
  }
  return found;
}

/**
 * The version of a file that an earlier process last read: used until the file is read, and while it cannot be. Parsed
 * on demand, as nearly all files are read at once.
 * @param name relative to `folder`.
 */
export function rememberedFile(folder: string, name: string, text: string): ReadFile {
  const file = path.join(folder, name);
  const id = idOf(name);
  let good: Incident | null | undefined;
  return {
    file,
    id,
    stamp: REMEMBERED,
    changedAt: null,
    text,
    get good() {
      if (good === undefined) good = parseIncident(file, id, text).value;
      return good;
    },
    goodText: text,
    problems: [],
    isMeant: true,
  };
}

/** Whether a later change may be missed: it may have the same stamp, happen elsewhere, or send no event in time. */
export function isRacy(file: ReadFile, now: Millis): boolean {
  return isYoung(file.stamp) || file.stamp === FAILED || isBeingWritten(file, now);
}

/** NFC: some systems store an accent separately from its letter. */
export function idOf(name: string): string {
  return path.basename(name).replace(/\.md$/i, '').normalize('NFC');
}

/** A file that cannot be read keeps its last good version. */
function failedFile({ folder, known }: ScanContext, name: string, [what, fix]: Fault): ReadFile {
  const file = path.join(folder, name);
  const id = idOf(name);
  const before = known.get(file);
  const { text = null, good = null, goodText = null } = before ?? {};
  // Keep the same list: a new one would count as a change.
  const isSame = before?.problems[0]?.what === what;
  return {
    file,
    id,
    stamp: FAILED,
    changedAt: null,
    text,
    good,
    goodText,
    isMeant: true,
    problems: isSame ? before.problems : [{ level: 'error', where: file, what, fix }],
  };
}

function unread(file: string, what: string, fix: string): ReadFile {
  const none = { changedAt: null, text: null, good: null, goodText: null, isMeant: false };
  return { file, id: path.basename(file), stamp: MISNAMED, problems: [warningAt(file, what, fix)], ...none };
}

/** The current state of a file; null when it does not exist. */
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
    const stamp = stampOf(facts, before?.stamp, disk === ALONE);
    if (before && before.stamp === stamp && !isYoung(stamp)) return before;
    if (facts.size > MAX_INCIDENT_BYTES) return failedFile(reading, name, TOO_LARGE);
    const bytes = await disk.readFile(real);
    await reading.yieldTurn();
    return parsedFile(reading, name, { stamp, changedAt: Number(facts.mtimeMs) }, bytes);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' && !isLink) return null;
    if (code === undefined) return failedFile(reading, name, [`it cannot be read (${error})`, 'shorten it']);
    const fault = (isLink && LINKS[code]) || [`it cannot be read (${code})`, 'let the server read it'];
    return failedFile(reading, name, fault);
  }
}

function parsedFile(
  { folder, known, now, disk }: ScanContext,
  name: string,
  { stamp, changedAt }: Pick<ReadFile, 'stamp' | 'changedAt'>,
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
    const what = 'its name does not begin with a date';
    problems.push(warningAt(file, what, 'name it like 20251106_api-latency-spike.md'));
  }
  const read = parseAfter(before && before.text !== text ? before.good : null, file, id, text);
  // Once accepted, it stays accepted after its start has passed.
  const isKept = before?.goodText === text || isSameSpan(before?.good, read.value);
  const turned = read.value && !isKept ? backwards(read.value, text, file, now) : null;
  const refused = turned?.level === 'error' ? [turned] : [];
  const value = refused.length > 0 ? null : read.value;
  const good = value ?? before?.good ?? null;
  return {
    file,
    id,
    stamp,
    // What the server writes is whole. Of a version that an earlier process read, it is unknown who wrote it.
    changedAt: before?.text === text && disk !== ALONE ? before.changedAt : changedAt,
    text,
    good,
    isMeant: true,
    goodText: value ? text : (before?.goodText ?? null),
    problems: [...problems, ...read.problems, ...refused],
  };
}

function isSameSpan(a: Incident | null | undefined, b: Incident | null): boolean {
  return a?.begins !== undefined && a.begins === b?.begins && a.resolved === b.resolved;
}
