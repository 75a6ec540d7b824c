// Notices that links were signed with another secret before: what was signed with that one no longer works.
import { StorageFault } from '../../core/model/ports/storage.ts';
import { type Problem, warningAt } from '../../core/model/problem.ts';
import { statusCommand } from '../../core/model/status-command.ts';
import { type Clock, DAY, iso, type Millis } from '../../core/model/time.ts';
import { deriveSecret } from '../../core/model/token.ts';
import type { Db } from './database.ts';
import { readMeta, writeMeta } from './meta.ts';

/** How long a new secret is a problem on /readyz. */
const NAMED: Millis = 7 * DAY;

/** Compares the secret with those that this database has known; the first one is the good one. */
export async function openSecretChange(
  db: Db,
  secret: string,
  clock: Clock,
): Promise<{ problems(): readonly Problem[] }> {
  const print = deriveSecret(secret, 'fingerprint').slice(0, 16);
  const known: Record<string, Millis> = JSON.parse((await readMeta(db, 'secrets')) ?? '{}');
  const since = known[print] ?? clock();
  if (!(print in known)) {
    known[print] = since;
    // On a full disk it is noted at a later start.
    await writeMeta(db, 'secrets', JSON.stringify(known)).catch((error: unknown) => {
      if (!(error instanceof StorageFault)) throw error;
    });
  }
  const isFirst = Object.keys(known)[0] === print;
  return {
    problems: () => (isFirst || Math.abs(clock() - since) > NAMED ? [] : [changed(since)]),
  };
}

function changed(since: Millis): Problem {
  const what = `it is another one than before, since ${iso(since)}: links in emails sent before that fail, the webhook and heartbeat addresses made with it have changed, and addresses that bounced are not recognised`;
  const fix = `put the old secret back (SECRET, or the file DATA_DIR/secret) and restart; if it is lost, give monitors and jobs their new addresses (\`${statusCommand('webhook-url')}\`, \`${statusCommand('heartbeat-url ID')}\`)`;
  return warningAt('SECRET', what, fix);
}
