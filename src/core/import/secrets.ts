// Secrets of another product's checks: status.yaml stands in git, so each becomes an environment variable.

type Header = readonly [name: string, value: string];

/** Makes a variable for a secret (`AUTHORIZATION`) and says which one to set; returns `${NAME}`. */
export type Hide = (secret: string, what: string) => string;

/** Headers that hold no secret. */
const PLAIN =
  /^(accept|accept-(charset|encoding|language)|cache-control|content-type|host|origin|pragma|referer|user-agent)$/i;
const SECRET = /pass|token|secret|key|auth|sig|session|credential/i;

/** Headers with variables in place of values that may be secret. */
export function withoutSecretHeaders(headers: readonly Header[], hide: Hide): Header[] {
  return headers.map(([name, value]) =>
    PLAIN.test(name)
      ? [name, value]
      : [name, hide(name.toUpperCase().replace(/[^A-Z0-9]+/g, '_'), `the value of the header ${name}`)],
  );
}

/** A body, or a variable if it seems to hold a secret. */
export function withoutSecretBody(body: string, hide: Hide): string {
  return SECRET.test(body) ? hide('BODY', 'the body of the request') : body;
}

/** An address without its login, which becomes a header, and with variables in place of secret parameters. */
export function withoutSecretAddress(
  address: string,
  hide: Hide,
): { readonly url: string; readonly headers: readonly Header[] } {
  const [, scheme = '', login = '', rest = address] =
    /^(https?:\/\/)([^/?#@]*@)?(.*)$/is.exec(address.trim()) ?? [];
  const url = rest.replace(/([?&])([^=&#]*)=([^&#]+)/g, (all, mark: string, name: string) =>
    SECRET.test(name)
      ? `${mark}${name}=${hide(`URL_${name.toUpperCase().replace(/[^A-Z0-9]+/g, '_')}`, `the value of ${name} in its address`)}`
      : all,
  );
  return { url: scheme + url, headers: login === '' ? [] : [basicLogin(hide)] };
}

/** The header of HTTP's basic authentication. */
export function basicLogin(hide: Hide): Header {
  return ['Authorization', `Basic ${hide('LOGIN', 'USER:PASSWORD in base64')}`];
}
