// The site while the program runs: status.yaml re-read when it changes, the last good one kept.
import type { Outcome, Problem } from '../core/problem.ts';
import type { Site } from '../core/site.ts';

export interface LiveSite {
  current(): Site;
  /** Reads the file again; an invalid edit keeps the last good site and says what is wrong. */
  reload(): Promise<{ site: Site; problems: readonly Problem[]; changed: boolean }>;
}

/** Opens status.yaml (`file`, for messages); null with every problem when it cannot be used. */
export async function openSite(
  file: string,
  readText: () => Promise<string>,
  parse: (text: string) => Outcome<Site>,
): Promise<Outcome<LiveSite>> {
  const read = () => readText().catch((error: NodeJS.ErrnoException) => unreadable(file, error));
  let text = await read();
  if (typeof text !== 'string') return { value: null, problems: [text] };
  const first = parse(text);
  if (!first.value) return { value: null, problems: first.problems };
  let good = first.value;
  let { problems } = first;
  const live: LiveSite = {
    current: () => good,
    async reload() {
      const before = good;
      const next = await read();
      if (typeof next !== 'string') return { site: good, problems: [next], changed: false };
      if (next !== text) {
        text = next;
        const parsed = parse(next);
        problems = parsed.problems;
        good = parsed.value ?? good;
      }
      return { site: good, problems, changed: good !== before };
    },
  };
  return { value: live, problems };
}

function unreadable(where: string, error: NodeJS.ErrnoException): Problem {
  const fix = 'put a status.yaml there, or set STATUS_DIR to the folder that holds one';
  return { level: 'error', where, what: `it cannot be read (${error.code})`, fix };
}
