// statuspage: the status a provider reports on its own Statuspage-like page.
import type { CheckOf, ProbeResult } from '../../core/model/checks/check.ts';
import { cut } from '../../core/text/chat-markdown.ts';
import { Finding, type ProbeFinding } from './failure.ts';
import { type Body, readBody } from './http/body.ts';
import { retrieve } from './http/redirects.ts';
import { parseJson } from './http/text.ts';
import type { CheckRunner } from './network.ts';

/**
 * Reads `URL/api/v2/summary.json`. Partial trouble is `degraded`, a major outage is `down`. There is no latency: the
 * speed of the page says nothing about the service.
 */
export const checkStatuspage: CheckRunner<CheckOf<'statuspage'>> = async (check, signal, network) => {
  const request = {
    url: summaryAddress(check.url),
    method: 'GET',
    headers: { 'user-agent': 'status-live', accept: 'application/json' },
    body: undefined,
    ip: undefined,
    http2: false,
  };
  const isWanted = (status: number) => status === 200;
  const body = await retrieve(request, 5, isWanted, signal, network, async answer => {
    if (!isWanted(answer.status)) throw new Finding(`HTTP ${answer.status}`);
    return readBody(answer, 5_000_000);
  });
  const summary = body.whole ? parse(body) : null;
  if (summary === null) throw new Finding('answered with something that is not a status summary');
  return check.component ? ofComponent(summary, check.component) : ofPage(summary);
};

/** The result for a page that could not be read, for any reason: no measurement of the service. */
export function unreadable(result: ProbeResult): ProbeResult {
  return { ...result, outcome: 'unknown', seen: `upstream status page: ${result.seen}` };
}

/** The fields we read of a summary; any of them may be missing or wrong. */
interface Summary {
  readonly status?: { readonly indicator?: unknown; readonly description?: unknown };
  readonly components?: unknown;
  readonly incidents?: unknown;
}

/** The words of Statuspage and similar pages, for the page and for a component. */
const OUTCOMES = new Map<string, ProbeResult['outcome']>([
  ['none', 'up'],
  ['operational', 'up'],
  ['maintenance', 'up'],
  ['under_maintenance', 'up'],
  ['minor', 'degraded'],
  ['major', 'degraded'],
  ['degraded', 'degraded'],
  ['degraded_performance', 'degraded'],
  ['partial_outage', 'degraded'],
  ['major_outage', 'down'],
  ['critical', 'down'],
]);

function ofPage(summary: Summary): ProbeFinding {
  const { indicator, description } = summary.status ?? {};
  const words =
    typeof description === 'string' && description.trim() !== '' ? description : readable(indicator);
  return reported(indicator, words, summary);
}

function ofComponent(summary: Summary, wanted: string): ProbeFinding {
  const name = wanted.trim().toLowerCase();
  const all = entries(summary.components);
  const component =
    all.find(({ id }) => id === wanted) ?? all.find(one => String(one.name).trim().toLowerCase() === name);
  if (!component) throw new Finding('the component is not on the page');
  return reported(component.status, readable(component.status), summary);
}

function reported(status: unknown, words: string, summary: Summary): ProbeFinding {
  const outcome = OUTCOMES.get(String(status).toLowerCase());
  if (outcome === undefined)
    throw new Finding('its status is not recognised', { cause: clip(String(status)) });
  const trouble = entries(summary.incidents).find(({ name }) => typeof name === 'string');
  const quoted = outcome === 'up' || !trouble ? '' : ` – ${clip(String(trouble.name))}`;
  const upstream = clip(words) + quoted;
  return { isRead: true, outcome, latency: null, seen: `upstream reports: ${upstream}`, upstream };
}

/** The objects in a value that should be a list of objects. */
function entries(list: unknown): Record<'id' | 'name' | 'status', unknown>[] {
  return Array.isArray(list) ? list.filter(one => typeof one === 'object' && one !== null) : [];
}

function parse({ readings }: Body): Summary | null {
  try {
    const value: unknown = parseJson(readings);
    return typeof value === 'object' && value !== null ? value : null;
  } catch {
    return null;
  }
}

/** Makes the summary's URL from the page's address or any below it, with or without the API's path. */
function summaryAddress(url: string): URL {
  const base = new URL(url.trim());
  base.search = '';
  base.hash = '';
  base.pathname = `${base.pathname.replace(/\/(api\/v2(\/([a-z-]+\.json)?)?)?$/, '')}/api/v2/summary.json`;
  return base;
}

/** `partial_outage` → "Partial Outage", as on Statuspage's pages. */
function readable(status: unknown): string {
  return String(status)
    .replaceAll('_', ' ')
    .replace(/\b\w/g, letter => letter.toUpperCase());
}

/** The provider's words, shortened, without addresses and control characters. */
function clip(words: string): string {
  const plain = words
    .replace(/\b(https?:\/\/|www\.)\S+/gi, '…')
    .replace(/[\p{C}\s]+/gu, ' ')
    .trim();
  return cut(plain, 140);
}
