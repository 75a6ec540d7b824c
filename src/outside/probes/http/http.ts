// http: requests a URL and judges status, text, JSON values and the certificate's expiry.
import { isDeepStrictEqual } from 'node:util';
import { query } from 'jsonpath-rfc9535';
import type { CheckOf } from '../../../core/model/checks/check.ts';
import { inRanges, parseStatuses } from '../../../core/model/checks/http-statuses.ts';
import { type Millis, SECOND } from '../../../core/model/time.ts';
import { expiryWarning } from '../certificate.ts';
import { Finding, NotKnown } from '../failure.ts';
import type { CheckRunner } from '../network.ts';
import { type Body, readBody } from './body.ts';
import type { Request } from './exchange.ts';
import { readingsIn } from './readings.ts';
import { retrieve } from './redirects.ts';
import { hasText, isText, parseJson } from './text.ts';
import { ENCODINGS } from './unpack.ts';

type HttpCheck = CheckOf<'http'>;

/** Sends the request and judges the response; the first mismatch is the finding. */
export const checkHttp: CheckRunner<HttpCheck> = async (check, signal, network, note) => {
  const started = performance.now();
  const expected = parseStatuses(check.expect) ?? [];
  const isWanted = (status: number) => inRanges(status, expected);
  return retrieve(firstRequest(check), check.redirects, isWanted, signal, network, async answer => {
    if (!isWanted(answer.status)) throw new Finding(`HTTP ${answer.status}`);
    const body = await readBody(answer, check.max_body, {
      decides: texts => {
        const decides = isDecided(check, texts);
        note(decides ? null : soFar(check, texts));
        return decides;
      },
      latest: started + check.timeout - soonBefore(check.timeout),
    });
    judgeBody(check, body);
    const total = body.at - started;
    const end = answer.certificateEnd;
    const warning = end === null ? undefined : expiryWarning(end, check.tls_days, network);
    return {
      outcome: 'up',
      latency: total,
      seen: `HTTP ${answer.status}`,
      phases: { ...answer.phases, total },
      ...(warning === undefined ? {} : { warning }),
      ...(end === null ? {} : { certificateEnd: end }),
      ...(check.reads ? { readings: readingsIn(body, check.reads) } : {}),
    };
  });
};

function firstRequest(check: HttpCheck): Request {
  const url = new URL(check.url.trim());
  const headers: Record<string, string> = {
    'user-agent': 'status-live',
    accept: '*/*',
    'accept-encoding': ENCODINGS,
  };
  for (const [name, value] of Object.entries(check.headers)) headers[name.toLowerCase()] = value;
  if (url.username !== '' || url.password !== '') {
    const pair = `${decodeURIComponent(url.username)}:${decodeURIComponent(url.password)}`;
    headers.authorization ??= `Basic ${Buffer.from(pair).toString('base64')}`;
  }
  return { url, method: check.method, headers, body: check.body, ip: check.ip, http2: check.http2 ?? false };
}

/** How long before the deadline an endless body is left: early enough on a busy machine, too. */
function soonBefore(timeout: Millis): Millis {
  return Math.min(timeout / 5, SECOND);
}

/** Whether the text so far decides the result. A forbidden text that is missing may still come. */
function isDecided({ contains, not_contains, json }: HttpCheck, texts: readonly string[]): boolean {
  if (not_contains !== undefined) return hasText(texts, not_contains);
  return json === undefined && (contains === undefined || hasText(texts, contains));
}

/** Describes a response that did not end in time and does not decide. */
function soFar({ contains, not_contains }: HttpCheck, texts: readonly string[]): string {
  if (contains !== undefined && !hasText(texts, contains))
    return 'the text was not found so far, and the answer did not end';
  return not_contains === undefined
    ? 'the answer did not end, so it cannot be read as JSON'
    : 'the unwanted text was not found so far, but the answer did not end';
}

/** A text that is found is found. What is missing in a body that cannot be decoded is not known to be missing. */
function judgeBody(check: HttpCheck, body: Body): void {
  const { unsupported, readings } = body;
  const isUnwanted = check.not_contains !== undefined && hasText(readings, check.not_contains);
  let isOpen = check.not_contains !== undefined;
  try {
    judgeText(check, body);
  } catch (error) {
    if (unsupported === null || isUnwanted) throw error;
    isOpen = true;
  }
  if (unsupported === null) return;
  const name = unsupported.replace(/[^\w.:+-]/g, '').slice(0, 40);
  if (isOpen) throw new NotKnown(`the answer's encoding "${name}" is not supported`);
}

function judgeText(check: HttpCheck, body: Body): void {
  const within = body.whole ? '' : '; only its beginning was read';
  if (check.contains !== undefined && !hasText(body.readings, check.contains)) {
    throw new Finding(`text not found in the answer${within}`);
  }
  if (check.not_contains !== undefined && hasText(body.readings, check.not_contains)) {
    throw new Finding('unwanted text found in the answer');
  }
  if (check.not_contains !== undefined) {
    if (!isText(body.readings)) throw new Finding('answered with a body that is not text');
    if (body.isCut()) throw new Finding('answered with an incomplete body');
  }
  if (check.json === undefined) return;
  if (!body.whole) throw new Finding('answer too large to be read as JSON');
  const document = documentIn(body);
  for (const [path, wanted] of Object.entries(check.json)) {
    const found = query(document, path) as unknown[];
    if (found.length === 0) throw new Finding('expected value not found in the answer', { cause: path });
    if (!found.every(value => isDeepStrictEqual(value, wanted))) {
      const cause = `${path} is ${JSON.stringify(found.length === 1 ? found[0] : found).slice(0, 200)}`;
      throw new Finding('a value in the answer is not as expected', { cause });
    }
  }
}

function documentIn({ readings }: Body): Parameters<typeof query>[0] {
  try {
    return parseJson(readings) as Parameters<typeof query>[0];
  } catch (cause) {
    throw new Finding('answer is not JSON', { cause });
  }
}
