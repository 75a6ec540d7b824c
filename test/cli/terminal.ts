// A terminal for tests: a status folder of its own, a clock that stands, and everything a command said.
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { onTestFinished } from 'vitest';
import type { Cli, Command } from '../../src/cli/shared/command.ts';
import { readEnvironment, type Variables } from '../../src/config/environment.ts';

const SITE = `title: Levqor Status
components:
  - { id: api, name: API, check: { type: manual } }
  - { id: database, name: Database, check: { type: manual } }
  - { id: jobs, name: Background Jobs, check: { type: heartbeat, period: 5m, grace: 1m } }
`;

export interface Terminal {
  readonly dir: string;
  readonly cli: Cli;
  /** Runs a command; its exit code and what it said. */
  run(command: Command | undefined, ...args: string[]): Promise<{ code: number; out: string; err: string }>;
  write(name: string, text: string): Promise<string>;
}

export const NOW = Date.UTC(2026, 10, 23, 10, 6);

/** Opens a terminal on a fresh folder, removed when the test ends; `variables` beside those it has. */
export async function openTerminal(site = SITE, variables: Variables = {}): Promise<Terminal> {
  const dir = await mkdtemp(path.join(tmpdir(), 'status-live-cli-'));
  onTestFinished(() => rm(dir, { recursive: true, force: true }));
  const said = { out: '', err: '' };
  const { value: env } = readEnvironment(
    { PUBLIC_URL: 'https://status.levqor.ai', SECRET: 'only this test knows it', ...variables },
    dir,
  );
  const cli: Cli = {
    env: env!,
    cwd: dir,
    clock: () => NOW,
    out: text => {
      said.out += `${text}\n`;
    },
    err: text => {
      said.err += `${text}\n`;
    },
    interactive: false,
  };
  const write = async (name: string, text: string) => {
    const file = path.join(dir, 'status', name);
    await mkdir(path.dirname(file), { recursive: true });
    await writeFile(file, text);
    return file;
  };
  await write('status.yaml', site);
  await mkdir(path.join(dir, 'status', 'incidents'));
  return {
    dir,
    cli,
    write,
    async run(command, ...args) {
      said.out = '';
      said.err = '';
      const code = await command!.run(args, cli);
      return { code, ...said };
    },
  };
}
