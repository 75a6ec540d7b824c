// Guards before every route: security headers, and protection against cross-site requests.
import type { NextFunction, Request, RequestHandler, Response } from 'express';
import helmet from 'helmet';

/** A refusal for the error handler: an HTTP status and a sentence that may be shown. */
export class Refusal extends Error {
  readonly status: number;
  /** Extra fields of the problem JSON, such as `errors` by field. */
  readonly more: object;

  constructor(status: number, message: string, more: object = {}) {
    super(message);
    this.status = status;
    this.more = more;
  }
}

/** Security headers; those that require https only if the site uses it. */
export function securityHeaders(https: boolean): RequestHandler {
  return helmet({
    contentSecurityPolicy: {
      useDefaults: false,
      directives: {
        'default-src': ["'none'"],
        'style-src': ["'self'"],
        'script-src': ["'self'"],
        'img-src': ["'self'", 'data:', 'https:'],
        'connect-src': ["'self'"],
        'form-action': ["'self'"],
        'base-uri': ["'none'"],
        'frame-ancestors': ["'none'"],
        ...(https ? { 'upgrade-insecure-requests': [] } : {}),
      },
    },
    strictTransportSecurity: https ? { maxAge: 31_536_000 } : false,
    // Token pages are stricter. Elsewhere, our own links may send the referrer.
    referrerPolicy: { policy: 'strict-origin-when-cross-origin' },
    crossOriginOpenerPolicy: https ? { policy: 'same-origin' } : false,
    originAgentCluster: false,
    // Headers for old browsers only: their bytes would be sent with every page.
    xDnsPrefetchControl: false,
    xDownloadOptions: false,
    xPermittedCrossDomainPolicies: false,
    xXssProtection: false,
  });
}

/** Arguments of `String.replace` that make the policy of a page that any site may frame. */
export const FRAMED = ["frame-ancestors 'none'", 'frame-ancestors *'] as const;

export const NO_FEATURES = 'camera=(), microphone=(), geolocation=(), payment=(), usb=()';

/** Headers of responses sent without Express: to broken requests, and while the program starts. */
export const BARE_HEADERS = {
  'Content-Security-Policy': "default-src 'none'; frame-ancestors 'none'",
  'Cross-Origin-Resource-Policy': 'same-origin',
  'Permissions-Policy': NO_FEATURES,
  'Referrer-Policy': 'strict-origin-when-cross-origin',
  'X-Content-Type-Options': 'nosniff',
  'X-Frame-Options': 'SAMEORIGIN',
} as const;

/**
 * Refuses requests that another site's page makes for an image, a script or similar. A link that has an effect must be
 * followed by a person, or by a program without Fetch Metadata.
 */
export const refuseEmbedded: RequestHandler = (req, _res, next) => {
  if (isFromHere(req) === false && req.headers['sec-fetch-mode'] !== 'navigate')
    return next(new Refusal(403, 'This address is for people: open it directly in a browser.'));
  next();
};

/**
 * Refuses POSTs that another site made the visitor's browser send: by Sec-Fetch-Site, else by Origin. A client that
 * sends neither (curl, a mail program) passes.
 */
export function sameSite(origins: () => readonly string[]): RequestHandler {
  return (req: Request, _res: Response, next: NextFunction) => {
    const { origin } = req.headers;
    const own = `${req.protocol}://${req.headers.host}`;
    const isAllowed =
      isFromHere(req) ?? (origin === undefined || origin === own || origins().includes(origin));
    next(isAllowed ? undefined : new Refusal(403, 'This form was sent from another site.'));
  };
}

/** Whether Fetch Metadata says that the request comes from our page or the visitor; null without Fetch Metadata. */
function isFromHere({ headers }: Request): boolean | null {
  const site = headers['sec-fetch-site'];
  return site === undefined ? null : site === 'same-origin' || site === 'none';
}
