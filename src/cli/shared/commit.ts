// Commits the files a command wrote in the operator's name, or explains how to.
import { commitByHand } from '../../content/git/operator-commit.ts';
import type { Site } from '../../core/model/site.ts';
import { type Cli, hasDatabase } from './command.ts';

/** Commits the files that a command wrote if `content.git` syncs the folder; otherwise prints how to do it. */
export async function commitWritten(
  files: readonly string[],
  message: string,
  site: Site | null,
  cli: Cli,
): Promise<void> {
  if (files.length === 0) return;
  const { statusDir, variables } = cli.env;
  const done = await commitByHand(statusDir, variables, files, message, site?.git ?? null);
  if (done.kind === 'committed') {
    cli.out(`Committed (${done.commit}, by ${done.by}).`);
    if (done.apart) {
      cli.err(`It cannot be pushed yet: ${done.apart[0]}. Move it to the branch:\n  ${done.apart[1]}`);
      return;
    }
    const pushed = 'The server pushes it with its next pull, unless /readyz says that the sync is stopped.';
    cli.out(hasDatabase(cli) ? pushed : `Push it: ${done.push}`);
  } else if (done.kind === 'open') {
    cli.out(`Not committed. If this folder is in git:\n  ${done.commands.join('\n  ')}`);
  } else if (done.kind === 'failed') {
    cli.err(`Written, but not committed: ${done.why}. Commit it:\n  ${done.commands.join('\n  ')}`);
  } else if (site?.git) {
    cli.err(
      `Written, but \`content.git\` does not include it: ${statusDir} is not a git work tree, or git ignores the file.`,
    );
  }
}
