// Mail as files, for where there is no server: one .eml an email, to be opened with any mail program.
import { mkdir, rename, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { MailTransport } from '../../core/notify/mail.ts';
import { makeMime } from './mime.ts';

/** Mail into `folder`, each file named by its Message-ID: sent twice it stays one file. */
export function openMailFolder(folder: string, from: () => string): MailTransport {
  const mimeOf = makeMime(from, null);
  return {
    async send(mail) {
      try {
        const { bytes } = await mimeOf(mail);
        // Addresses and links that are good for them: the owner's alone, whatever the umask.
        await mkdir(folder, { recursive: true, mode: 0o700 });
        const name = mail.messageId.replace(/[^\w-]+/g, '_').replace(/^_|_$/g, '');
        const file = path.join(folder, `${name}.eml`);
        await writeFile(`${file}.tmp`, bytes, { mode: 0o600 });
        await rename(`${file}.tmp`, file);
        return { ok: true };
      } catch (error) {
        const code = (error as NodeJS.ErrnoException).code ?? 'unknown error';
        return { ok: false, failure: 'later', error: `${folder} cannot be written (${code})` };
      }
    },
    verify: async () => null,
    close: () => undefined,
  };
}
