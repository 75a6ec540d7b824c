// A file read again after it changed: what was told keeps its key.
import type { Incident } from './incident.ts';
import { parseIncident } from './incident-file.ts';
import type { Outcome } from './problem.ts';

/**
 * Parses a later version of a file: where nothing in it tells whether the newest stands above or below (all
 * sections in one minute), it is read so that the updates of the version before keep their keys.
 */
export function parseAfter(
  before: Incident | null,
  file: string,
  id: string,
  source: string,
): Outcome<Incident> {
  const read = parseIncident(file, id, source);
  if (!before || !read.value || !swaps(before, read.value)) return read;
  const turned = parseIncident(file, id, source, 'oldest first');
  return turned.value && !swaps(before, turned.value) ? turned : read;
}

/** Whether the words of an update stand under another ordinal of the same time now. */
function swaps(before: Incident, after: Incident): boolean {
  const named = new Map(after.updates.map(({ key, body }) => [key, body]));
  const said = new Set(after.updates.map(({ key, body }) => `${timeOf(key)}${body}`));
  return before.updates.some(({ key, body }) => said.has(`${timeOf(key)}${body}`) && named.get(key) !== body);
}

function timeOf(key: string): string {
  return key.slice(0, key.lastIndexOf('#') + 1);
}
