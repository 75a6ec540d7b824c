// What git holds of an incidents folder of which nobody remembers anything: a new database, and the folder away.
import path from 'node:path';
import { pathsIn } from '../git/readable.ts';
import { lastCommitWithIncidents } from '../git/replaced.ts';
import { filesIn, GitFailure, makeGitRun, textsOf } from '../git/run.ts';
import { placeOf } from '../git/work-tree.ts';
import { isIncidentName, nearest } from '../incidents/listing.ts';

/**
 * The incident files that were committed, and that no commit deleted, by path below the incidents folder of the status
 * folder `dir`; none where git will not say.
 */
export async function committedIncidents(
  dir: string,
  variables: Readonly<Record<string, string | undefined>>,
): Promise<ReadonlyMap<string, string>> {
  const held = new Map<string, string>();
  try {
    const git = makeGitRun((await nearest(dir)) ?? dir, variables);
    const place = await placeOf(git, dir);
    const atTop = place && makeGitRun(place.top, variables);
    const commit = atTop && (await lastCommitWithIncidents(atTop, place));
    if (!commit) return held;
    const folder = (await pathsIn(atTop, place, commit)).at(-1)!;
    const files = [...(await filesIn(atTop, commit, folder))].filter(([file]) => isIncidentName(file));
    const texts = await textsOf(
      atTop,
      files.map(([, oid]) => oid),
    );
    for (const [index, [file]] of files.entries()) {
      const name = path.relative(folder, file);
      const isHidden = name.split(path.sep).some(part => part.startsWith('.'));
      if (texts[index] != null && !isHidden) held.set(name, texts[index]);
    }
  } catch (error) {
    if (!(error instanceof GitFailure)) throw error;
  }
  return held;
}
