// Why a file in the incidents folder cannot be read, and what to do.
import { MAX_INCIDENT_BYTES } from '../../core/incidents/file/parse.ts';

export type Fault = readonly [what: string, fix: string];

export const UNLISTED: Fault = [
  'this folder cannot be listed, or is a link that leads nowhere or out of the folder',
  'let the server list it, put the folder itself here, or delete the link',
];
export const OUTSIDE: Fault = ['it is a link out of the folder', 'put the file itself here'];
export const NO_FILE: Fault = [
  'it is not a file, and what it should say is not known',
  'put the file there, or delete what stands in its place',
];
export const NO_FILE_NOW: Fault = [
  'it is not a file, so the version last read stands for it',
  'put the file back, or delete what stands in its place',
];
export const TOO_LARGE: Fault = [
  `it is larger than ${MAX_INCIDENT_BYTES / 1e6} MB`,
  'shorten it, or link to the rest',
];
export const LINKS: Readonly<Record<string, Fault>> = {
  ENOENT: ['it is a link that leads nowhere', 'bring back the file it leads to, or delete the link'],
  ELOOP: ['it is a link that leads to itself', 'put the file itself here, or delete the link'],
};
