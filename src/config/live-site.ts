// The current site: reads status.yaml again when it changes, and keeps the last good version.
import type { Outcome, Problem } from '../core/model/problem.ts';
import type { Site } from '../core/model/site.ts';
import { statusCommand } from '../core/model/status-command.ts';

export interface LiveSite {
  current(): Site;
  /** The text of the last good version. */
  goodText(): string;
  /** Reads the file again; after an invalid edit it keeps the last good site and returns the problems. */
  reload(): Promise<{ site: Site; problems: readonly Problem[]; changed: boolean }>;
}

/**
 * Opens status.yaml; null, with all problems, when it cannot be used.
 * @param file for messages.
 * @param kept the last good text of an earlier process, for a file that is unreadable or invalid: a restart must not
 * take the page down.
 */
export async function openSite(
  file: string,
  readText: () => Promise<string>,
  parse: (text: string) => Outcome<Site>,
  kept: () => Promise<string | null>,
): Promise<Outcome<LiveSite>> {
  const read = () => readText().catch((error: NodeJS.ErrnoException) => unreadable(file, error));
  const found = await read();
  const parsed = typeof found === 'string' ? parse(found) : { value: null, problems: [found] };
  const before = parsed.value ? null : await kept();
  const goodSite = parsed.value ?? (before === null ? null : parse(before).value);
  if (!goodSite) return { value: null, problems: parsed.problems };
  let text = found;
  let good = goodSite;
  let goodText = (parsed.value ? found : before) as string;
  let problems = parsed.value ? parsed.problems : parsed.problems.map(stays);
  const live: LiveSite = {
    current: () => good,
    goodText: () => goodText,
    async reload() {
      const before = good;
      const next = await read();
      if (typeof next !== 'string') return { site: good, problems: [stays(next)], changed: false };
      if (next !== text) {
        text = next;
        const parsed = parse(next);
        problems = parsed.problems;
        if (parsed.value) {
          good = parsed.value;
          goodText = next;
        }
      }
      return { site: good, problems, changed: good !== before };
    },
  };
  return { value: live, problems };
}

function stays(problem: Problem): Problem {
  return { ...problem, what: `${problem.what}, so the last valid one is still used` };
}

function unreadable(where: string, error: NodeJS.ErrnoException): Problem {
  const fix = `make a page with \`${statusCommand('init')}\`, put a status.yaml there, or set STATUS_DIR to the folder that contains one`;
  return { level: 'error', where, what: `it cannot be read (${error.code})`, fix };
}
