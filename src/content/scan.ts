// Reading the incidents folder: only what changed is read again, and a bad file keeps its last good version.

import { isUtf8 } from 'node:buffer';
import { type BigIntStats, lstatSync, readFileSync } from 'node:fs';
import { lstat, readFile, realpath, stat } from 'node:fs/promises';
import path from 'node:path';
import { setImmediate as breathe } from 'node:timers/promises';
import { MAX_INCIDENT_BYTES, parseIncident } from '../core/incidents/file/parse.ts';
import { mayBeOpen, parseAfter } from '../core/incidents/file/reparse.ts';
import { backwards } from '../core/incidents/lint/times.ts';
import type { Incident } from '../core/model/incident.ts';
import type { Problem } from '../core/model/problem.ts';
import type { Millis } from '../core/model/time.ts';
import { makeBreath } from '../core/page/steps.ts';
import { type Bounds, boundsOf, isIncidentName, isWithin, list, type Place } from './listing.ts';

/** One incident file as last read. */
export interface Entry {
  readonly file: string;
  readonly id: string;
  /** What the disk said of it: when this is the same, the file is not read again. */
  readonly stamp: string;
  readonly text: string | null;
  /** The last version that could be parsed; null when there never was one. */
  readonly good: Incident | null;
  /** The text of that version. */
  readonly goodText: string | null;
  readonly problems: readonly Problem[];
  /** Whether no version of it could ever be read, and it may be about something that is going on. */
  readonly isDoubtful: boolean;
}

/** A file changed this recently may change again within the disk's clock tick: its stamp is not believed. */
const RACY_MS = 100;
const RACY = 'racy';
/** No file's stamp: what is remembered of it was read by an earlier process. */
const REMEMBERED = 'remembered';
/** No file's stamp: what stands there cannot be read, and it is looked at again in each round. */
const FAILED = 'failed';
/** No file's stamp: what stands there is no incident, by its name. */
const MISNAMED = 'misnamed';

/** What is known of files, by path. */
export type Known = Pick<ReadonlyMap<string, Entry>, 'get'>;

interface Disk {
  lstat(file: string, options: { bigint: true }): Promise<BigIntStats> | BigIntStats;
  readFile(file: string): Promise<Buffer> | Buffer;
}

const SHARED: Disk = { lstat, readFile };
/** At start nobody waits for answers, and ten thousand files are read in half the time. */
const ALONE: Disk = { lstat: lstatSync, readFile: readFileSync };

/** All that one look found. */
export interface Scan {
  readonly files: ReadonlyMap<string, Entry>;
  /** incidents/ itself as "", and the folders below it, by path relative to it. */
  readonly folders: ReadonlyMap<string, Place>;
}

/**
 * Reads every incident file below `folder`; `known` are the entries of the scan before, by path. `now` judges what
 * they say of the future. `first`: nobody waits for answers yet.
 */
export async function scanFolder(folder: string, known: Known, now: Millis, first = false): Promise<Scan> {
  const files = new Map<string, Entry>();
  const folders = new Map<string, Place>();
  const bounds = await boundsOf(folder);
  if (bounds === null) {
    const failed = await realpath(folder).then(
      () => 'ENOENT',
      ({ code: why }: NodeJS.ErrnoException) => why ?? 'unknown error',
    );
    const isLink = await lstat(folder).then(
      facts => facts.isSymbolicLink(),
      () => false,
    );
    const code = failed === 'ENOENT' && isLink ? 'a link that leads nowhere' : failed;
    return { files, folders: folders.set('', { identity: null, code }) };
  }
  const names: string[] = [];
  for (const name of await list('', bounds, folders, names, [])) {
    const file = path.join(folder, name);
    // Nobody can say what is in it.
    files.set(file, failedEntry(file, known, name, UNLISTED, now));
  }
  names.sort();
  const disk = first ? ALONE : SHARED;
  const breath = makeBreath(breathe);
  for (let index = 0; index < names.length; index += 64) {
    const batch = names.slice(index, index + 64);
    const entries = await Promise.all(
      batch.map(name =>
        isIncidentName(name)
          ? readEntry(bounds, folder, name, known, now, breath, disk)
          : misnamedEntry(path.join(folder, name), known),
      ),
    );
    for (const entry of entries) if (entry) files.set(entry.file, entry);
  }
  return { files, folders };
}

/**
 * Reads the named files again, paths relative to `folder`: what each is now, null for one that is gone.
 * Null altogether when the folder itself is gone.
 */
export async function scanFiles(
  folder: string,
  known: Known,
  now: Millis,
  names: Iterable<string>,
): Promise<Map<string, Entry | null> | null> {
  const bounds = await boundsOf(folder);
  if (bounds === null) return null;
  const found = new Map<string, Entry | null>();
  const breath = makeBreath(breathe);
  for (const name of names) {
    const hidden = name.split(path.sep).some(part => part.startsWith('.'));
    if (hidden || !isIncidentName(name)) continue;
    found.set(path.join(folder, name), await readEntry(bounds, folder, name, known, now, breath));
  }
  return found;
}

/**
 * What an earlier process last read well of the file `name` (relative to `folder`): it stands for the file until
 * that is read, and for as long as it cannot be. Parsed only when it is needed: nearly all files are read at once.
 */
