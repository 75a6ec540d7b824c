// Warnings: problems that an operator must fix. They are kept in memory and in the database, logged when gone, and
// mailed once.
import type { CheckResult } from '../../core/model/checks/check.ts';
import type { Component } from '../../core/model/component.ts';
import type { Site } from '../../core/model/site.ts';
import { DAY, MINUTE, type Millis } from '../../core/model/time.ts';
import {
  certificateHost,
  checkWarning,
  isCurrent,
  isMeasured,
  isSameWarning,
  metricWarning,
  ownSource,
  RETURNS,
  type Warning,
  type WarningReport,
} from '../../core/monitoring/warning.ts';
import { readWarnings, removeWarning, saveWarning } from '../../store/monitoring/warnings.ts';
import { ignoreStorageFault, lastGood } from '../timing/storage.ts';
import type { Monitoring } from './monitoring.ts';

type On = Pick<Monitoring, 'db' | 'site' | 'log'>;

/** How often the time of the last report is written: not every check should cost a write. */
const SAVED_EVERY: Millis = 10 * MINUTE;

export class Warnings {
  readonly #on: On;
  readonly #known: Map<string, Warning>;
  readonly #savedAt = new Map<string, Millis>();

  private constructor(on: On, known: readonly Warning[]) {
    this.#on = on;
    this.#known = new Map(known.map(warning => [warning.source, warning]));
  }

  static async open(on: On): Promise<Warnings> {
    return new Warnings(on, await lastGood(() => readWarnings(on.db), [])());
  }

  readonly current = (site: Site, now: Millis): readonly Warning[] =>
    [...this.#known.values()].filter(warning => warning.goneAt === null && isCurrent(warning, site, now));

  /** Takes the warning of a check, about its certificate for instance, and those about metrics read from its response. */
  async ofCheck(component: Component, result: CheckResult): Promise<void> {
    if (!isMeasured(result)) return;
    const { at, certificateEnd: end, readings = [] } = result;
    const own = checkWarning(component, result);
    for (const kind of ['certificate', 'check'] as const)
      if (kind !== own?.kind) await this.#clear(ownSource(kind, component.id), at);
    if (own) await this.report(own, at);
    for (const metric of this.#on.site().metrics.filter(({ from }) => from?.component === component.id)) {
      const reading = readings.find(({ path }) => path === metric.from?.json);
      if (!reading) continue;
      if ('fault' in reading) await this.report(metricWarning(metric, component, reading.fault), at);
      else await this.#clear(ownSource('metric', metric.id), at);
    }
    // A monitor reports only that a certificate will expire, never that it was renewed. Our own check sees the renewal.
    const host = end === undefined ? null : certificateHost(component.check);
    for (const { source, expires, host: of } of this.#known.values()) {
      if (host !== null && of === host && expires !== null && (end as Millis) > expires + DAY)
        await this.#clear(source, at);
    }
  }

  async report(report: WarningReport, now: Millis): Promise<void> {
    const before = this.#known.get(report.source);
    const isSame =
      before && (before.goneAt === null || now - before.goneAt < RETURNS) && isSameWarning(before, report);
    if (!isSame) return this.#save({ ...report, since: now, seenAt: now, mailedAt: null, goneAt: null }, now);
    const next = { ...before, ...report, seenAt: now, goneAt: null };
    const isNew = before.goneAt !== null || before.what !== report.what;
    const last = this.#savedAt.get(report.source);
    if (isNew || last === undefined || now < last || now - last >= SAVED_EVERY) return this.#save(next, now);
    this.#known.set(report.source, next);
  }

  readonly mailed = async (source: string, now: Millis): Promise<void> => {
    const before = this.#known.get(source);
    if (before) await this.#save({ ...before, mailedAt: now }, now);
  };

  /** Removes warnings that no longer apply. */
  async tidy(now: Millis): Promise<void> {
    for (const warning of this.#known.values()) {
      const { source, goneAt } = warning;
      if (goneAt === null && !isCurrent(warning, this.#on.site(), now)) await this.#clear(source, now);
      else if (goneAt !== null && now - goneAt >= RETURNS) {
        this.#known.delete(source);
        await ignoreStorageFault(removeWarning(this.#on.db, source));
      }
    }
  }

  async #clear(source: string, now: Millis): Promise<void> {
    const before = this.#known.get(source);
    if (!before || before.goneAt !== null) return;
    this.#on.log.info({ source }, `warning ended: ${before.what}`);
    await this.#save({ ...before, goneAt: now }, now);
  }

  async #save(warning: Warning, now: Millis): Promise<void> {
    this.#known.set(warning.source, warning);
    // Memory is up to date. If the write fails, the next report writes again.
    this.#savedAt.delete(warning.source);
    const saved = saveWarning(this.#on.db, warning).then(() => void this.#savedAt.set(warning.source, now));
    await ignoreStorageFault(saved);
  }
}
