// Taken off: open incidents whose files were renamed to `_NAME.md`, which is not read.
import path from 'node:path';
import { mayBeOpen } from '../../core/incidents/file/reparse.ts';
import { warningAt } from '../../core/model/problem.ts';
import type { Millis } from '../../core/model/time.ts';
import { headOf } from '../incidents/misplaced.ts';
import type { ReadFile } from '../incidents/scan.ts';
import { isUnfinished } from './absence.ts';

/**
 * Those of `gone` that stay as last read, each with a problem: nobody said that they are over. A new file with such a
 * name is a draft, and no such file.
 */
export async function takenOff(gone: readonly ReadFile[], now: Millis): Promise<readonly ReadFile[]> {
  const found = gone.map(async (file): Promise<ReadFile[]> => {
    if (!isUnfinished(file, now)) return [];
    const { dir, base } = path.parse(file.file);
    const draft = path.join(dir, `_${base}`);
    const text = await headOf(draft);
    if (text === undefined || !mayBeOpen(file.id, text, now)) return [];
    const what = `it is an open incident, renamed to _${base}, which is not read: the version last read stays`;
    // Keep the same object: a new one would count as a change.
    if (file.problems[0]?.what === what) return [file];
    const fix = `rename it back, and write in it that it is over; or delete _${base}`;
    const { id, text: last, good, goodText } = file;
    const own = { file: file.file, id, text: last, good, goodText, isMeant: true };
    return [{ ...own, stamp: 'taken off', changedAt: null, problems: [warningAt(file.file, what, fix)] }];
  });
  return (await Promise.all(found)).flat();
}
