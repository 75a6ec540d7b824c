// Problems that prevent writing an incident file.
import type { SetFields } from '../incidents/file/print.ts';
import { yamlList } from '../incidents/file/yaml-values.ts';
import type { Affected } from '../model/incident.ts';
import { type Problem, warningAt } from '../model/problem.ts';
import { statusCommand } from '../model/status-command.ts';
import { iso } from '../model/time.ts';
import type { Transition } from '../model/transition.ts';

/** A transition cannot be added, because the file is written in an unusual way. */
export function unwritable(id: string, { source, kind, at }: Transition): Problem {
  const change = kind === 'up' ? 'has been up again' : 'has been failing again';
  const command = statusCommand(`incident ${kind === 'up' ? 'resolve' : 'update'} ${id}`);
  return {
    level: 'error',
    where: `incidents/${id}.md`,
    what: `${source} ${change} since ${iso(at)}, but the server cannot safely edit the file`,
    fix: `write the update yourself (\`${command}\` shows how), or put \`status:\`, \`started:\` and \`resolved:\` each on its own line in plain form; the server retries every second`,
  };
}

/** An operator changed what is affected, or how badly, and a later section says otherwise. `fields`: as it should be. */
export function notCarried(id: string, { components, severity }: SetFields): Problem {
  const lines = [
    ...(severity ? [{ key: 'severity', line: `severity: ${severity}` }] : []),
    ...(components ? [{ key: 'components', line: `components: ${yamlList(components)}` }] : []),
  ];
  const each = lines.map(({ key, line }) => `\`${line}\` below the newest heading that has \`${key}:\``);
  return warningAt(
    `incidents/${id}.md`,
    'what you changed is not what its newest section with such a line says, which counts from its time on; the server cannot safely edit that',
    `write ${each.join(', and ')}`,
  );
}

/** An operator added a component to the front matter that a section has taken off. `list`: with it. */
export function isIdle(id: string, list: readonly Affected[]): Problem {
  return warningAt(
    `incidents/${id}.md`,
    'a component that you added to the front matter counts as affected at the beginning alone, since a section took it off',
    `if it is affected now, write \`components: ${yamlList(list)}\` below the newest heading that has \`components:\`; else no action is needed`,
  );
}

/** The folder or the file is missing: do not write where it may come back. */
export function folderAway(id: string): Problem {
  return {
    level: 'warning',
    where: `incidents/${id}.md`,
    what: 'the incident cannot be written: its folder is missing, or the file itself; it is shown on the page and kept in the database',
    fix: `restore it, or run \`${statusCommand('incidents forget-missing')}\`; the server retries every second`,
  };
}

/** Why an edit would damage a file, or cannot be compared with it, and what to do. */
const UNEDITABLE: Readonly<Record<string, readonly [why: string, fix: string]>> = {
  NOT_UTF8: ['its file is not UTF-8', 'save the file as UTF-8'],
  UNREADABLE: ['its file cannot be read', 'let the server read the file, or put a file in its place'],
};

/** The folder does not take the file; `code` is the system's (ENOSPC, EROFS …), MISSING, NOT_UTF8 or UNREADABLE. */
export function unwritten(id: string, code: string): Problem {
  if (code === 'MISSING') return folderAway(id);
  const [why, fix] = UNEDITABLE[code] ?? [null, 'let the server write to the folder, or free disk space'];
  return {
    level: 'error',
    where: `incidents/${id}.md`,
    what: `the incident cannot be written${why ? `: ${why}` : ` (${code})`}; it is shown on the page and kept in the database`,
    fix: `${fix}; the server retries every second`,
  };
}
