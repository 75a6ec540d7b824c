// When nothing happens in a world: its clock may then move in longer steps.
import type { Check, Probe } from '../../src/core/model/checks/check.ts';
import type { World } from './world.ts';

/** A check that answered the same so often in a row has been judged. */
const JUDGED = 3;
/** So many ticks without news, and the next step is longer. */
const STILL = 3;
/** The longest step, s: no check may miss so many runs that its streak begins again. */
const LONGEST = 30;

/** Knows whether something happened, from the answers of the checks and from what the world shows. */
export class Stillness {
  readonly #answers = new Map<Check, { readonly outcome: string; readonly times: number }>();
  #shown = '';
  #isNews = false;
  #quiet = 0;

  /** The probe, listened to. */
  heard(probe: Probe): Probe {
    return async (check, signal) => {
      const result = await probe(check, signal);
      const { outcome } = result;
      const before = this.#answers.get(check);
      const times = before?.outcome === outcome ? before.times + 1 : 1;
      this.#answers.set(check, { outcome, times });
      if (times <= JUDGED) this.#isNews = true;
      return result;
    };
  }

  /** After a tick: the next step (s) of a clock that moved by `step`, at least by `shortest`. */
  next(
    world: Pick<World, 'system' | 'mails' | 'logged' | 'service'>,
    step: number,
    shortest: number,
  ): number {
    const { components, incidents, maintenances } = world.system.snapshot();
    const shown = JSON.stringify([
      world.mails.length,
      world.logged.filter(({ level }) => level !== 'debug').length,
      components.map(({ health }) => health),
      incidents.map(({ id, status, updates }) => [id, status, updates.length]),
      maintenances.map(({ id, state, updates }) => [id, state, updates.length]),
    ]);
    const isStill = !this.#isNews && shown === this.#shown && world.service.delay === 0;
    this.#isNews = false;
    this.#shown = shown;
    this.#quiet = isStill ? this.#quiet + 1 : 0;
    return this.#quiet < STILL ? shortest : Math.max(shortest, Math.min(2 * step, LONGEST));
  }

  /** Somebody may have changed something. */
  disturb(): void {
    this.#quiet = 0;
  }
}
