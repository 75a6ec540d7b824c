// Warnings: what an operator must fix, kept in memory and in the database; logged when gone, mailed once.
import type { CheckResult } from '../../core/model/checks/check.ts';
import type { Component } from '../../core/model/component.ts';
import type { Site } from '../../core/model/site.ts';
import { DAY, MINUTE, type Millis } from '../../core/model/time.ts';
import {
  certificateHost,
  certificateWarning,
  isCurrent,
  isMeasured,
  isSameWarning,
  metricWarning,
  RETURNS,
  type Warning,
  type WarningReport,
} from '../../core/monitoring/warning.ts';
import { readWarnings, removeWarning, saveWarning } from '../../store/monitoring/warnings.ts';
import { ignoreStorageFault, lastGood } from '../timing/storage.ts';
import type { Monitoring } from './monitoring.ts';

type On = Pick<Monitoring, 'db' | 'site' | 'log'>;

/** When it was reported last is written this often: no check need cost a write each time. */
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

  /** Takes what a check says of its certificate and of the metrics read from it. */
  async ofCheck(component: Component, result: CheckResult): Promise<void> {
    if (!isMeasured(result)) return;
    const { at, certificateEnd: end, readings = [] } = result;
    const certificate = certificateWarning(component, result);
    if (certificate) await this.report(certificate, at);
    else await this.#clear(`certificate:${component.id}`, at);
    for (const metric of this.#on.site().metrics.filter(({ from }) => from?.component === component.id)) {
      const reading = readings.find(({ path }) => path === metric.from?.json);
      if (!reading) continue;
      if ('fault' in reading) await this.report(metricWarning(metric, component, reading.fault), at);
      else await this.#clear(`metric:${metric.id}`, at);
    }
    // A monitor says only that a certificate will end, never that it was renewed: our own check sees it.
    const host = end === undefined ? null : certificateHost(component.check);
    for (const { source, expires, host: of } of this.#known.values()) {
      if (host !== null && of === host && expires !== null && (end as Millis) > expires + DAY)
        await this.#clear(source, at);
    }
  }

  /** Takes what a check or a monitor warns of. */
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

  /** Lets go of what concerns nobody any more. */
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
    this.#on.log.info({ source }, `no longer so: ${before.what}`);
    await this.#save({ ...before, goneAt: now }, now);
  }

  async #save(warning: Warning, now: Millis): Promise<void> {
    this.#known.set(warning.source, warning);
    // Memory goes on; what the disk did not take is written with the next report of it.
    this.#savedAt.delete(warning.source);
    const saved = saveWarning(this.#on.db, warning).then(() => void this.#savedAt.set(warning.source, now));
    await ignoreStorageFault(saved);
  }
}
