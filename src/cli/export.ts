// `export DIR`: writes the whole public site as static files.
import path from 'node:path';
import { StatusFolder } from '../content/folder.ts';
import { makeWriteMirror } from '../content/mirror.ts';
import { SILENT } from '../core/model/ports/log.ts';
import { printProblem } from '../core/model/problem.ts';
import { count } from '../core/text/count.ts';
import { copyOf, readSnapshot } from '../wiring/export.ts';
import { command, databaseOf, Refused } from './shared/command.ts';

export const exporting = command(
  {
    name: 'export',
    usage: 'DIR',
    summary: 'write the whole public site as static files',
    help: 'Pages in every language, JSON, feeds, badges, calendar: any web server or bucket can serve them.\nDIR must be new, empty, or from an earlier export.',
    lacking: 'Give the folder to write to.',
  },
  async ({ words: [dir = ''] }, cli) => {
    const db = await databaseOf(cli);
    try {
      const { value: snapshot, problems } = await readSnapshot(cli.env, db, cli.clock, SILENT);
      if (!snapshot) throw new Refused(problems.map(printProblem).join('\n'));
      const missing = snapshot.problems.find(
        ({ where }) => where === path.join(cli.env.statusDir, 'incidents'),
      );
      if (missing) cli.err(printProblem(missing));
      const files = await copyOf(new StatusFolder(cli.env.statusDir), db)(snapshot);
      const done = await makeWriteMirror()(path.resolve(cli.cwd, dir), files);
      if ('what' in done) throw new Refused(printProblem(done));
      cli.out(
        `${count(done.written, 'file')} written, ${done.unchanged} unchanged, ${done.removed} removed: ${dir}`,
      );
    } finally {
      await db?.destroy();
    }
  },
);
