// The wiring of git: the carrier of the incident files, and what it knows of their versions.
import type { Environment } from '../config/environment.ts';
import type { LiveSite } from '../config/live-site.ts';
import type { Content } from '../content/folder.ts';
import { openGit } from '../content/git.ts';
import { type Histories, openHistory } from '../content/git-history.ts';
import type { Log } from '../core/log.ts';
import { makeCarry } from '../work/carry.ts';

/** Carries the folder by git as status.yaml says; `ring` is called when files came in. */
export function openCarrier(env: Environment, content: Content, site: LiveSite, ring: () => void, log: Log) {
  const readHistory = openHistory(env.statusDir, env.variables);
  let histories: Histories = new Map();
  const carry = makeCarry({
    settings: () => site.current().git,
    incidents: content.incidents,
    sync: openGit(env.statusDir, env.variables),
    ring,
    log,
  });
  return {
    carry,
    histories: () => histories,
    /** Reads what was committed since the last look, away from any request. */
    async lookBack(): Promise<void> {
      if (site.current().history) histories = await readHistory();
    },
  };
}
