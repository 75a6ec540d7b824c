// Guards before every route: security headers, cross-site POSTs refused.
import type { NextFunction, Request, RequestHandler, Response } from 'express';
import helmet from 'helmet';

/** A refusal for the error handler: an HTTP status and a sentence that may be shown. */
export class Refusal extends Error {
  readonly status: number;
  /** Members a problem's JSON has besides the usual ones, such as `errors` by field. */
  readonly more: object;

  constructor(status: number, message: string, more: object = {}) {
    super(message);
    this.status = status;
    this.more = more;
  }
}

/** Security headers; those that demand https only where the site is served by it. */
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
    // Token pages tighten it; elsewhere the product's own links may see where visitors come from.
    referrerPolicy: { policy: 'strict-origin-when-cross-origin' },
    crossOriginOpenerPolicy: https ? { policy: 'same-origin' } : false,
    originAgentCluster: false,
    // Headers for browsers long gone: every byte of them would be sent with every page.
    xDnsPrefetchControl: false,
    xDownloadOptions: false,
    xPermittedCrossDomainPolicies: false,
    xXssProtection: false,
  });
}

/** Policy of a page that others may frame: what `String.replace` is called with. */
export const FRAMED = ["frame-ancestors 'none'", 'frame-ancestors *'] as const;

export const NO_FEATURES = 'camera=(), microphone=(), geolocation=(), payment=(), usb=()';

/** The same for what is answered before Express: what is no HTTP, and everything while the program is starting. */
export const BARE_HEADERS = {
  'Content-Security-Policy': "default-src 'none'; frame-ancestors 'none'",
  'Cross-Origin-Resource-Policy': 'same-origin',
  'Permissions-Policy': NO_FEATURES,
  'Referrer-Policy': 'strict-origin-when-cross-origin',
  'X-Content-Type-Options': 'nosniff',
  'X-Frame-Options': 'SAMEORIGIN',
} as const;

/**
 * Refuses what another site's page loads as a picture, script or the like: a link that does something is followed
 * by a person, or by a program that sends no Fetch Metadata.
 */
export const refuseEmbedded: RequestHandler = (req, _res, next) => {
  if (isFromHere(req) === false && req.headers['sec-fetch-mode'] !== 'navigate')
    return next(new Refusal(403, 'This address is for people: open it by itself.'));
  next();
};

/**
 * Refuses POSTs that another site made the visitor's browser send: by Sec-Fetch-Site, else by
 * Origin; a client that sends neither (curl, a mail program) passes.
 */
export function sameSite(origins: () => readonly string[]): RequestHandler {
  return (req: Request, _res: Response, next: NextFunction) => {
    const { origin } = req.headers;
    const own = `${req.protocol}://${req.headers.host}`;
    const fine = isFromHere(req) ?? (origin === undefined || origin === own || origins().includes(origin));
    next(fine ? undefined : new Refusal(403, 'This form was sent from another site.'));
  };
}

/** Whether Fetch Metadata says that a page of ours, or the visitor, asks; null from a program without it. */
function isFromHere({ headers }: Request): boolean | null {
  const site = headers['sec-fetch-site'];
  return site === undefined ? null : site === 'same-origin' || site === 'none';
}
