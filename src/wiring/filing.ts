// The wiring of filing: from the transitions that the database keeps to markdown files in the folder.
import type { Content } from '../content/folder.ts';
import type { TemplateFolder } from '../content/templates.ts';
import type { Log } from '../core/log.ts';
import type { Clock } from '../core/time.ts';
import type { Db } from '../store/database.ts';
import * as transitions from '../store/transitions.ts';
import { type File, type Filed, makeFile } from '../work/file.ts';
import { lastGood } from '../work/storage.ts';

/** Before the first round of filing. */
const NOTHING_FILED: Filed = { wrote: false, unfiled: new Map(), gathering: new Set(), problems: [] };

/** Files what is pending; while the database cannot be read, the answer of the last time stands. */
export function openFiling(
  db: Db,
  content: Content,
  templates: TemplateFolder,
  clock: Clock,
  log: Log,
): File {
  return lastGood(
    makeFile({
      pending: () => transitions.unfiledTransitions(db),
      previousIncident: (source, seq) => transitions.incidentBefore(db, source, seq),
      markFiled: (seq, id, now) => transitions.markFiled(db, seq, id, now),
      create: content.create,
      replace: content.replace,
      templates: templates.current,
      clock,
      log,
    }),
    NOTHING_FILED,
  );
}
