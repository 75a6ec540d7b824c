// SMTP_URL, taken apart.

export interface SmtpSettings {
  readonly host: string;
  readonly connection: {
    readonly host: string;
    readonly port: number;
    readonly secure: boolean;
    readonly requireTLS: boolean;
    readonly ignoreTLS: boolean;
    readonly name?: string;
    readonly tls?: { readonly rejectUnauthorized: boolean };
  };
  readonly auth: { readonly user: string; readonly pass: string } | null;
}

/**
 * Reads `smtp[s]://[user:password@]host[:port]` with nodemailer's own options `?name=…`,
 * `?requireTLS=true`, `?ignoreTLS=true` and `?tls.rejectUnauthorized=false`.
 */
export function readSmtpUrl(text: string): SmtpSettings {
  const url = new URL(text);
  const is = (name: string) => url.searchParams.get(name) === 'true';
  const secure = url.protocol === 'smtps:';
  const host = url.hostname.replace(/^\[|\]$/g, '');
  const name = url.searchParams.get('name');
  const lax = url.searchParams.get('tls.rejectUnauthorized') === 'false';
  return {
    host,
    connection: {
      host,
      port: Number(url.port) || (secure ? 465 : 587),
      secure,
      requireTLS: is('requireTLS'),
      ignoreTLS: is('ignoreTLS'),
      ...(name ? { name } : {}),
      ...(lax ? { tls: { rejectUnauthorized: false } } : {}),
    },
    auth: url.username
      ? { user: decodeURIComponent(url.username), pass: decodeURIComponent(url.password) }
      : null,
  };
}
