// The address of the running server, left in DATA_DIR for the command line: it holds no secret.
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';

/** `publicUrl` is PUBLIC_URL, if that was set. */
interface LeftAddress {
  readonly port: number;
  readonly publicUrl: string | null;
}

const FILE = 'address.json';

export async function leaveAddress(dataDir: string, { port, publicUrl }: LeftAddress): Promise<void> {
  const text = `${JSON.stringify({ port, publicUrl })}\n`;
  // A help alone: without it, the command line takes its own settings.
  await writeFile(path.join(dataDir, FILE), text).catch(() => {});
}

/** The address of the server that ran last in DATA_DIR; null if none is known. */
export async function leftAddress(dataDir: string): Promise<LeftAddress | null> {
  try {
    const left: unknown = JSON.parse(await readFile(path.join(dataDir, FILE), 'utf8'));
    const { port, publicUrl } = left as { readonly port?: unknown; readonly publicUrl?: unknown };
    const isSound = Number.isInteger(port) && (publicUrl === null || URL.canParse(String(publicUrl)));
    return isSound ? { port: port as number, publicUrl: publicUrl as string | null } : null;
  } catch {
    return null;
  }
}
