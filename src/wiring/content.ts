// Opens the content: the operators' files, git, and the Snapshot composed from them.
import { openTemplates, type TemplateFolder } from '../content/templates.ts';
import { writeProblems } from '../content/writable.ts';
import { StorageFault } from '../core/model/ports/storage.ts';
import type { Problem } from '../core/model/problem.ts';
import type { Millis } from '../core/model/time.ts';
import { unsentProblems } from '../core/notify/mail.ts';
import { makeReadOutages } from '../store/incidents/recorded-transitions.ts';
import { CarriedEdits, NOTHING_CARRIED } from '../work/incidents/carried-edits.ts';
import { makeFile } from '../work/incidents/file.ts';
import { FirstSeen } from '../work/incidents/first-seen.ts';
import { LastGoodFiles } from '../work/incidents/last-good-files.ts';
import { Plans } from '../work/incidents/plans.ts';
import { Refresh } from '../work/incidents/refresh.ts';
import { makeMetricDays } from '../work/monitoring/metrics.ts';
import { makeResponses } from '../work/monitoring/responses.ts';
import { GitSync, type Writer } from '../work/publish/git-sync.ts';
import { Mirror } from '../work/publish/mirror.ts';
import { ignoreStorageFault, lastGood, type Storage } from '../work/timing/storage.ts';
import type { Base } from './base.ts';
import { exportInto } from './export.ts';
import type { MonitoringParts } from './monitoring.ts';

export type Content = Awaited<ReturnType<typeof openContent>>;

/** Opens the content and composes the first Snapshot. */
export async function openContent(base: Base, monitoring: MonitoringParts) {
  const { env, db, storage, folder, clockSteps, secretChange, clock, monotonic, log } = base;
  const { recorder, network, warnings, watchdog } = monitoring;
  const snapshot = () => refresh.current();
  const mirror = new Mirror({ snapshot, write: exportInto(env, folder, db), monotonic, log });
  const git = await GitSync.open({ ...base, dir: env.statusDir, variables: env.variables }, clock());
  const templates = openTemplates(env.statusDir);
  const others = () =>
    [clockSteps, secretChange, monitoring.pauses, git, mirror].flatMap(one => one.problems());
  const { save, ...facts } = await openFolderFacts(base, recorder, git, templates, others);
  const outages = lastGood(makeReadOutages(db), {});
  const firstSeen = new FirstSeen(db, 'server');
  const named = firstSeen.unfiled;
  const writerOf = (...whose: Parameters<GitSync['writer']>) => whileLeading(storage, git.writer(...whose));
  const edits = new CarriedEdits({ db, writer: writerOf('machine'), named });
  const { writer } = edits;
  const apiWriter = (by: string | null) => edits.keeping(writerOf('api', by));
  const refresh: Refresh = await Refresh.open(
    {
      ...facts,
      carry: lastGood((files, site, now) => edits.round(files, site, now), NOTHING_CARRIED),
      file: makeFile({ ...base, writer, templates: templates.current, named, outages, recorder }),
      histories: () => git.histories,
      metrics: lastGood(makeMetricDays(db), new Map()),
      responses: lastGood(makeResponses(db), new Map()),
      recorder,
      outages,
      network,
      firstSeen,
      plans: new Plans(db, 'server'),
      warnings: warnings.current,
      watchdog,
      log,
    },
    clock(),
  );
  return { git, apiWriter, mirror, refresh, snapshot, save: () => save(snapshot().missingSince) };
}

/** A writer that refuses when another process may lead: the folder may be the same. */
function whileLeading({ leads }: Storage, { create, replace }: Writer): Writer {
  const mustLead = () => {
    if (!leads()) throw new StorageFault('away', 'the lock of the leader');
  };
  return {
    async create(...file) {
      mustLead();
      return create(...file);
    },
    async replace(...file) {
      mustLead();
      return replace(...file);
    },
  };
}

/** Reads the folder in each round; `others` are problems of the folder, besides those of its files. */
async function openFolderFacts(
  { db, env, folder, siteFile, log }: Base,
  recorder: MonitoringParts['recorder'],
  git: GitSync,
  templates: TemplateFolder,
  others: () => readonly Problem[],
) {
  // The last good texts must be there first: no incident may have been read before.
  const { kept, missingSince } = await LastGoodFiles.open(db, folder, log);
  return {
    async site() {
      const now = await siteFile.reload();
      if (now.changed) await recorder.note(now.site);
      const found = [
        ...others(),
        ...unsentProblems(env, now.site),
        ...(await templates.read()),
        ...(await writeProblems(env.statusDir)),
      ];
      return { ...now, problems: [...now.problems, ...found] };
    },
    missingSince,
    async files() {
      await kept.catchUp();
      const files = await folder.incidents();
      // Until the kept texts are read, missing files cannot be detected.
      return { ...files, unread: [...files.unread, ...git.unread(), ...(kept.isRecalled ? [] : [null])] };
    },
    /**
     * Saves the last good texts, for a start at which the files cannot be read, and since when the folder is missing.
     */
    save: (since: Millis | null) =>
      ignoreStorageFault(kept.round({ missingSince: since, site: siteFile.goodText() })),
  };
}
