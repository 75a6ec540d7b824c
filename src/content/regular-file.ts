// Reads a regular file of the status folder: reading a pipe or a device might never end.
import { readFile, stat } from 'node:fs/promises';

/** The text of a file. Rejects like `readFile`, and with the code `not a file` for a pipe, a socket or a device. */
export async function readRegularFile(file: string): Promise<string> {
  const facts = await stat(file);
  if (!facts.isFile()) {
    const code = facts.isDirectory() ? 'EISDIR' : 'not a file';
    throw Object.assign(new Error(`${file}: ${code}`), { code });
  }
  return readFile(file, 'utf8');
}
