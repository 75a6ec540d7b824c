// Why a file in the incidents folder cannot be read, and what to do.
import { isUtf8 } from 'node:buffer';
import { MAX_INCIDENT_BYTES } from '../../core/incidents/file/parse.ts';
import { type Problem, warningAt } from '../../core/model/problem.ts';
import { otherEncoding, strangeLine, utf16Problem } from '../../core/text/encoding.ts';

export type Fault = readonly [what: string, fix: string];

export const UNLISTED: Fault = [
  'this folder cannot be listed, or is a broken link or a link out of the folder',
  'let the server list it, put the folder itself here, or delete the link',
];
export const MANGLED: Fault = ['its name is not UTF-8, so it cannot be read', 'rename it'];
export const OUTSIDE: Fault = ['it is a link out of the folder', 'put the file itself here'];
export const NO_FILE: Fault = [
  'it is not a file, and no earlier version of it is known',
  'put the file there, or delete what is there instead',
];
export const NO_FILE_NOW: Fault = [
  'it is not a file, so the version last read is used instead',
  'put the file back, or delete what is there instead',
];
export const TOO_LARGE: Fault = [
  `it is larger than ${MAX_INCIDENT_BYTES / 1e6} MB`,
  'shorten it, or link to the rest',
];
export const LINKS: Readonly<Record<string, Fault>> = {
  ENOENT: ['it is a broken link', 'restore the file it points to, or delete the link'],
  ELOOP: ['it is a link to itself', 'put the file itself here, or delete the link'],
};

/** The problem that some characters of a file cannot be read. UTF-16 is reported where the file is parsed. */
export function notUtf8(bytes: Buffer, text: string, file: string): Problem[] {
  if (utf16Problem(text, file)) return [];
  if (isUtf8(bytes) || text.includes('\0')) return otherEncoding(text, file);
  const what = 'it is not UTF-8: some characters show as \uFFFD';
  return [warningAt(file, what, 'save it as UTF-8', strangeLine(text) ?? 1)];
}
