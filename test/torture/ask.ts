// One HTTP request on a connection of its own, so that a kept-alive one to a killed server never confuses.
import { request } from 'node:http';

export interface Answer {
  readonly status: number;
  readonly text: string;
}

let visitor = 0;

/** Asks; rejects when the connection breaks or nothing comes for `patience` ms. Every visitor is new. */
export function ask(
  url: string,
  body?: string,
  type = 'application/json',
  patience = 15_000,
): Promise<Answer> {
  visitor = (visitor + 1) % 60_000;
  const address = `10.${visitor >> 16}.${(visitor >> 8) & 255}.${visitor & 255}`;
  return new Promise((resolve, reject) => {
    const headers = {
      'x-forwarded-for': address,
      ...(body === undefined ? {} : { 'content-type': type, 'content-length': Buffer.byteLength(body) }),
    };
    const asked = request(
      url,
      { agent: false, method: body === undefined ? 'GET' : 'POST', headers },
      answer => {
        let text = '';
        answer.setEncoding('utf8');
        answer.on('data', chunk => {
          text += chunk;
        });
        answer.on('end', () => resolve({ status: answer.statusCode ?? 0, text }));
        answer.on('error', reject);
      },
    );
    asked.setTimeout(patience, () => asked.destroy(new Error(`no answer in ${patience} ms`)));
    asked.on('error', reject);
    asked.end(body);
  });
}

/** Reads server-sent events until the connection ends; tells of each. */
export function listen(url: string, told: () => void): Promise<void> {
  return new Promise(resolve => {
    const asked = request(url, { agent: false, headers: { accept: 'text/event-stream' } }, answer => {
      answer.on('data', told);
      answer.on('close', resolve);
      answer.on('error', () => resolve());
    });
    asked.on('error', () => resolve());
    asked.end();
  });
}