export function rememberedEntry(folder: string, name: string, text: string): Entry {
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
export function isRacy({ stamp }: Entry): boolean {
  return stamp === RACY || stamp === FAILED;
}

/** The same letters are the same id: some systems write an accent apart from its letter. */
function idOf(name: string): string {
  return path.basename(name).replace(/\.md$/i, '').normalize('NFC');
}

/** What is wrong with an entry, and what to do. */
type Fault = readonly [what: string, fix: string];

const UNLISTED: Fault = [
  'this folder cannot be listed, or is a link that leads nowhere or out of the folder',
  'let the server list it, put the folder itself here, or delete the link',
];
const OUTSIDE: Fault = ['it is a link out of the folder', 'put the file itself here'];
/** Only of what was read well once a version stands for it. */
const noFile = (wasRead: boolean): Fault =>
  wasRead
    ? [
        'it is not a file, so the version last read stands for it',
        'put the file back, or delete what stands in its place',
      ]
    : [
        'it is not a file, and what it should say is not known',
        'put the file there, or delete what stands in its place',
      ];
const LINKS: Readonly<Record<string, Fault>> = {
  ENOENT: ['it is a link that leads nowhere', 'bring back the file it leads to, or delete the link'],
  ELOOP: ['it is a link that leads to itself', 'put the file itself here, or delete the link'],
};

/** What stands there and cannot be read: the last good version stays. */
function failedEntry(file: string, known: Known, name: string, [what, fix]: Fault, now: Millis): Entry {
  const before = known.get(file);
  const [told] = before?.problems ?? [];
  const good = before?.good ?? null;
  return {
    file,
    id: idOf(name),
    stamp: FAILED,
    text: before?.text ?? null,
    good,
    goodText: before?.goodText ?? null,
    isDoubtful: good === null && mayBeOpen(idOf(name), before?.text ?? null, now),
    // The same list is no news.
    problems: before && told?.what === what ? before.problems : [{ level: 'error', where: file, what, fix }],
  };
}

/** A file that is not read, for its name: somebody may wait for what stands in it. */
function misnamedEntry(file: string, known: Known): Entry {
  const before = known.get(file);
  if (before) return before;
  const id = path.basename(file);
  const fix = `rename it to ${id.replace(/(?:\.md)?(?:\.\w+)?$/i, '.md')}`;
  const what = 'it is not read: the name of an incident file ends with .md';
  const problems: Problem[] = [{ level: 'warning', where: file, what, fix }];
  return { file, id, stamp: MISNAMED, text: null, good: null, goodText: null, problems, isDoubtful: false };
}

/** What the file `name` is now, parsed when `breath` gives it its turn; null when there is nothing of that name. */
async function readEntry(
  bounds: Bounds,
  folder: string,
  name: string,
  known: Known,
  now: Millis,
  breath: () => Promise<void>,
  disk: Disk = SHARED,
): Promise<Entry | null> {
  const file = path.join(folder, name);
  const before = known.get(file);
  const failed = (fault: Fault) => failedEntry(file, known, name, fault, now);
  let isLink = false;
  try {
    let real = path.join(bounds.root, name);
    let facts = await disk.lstat(real, { bigint: true });
    isLink = facts.isSymbolicLink();
    // Only a link, or a folder that may be one, can lead out.
    if (isLink || name.includes(path.sep)) {
      real = await realpath(real);
      if (!isWithin(real, bounds)) return failed(OUTSIDE);
      facts = await stat(real, { bigint: true });
    }
    if (!facts.isFile()) return failed(noFile(before?.good != null));
    const racy = Number(facts.ctimeMs) > performance.timeOrigin + performance.now() - RACY_MS;
    const stamp = racy ? RACY : `${facts.ino}:${facts.size}:${facts.mtimeNs}:${facts.ctimeNs}`;
    if (before && before.stamp === stamp && !racy) return before;
    if (facts.size > MAX_INCIDENT_BYTES) {
      return failed([`it is larger than ${MAX_INCIDENT_BYTES / 1e6} MB`, 'shorten it, or link to the rest']);
    }
    const bytes = await disk.readFile(real);
    // A long one takes milliseconds to parse, and the disk may have many ready at once.
    await breath();
    return parseEntry(file, idOf(name), stamp, bytes, before, now);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' && !isLink) return null;
    if (code === undefined) return failed([`it cannot be read (${error})`, 'shorten it']);
    return failed((isLink && LINKS[code]) || [`it cannot be read (${code})`, 'let the server read it']);
  }
}

function parseEntry(
  file: string,
  id: string,
  stamp: string,
  bytes: Buffer,
  before: Entry | undefined,
  now: Millis,
): Entry {
  const text = bytes.toString('utf8');
  if (before && before.text === text && before.stamp !== REMEMBERED && before.stamp !== FAILED)
    return { ...before, stamp };
  const problems: Problem[] = [];
  if (!isUtf8(bytes)) {
    const what = 'it is not UTF-8: some characters show as \uFFFD';
    problems.push({ level: 'warning', where: file, what, fix: 'save it as UTF-8' });
  }
  if (!/^\d{8}_/.test(id)) {
    const what = 'its name does not begin with a day';
    problems.push({ level: 'warning', where: file, what, fix: 'name it like 20251106_api-latency-spike.md' });
  }
  const prior = before && before.text !== text ? before.good : null;
  const read = parseAfter(prior, file, id, text);
  // What was taken once stays taken when the beginning it gives has come.
  const was = before?.good;
  const isKept =
    before?.goodText === text ||
    (was?.begins !== undefined && was.begins === read.value?.begins && was.resolved === read.value.resolved);
  const turned = read.value && !isKept ? backwards(read.value, text, file, now) : null;
  const parsed = turned?.level === 'error' ? { value: null, problems: [...read.problems, turned] } : read;
  const good = parsed.value ?? before?.good ?? null;
  return {
    file,
    id,
    stamp,
    text,
    good,
    isDoubtful: good === null && mayBeOpen(id, text, now),
    goodText: parsed.value ? text : (before?.goodText ?? null),
    problems: [...problems, ...parsed.problems],
  };
}
