// Warnings: what an operator must fix, kept in memory and in the database; logged when gone, mailed once.
import type { CheckResult } from '../../core/model/checks/check.ts';
import type { Component } from '../../core/model/component.ts';
import type { Log } from '../../core/model/ports/log.ts';
import type { Site } from '../../core/model/site.ts';
import { DAY, MINUTE, type Millis } from '../../core/model/time.ts';
import {
  certificateHost,
  certificateNotice,
  isCurrent,
  metricNotice,
  type Notice,
  RETURNS,
  tells,
  type Warning,
} from '../../core/monitoring/warning.ts';
import { ignoreStorageFault } from '../timing/storage.ts';

export interface WarnDeps {
  readonly read: () => Promise<readonly Warning[]>;
  readonly save: (warning: Warning) => Promise<void>;
  readonly remove: (source: string) => Promise<void>;
  readonly site: () => Site;
  readonly log: Log;
}

export interface Warn {
  /** What stands at a moment. */
  current(site: Site, now: Millis): readonly Warning[];
  /** Takes what a check says of its certificate and of the metrics read from it. */
  heed(component: Component, result: CheckResult): Promise<void>;
  /** Takes what a monitor warns of. */
  warned(notice: Notice, now: Millis): Promise<void>;
  /** Notes that the operators were mailed. */
  mailed(source: string, now: Millis): Promise<void>;
  /** Lets go of what concerns nobody any more. */
  tidy(now: Millis): Promise<void>;
}

/** The last time it was said is written this often: no check need cost a write each time. */
const SAVED_EVERY: Millis = 10 * MINUTE;

export async function openWarn({ read, save, remove, site, log }: WarnDeps): Promise<Warn> {
  const known = new Map((await read()).map(warning => [warning.source, warning]));
  const savedAt = new Map<string, Millis>();

  const keep = async (warning: Warning, now: Millis) => {
    known.set(warning.source, warning);
    // Memory goes on; what the disk did not take is written with the next word of it.
    savedAt.delete(warning.source);
    await ignoreStorageFault(save(warning).then(() => void savedAt.set(warning.source, now)));
  };
  const put = async (notice: Notice, now: Millis) => {
    const before = known.get(notice.source);
    const same =
      before && (before.goneAt === null || now - before.goneAt < RETURNS) && isSame(before, notice);
    if (!same) return keep({ ...notice, since: now, seenAt: now, mailedAt: null, goneAt: null }, now);
    const next = { ...before, ...notice, seenAt: now, goneAt: null };
    const isNew = before.goneAt !== null || before.what !== notice.what;
    const last = savedAt.get(notice.source);
    if (isNew || last === undefined || now < last || now - last >= SAVED_EVERY) return keep(next, now);
    known.set(notice.source, next);
  };
  const clear = async (source: string, now: Millis) => {
    const before = known.get(source);
    if (!before || before.goneAt !== null) return;
    log.info({ source }, `no longer so: ${before.what}`);
    await keep({ ...before, goneAt: now }, now);
  };

  return {
    current: (of, now) =>
      [...known.values()].filter(warning => warning.goneAt === null && isCurrent(warning, of, now)),
    async heed(component, result) {
      if (!tells(result)) return;
      const { at, certificateEnd: end, readings = [] } = result;
      const certificate = certificateNotice(component, result);
      if (certificate) await put(certificate, at);
      else await clear(`certificate:${component.id}`, at);
      for (const metric of site().metrics.filter(({ from }) => from?.component === component.id)) {
        const reading = readings.find(({ path }) => path === metric.from?.json);
        if (!reading) continue;
        if ('fault' in reading) await put(metricNotice(metric, component, reading.fault), at);
        else await clear(`metric:${metric.id}`, at);
      }
      // A monitor says only that a certificate will end, never that it was renewed: our own check sees it.
      const host = end === undefined ? null : certificateHost(component.check);
      for (const { source, expires, host: of } of known.values()) {
        if (host !== null && of === host && expires !== null && (end as Millis) > expires + DAY) {
          await clear(source, at);
        }
      }
    },
    warned: put,
    async mailed(source, now) {
      const before = known.get(source);
      if (before) await keep({ ...before, mailedAt: now }, now);
    },
    async tidy(now) {
      for (const warning of known.values()) {
        const { source, goneAt } = warning;
        if (goneAt === null && !isCurrent(warning, site(), now)) await clear(source, now);
        else if (goneAt !== null && now - goneAt >= RETURNS) {
          known.delete(source);
          await ignoreStorageFault(remove(source));
        }
      }
    },
  };
}

/** A monitor that names another day speaks of another certificate; a check behind a balancer may see two. */
function isSame(before: Warning, { source, expires }: Notice): boolean {
  if (/^(certificate|metric):/.test(source) || before.expires === null || expires === null) return true;
  return Math.abs(before.expires - expires) <= DAY;
}
