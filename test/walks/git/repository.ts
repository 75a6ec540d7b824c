// git as an operator's hands would run it.
import { execFileSync } from 'node:child_process';

/** What git printed in that folder; throws with what it said. */
export function git(cwd: string, ...args: string[]): string {
  const who = ['-c', 'user.name=Olga', '-c', 'user.email=olga@example.com', '-c', 'init.defaultBranch=main'];
  return execFileSync('git', [...who, ...args], {
    cwd,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
    maxBuffer: 50_000_000,
  }).trim();
}
