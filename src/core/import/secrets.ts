// Secrets of another product's checks: status.yaml stands in git, so each becomes an environment variable.
import type { EntryRemarks } from './imported.ts';

type Header = readonly [name: string, value: string];

interface HttpRequest {
  readonly url: string;
  readonly headers: readonly Header[];
  readonly body: string | null;
}

/** Makes a variable for a secret (`AUTHORIZATION`) and says what to set it to; returns `${NAME}`. */
export type Hide = (suffix: string, what: string) => string;

/** @param prefix what the names of the variables begin with: product and check */
export function makeHide(prefix: string, say: EntryRemarks): Hide {
  return (suffix, what) => {
    const name = `${prefix}_${suffix}`.toUpperCase().replace(/[^A-Z0-9]+/g, '_');
    say.changed(`set the environment variable ${name} to ${what}`);
    return `\${${name}}`;
  };
}

/** Headers that hold no secret. */
const PLAIN =
  /^(accept|accept-(charset|encoding|language)|cache-control|content-type|host|origin|pragma|referer|user-agent)$/i;
const SECRET = /pass|token|secret|key|auth|sig|session|credential/i;

/**
 * A request with variables in place of what may be secret: headers, parameters of its address, a body that seems to hold
 * one. A login in the address becomes a header, unless there is one. What holds a variable already stays.
 * @param hasLogin whether it logs in by a user and a password of its own
 */
export function hideSecrets(request: HttpRequest, hide: Hide, hasLogin = false): HttpRequest {
  const without = (value: string, suffix: string, what: string) =>
    isVariable(value) ? value : hide(suffix, what);
  const [, scheme = '', login = '', rest = request.url] =
    /^(https?:\/\/)([^/?#@]*@)?(.*)$/is.exec(request.url.trim()) ?? [];
  const address = rest.replace(
    /([?&])([^=&#]*)=([^&#]+)/g,
    (all, mark: string, name: string, value: string) =>
      SECRET.test(name)
        ? `${mark}${name}=${without(value, `URL_${name}`, `the value of ${name} in its address`)}`
        : all,
  );
  const headers = request.headers.map(([name, value]): Header => {
    return [name, PLAIN.test(name) ? value : without(value, name, `the value of the header ${name}`)];
  });
  const isSent = headers.some(([name]) => name.toLowerCase() === 'authorization');
  const isLoginKept = isVariable(login);
  const isMoved = (hasLogin || (login !== '' && !isLoginKept)) && !isSent;
  const basic = () => `Basic ${hide('LOGIN', 'USER:PASSWORD in base64')}`;
  const { body } = request;
  return {
    url: scheme + (isLoginKept ? login : '') + address,
    headers: isMoved ? [['Authorization', basic()], ...headers] : headers,
    body: body && SECRET.test(body) ? without(body, 'BODY', 'the body of the request') : body,
  };
}

const isVariable = (value: string) => /\$\{\w+\}/.test(value);
