// Before all tests: the program is built, for those that start it as its users do.
import { execFileSync } from 'node:child_process';

export function setup(): void {
  execFileSync(process.execPath, ['build.js'], { stdio: 'inherit' });
}
