// The address of the running server, left in DATA_DIR for the command line: it holds no secret.
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Environment } from '../config/environment.ts';

const FILE = 'address.json';

/** `port` is the one that was really taken. */
export async function leaveAddress({ dataDir, publicUrl }: Environment, port: number): Promise<void> {
  const text = `${JSON.stringify({ port, publicUrl })}\n`;
  // A help alone: without it, the command line takes its own settings.
  await writeFile(path.join(dataDir, FILE), text).catch(() => {});
}

/** The settings with the address of the server that ran last in DATA_DIR, unless PUBLIC_URL or PORT is set. */
export async function withLeftAddress(env: Environment): Promise<Environment> {
  const isSet = ['PUBLIC_URL', 'PORT'].some(name => env.variables[name] || env.variables[`${name}_FILE`]);
  if (isSet) return env;
  try {
    const left: unknown = JSON.parse(await readFile(path.join(env.dataDir, FILE), 'utf8'));
    const { port, publicUrl } = left as { readonly port?: unknown; readonly publicUrl?: unknown };
    if (!Number.isInteger(port) || !(publicUrl === null || URL.canParse(String(publicUrl)))) return env;
    return { ...env, port: port as number, publicUrl: publicUrl as string | null };
  } catch {
    return env;
  }
}
