// Mail as files, if there is no server: one .eml per email, for any mail program.
import { mkdir, rename, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Log } from '../../core/model/ports/log.ts';
import type { MailTransport } from '../../core/notify/mail.ts';
import { makeMime } from './mime.ts';

/**
 * Writes emails to `folder` and logs each file, so that whoever tries the server out finds the link to confirm. Files are
 * named by Message-ID, so that a repeated email stays one file and the log contains no address.
 */
export function openMailFolder(folder: string, from: () => string, log: Log): MailTransport {
  const mimeOf = makeMime(from, null, undefined, '8bit');
  return {
    async send(mail) {
      try {
        const { bytes } = await mimeOf(mail);
        // Emails contain addresses and working links, so only the owner may read them, whatever the umask.
        await mkdir(folder, { recursive: true, mode: 0o700 });
        const name = mail.messageId.replace(/[^\w-]+/g, '_').replace(/^_|_$/g, '');
        const file = path.join(folder, `${name}.eml`);
        await writeFile(`${file}.tmp`, bytes, { mode: 0o600 });
        await rename(`${file}.tmp`, file);
        log.info({ file }, 'no SMTP_URL: an email was written to a file; open it in a mail program');
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
