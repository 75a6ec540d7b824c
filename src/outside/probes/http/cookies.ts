// Cookies during one run of a check: without them, redirects for a login or a consent go in circles.
import { CookieJar } from 'tough-cookie';
import type { Millis } from '../../../core/model/time.ts';

/** Browsers allow more; a run has twenty redirects at most. */
const MAX_COOKIES = 50;
const MAX_LENGTH = 4096;

/** The cookies of one run. Unlike in browsers, another port is another server; 80 and 443 are the same. */
export class Cookies {
  readonly #now: () => Millis;
  readonly #jars = new Map<string, CookieJar>();
  #size = 0;

  constructor(now: () => Millis) {
    this.#now = now;
  }

  keep(url: URL, setCookie: string | readonly string[] = []): void {
    const jar = this.#jars.get(url.port) ?? new CookieJar();
    this.#jars.set(url.port, jar);
    for (const line of [setCookie].flat()) {
      const [pair = ''] = line.split(';', 1);
      // Skip cookies that cannot be sent back.
      if (!/^[\x20-\x7e]+$/.test(pair) || pair.length > MAX_LENGTH) continue;
      const isForTls = /;\s*secure\s*(;|$)/i.test(line) && url.protocol !== 'https:';
      if (isForTls || this.#size++ >= MAX_COOKIES) continue;
      jar.setCookieSync(line, url.href, { ignoreError: true, now: new Date(this.#now()) });
    }
  }

  /** The value of the `cookie` header for `url`; '' if there are none. */
  for(url: URL): string {
    const cookies = this.#jars.get(url.port)?.getCookiesSync(url.href, { expire: false, sort: true }) ?? [];
    // Check expiry here, because the jar uses the system clock.
    const current = cookies.filter(cookie => (cookie.expiryTime() ?? Number.POSITIVE_INFINITY) > this.#now());
    return current.map(cookie => cookie.cookieString()).join('; ');
  }
}
