// Whether the server may write incident files: said before the first outage needs one.
import { access, constants } from 'node:fs/promises';
import path from 'node:path';
import { type Problem, warningAt } from '../core/model/problem.ts';

/** Asks the system whether this process may write into `incidents/` of the status folder `dir`; writes nothing. */
export async function writeProblems(dir: string): Promise<readonly Problem[]> {
  const folder = path.join(dir, 'incidents');
  const refusal = async (place: string): Promise<string | null> =>
    access(place, constants.W_OK | constants.X_OK).then(
      () => null,
      ({ code = 'unwritable' }: NodeJS.ErrnoException) => code,
    );
  let code = await refusal(folder);
  // It is made with the first incident.
  if (code === 'ENOENT') code = await refusal(dir);
  // A missing folder is told as such.
  if (code === null || code === 'ENOENT' || code === 'ENOTDIR') return [];
  const user = `${process.getuid?.()}:${process.getgid?.()}`;
  const fix =
    code === 'EROFS'
      ? 'mount it so that the server can write'
      : `make the server’s user its owner, as root: chown -R ${user} ${dir}`;
  const what = `the server cannot write incidents here (${code}): an outage would be on the page without a file, and the API is refused`;
  return [warningAt(folder, what, fix)];
}
