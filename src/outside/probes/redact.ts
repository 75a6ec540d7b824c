// Removes a check's secrets from its result, wherever a library put them.
import type { Check, ProbeResult } from '../../core/model/checks/check.ts';
import { withoutSecrets } from '../../core/text/printable.ts';

/** The result without passwords, keys and header values; also in `detail` for the log. */
export function redact(check: Check, result: ProbeResult): ProbeResult {
  const secrets = secretsOf(check);
  const clean = (text: string) =>
    withoutSecrets(secrets.reduce((rest, secret) => rest.replaceAll(secret, '***'), text)).slice(0, 500);
  return {
    ...result,
    seen: clean(result.seen),
    ...(result.detail === undefined ? {} : { detail: clean(result.detail) }),
    ...(result.warning === undefined ? {} : { warning: clean(result.warning) }),
    ...(result.upstream === undefined ? {} : { upstream: clean(result.upstream) }),
  };
}

/** Settings of a check that hold a secret. */
const SECRET = /^(?:pass|password|token|secret|key)$/;

function secretsOf(check: Check): string[] {
  const found: string[] = [];
  if ('headers' in check) {
    for (const value of Object.values(check.headers)) found.push(value, ...value.split(/\s+/));
  }
  // By its name, so that a new kind of check is covered, too.
  for (const [key, value] of Object.entries(check)) {
    if (SECRET.test(key) && typeof value === 'string')
      found.push(value, Buffer.from(value).toString('base64'));
  }
  if ('url' in check && URL.canParse(check.url)) {
    const { password, searchParams } = new URL(check.url);
    found.push(password, decodePart(password), ...searchParams.values());
  }
  // Short values would also match ordinary words ("1", "on").
  return found.filter(secret => secret.length >= 5).sort((a, b) => b.length - a.length);
}

function decodePart(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
