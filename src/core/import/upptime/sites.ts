// Upptime's `.upptimerc.yml`: its sites as components with checks.
import { faultOfCron } from '../../model/checks/cron.ts';
import { parseStatuses } from '../../model/checks/http-statuses.ts';
import { MINUTE, SECOND } from '../../model/time.ts';
import {
  expectOf,
  hostPort,
  portOf,
  printDuration,
  sayVariables,
  socketCheck,
  soundCheck,
  soundHeaders,
  VERIFIED_HERE,
  type WrittenCheck,
} from '../foreign-checks.ts';
import { type ForeignRecord, isRecord, recordsIn, textOf } from '../foreign-yaml.ts';
import {
  type ComponentIds,
  type EntryRemarks,
  type ImportedComponent,
  type Remarks,
  uniqueIds,
} from '../imported.ts';
import { type Hide, hideSecrets, makeHide } from '../secrets.ts';
import { siteSlug } from './slug.ts';

export interface UpptimeSite {
  readonly slug: string;
  readonly component: ImportedComponent;
}

/** The settings of a site that are read here. */
const TAKEN_OF_SITE = new Set([
  ...['name', 'url', 'slug', 'check', 'type', 'location', 'port', 'method', 'headers', 'body', 'ipv6'],
  ...['expectedStatusCodes', 'maxResponseTime', 'maxRedirects', 'requestTimeout'],
  ...['__dangerous__body_down', '__dangerous__body_down_if_text_missing'],
  ...['__dangerous__body_degraded', '__dangerous__body_degraded_if_text_missing'],
  ...['__dangerous__insecure', '__dangerous__disable_verify_peer', '__dangerous__disable_verify_host'],
]);

/**
 * The sites of a configuration.
 * @param slugOf the slug that the repository uses for a site's name, if it says one
 */
export function sitesOf(
  config: ForeignRecord,
  slugOf: (name: string) => string | undefined,
  ids: ComponentIds,
  file: string,
  remarks: Remarks,
): readonly UpptimeSite[] {
  const say = remarks.about(file);
  const schedule = scheduleOf(config, say);
  const notTaken = new Set<string>();
  const taken = uniqueIds();
  const sites = recordsIn(config.sites).map(site => {
    const url = textOf(site.url)?.trim() ?? '';
    const named = textOf(site.name)?.trim() ?? url;
    const slug = textOf(site.slug)?.trim() ?? slugOf(named) ?? siteSlug(named, url);
    const name = named || slug;
    const about = remarks.about(file, name);
    for (const key of Object.keys(site)) if (!TAKEN_OF_SITE.has(key)) notTaken.add(key);
    // Two sites may have one name; their history is that of the first.
    const id = ids.of(name, taken(slug), slug);
    const check = soundCheck(checkOf(site, url, makeHide(`UPPTIME_${id}`, about), about), about);
    return { slug, component: { id, name, schedule, check, detect: { latency: latencyOf(site) } } };
  });
  if (notTaken.size > 0) say.leftOut(`of its sites: ${[...notTaken].sort().join(', ')}`);
  const page = Object.keys(isRecord(config['status-website']) ? config['status-website'] : {}).filter(
    key => key !== 'name',
  );
  if (page.length > 0) say.leftOut(`of its page: ${page.sort().join(', ')}`);
  const others = Object.keys(config).filter(key => !TAKEN.includes(key));
  if (others.length > 0) say.leftOut(`its settings ${others.sort().join(', ')}`);
  sayVariables(
    sites.map(({ component }) => component),
    say,
  );
  return sites;
}

const TAKEN = ['owner', 'repo', 'sites', 'status-website', 'workflowSchedule'];

/** Upptime runs by one schedule for all sites. */
function scheduleOf({ workflowSchedule }: ForeignRecord, say: EntryRemarks): string {
  const written = isRecord(workflowSchedule) ? textOf(workflowSchedule.uptime) : null;
  if (written === null || faultOfCron(written) === null) return written?.trim() ?? '*/5 * * * *';
  say.changed(`the schedule “${written}” becomes every five minutes: it is no cron expression`);
  return '*/5 * * * *';
}

/** What Upptime waits for an answer, and calls degraded above, unless a site says otherwise. */
const PATIENCE = 60 * SECOND;

/** Without one of its own, a site is never too slow there, so it is not here. */
function latencyOf({ maxResponseTime }: ForeignRecord): string {
  const millis = Math.round(Number(maxResponseTime));
  return printDuration(millis > 0 ? millis : PATIENCE);
}

function checkOf(site: ForeignRecord, written: string, hide: Hide, say: EntryRemarks): WrittenCheck {
  const url = withVariables(written, say);
  if (site.type === 'globalping') say.changed('it is checked from this server, not from other places');
  if (site.check === 'tcp-ping') {
    const { host, port } = hostPort(url);
    if (site.ipv6) say.leftOut('`ipv6`: a tcp check takes the address that it gets');
    return { type: 'tcp', host, port: portOf(portText(site, say) ?? port).port ?? 80 };
  }
  if (site.check === 'ws') return socketCheck(url, say);
  if (site.check === 'ssl') {
    say.changedInAll('a certificate with fewer than 7 days left is a warning, not an outage');
    const { host, port } = hostPort(url);
    return { type: 'tls', host, ...portOf(portText(site, say) ?? port), days: 7 };
  }
  if (site.check !== undefined && site.check !== 'http')
    say.changed(`the check “${String(site.check)}” is not known, and becomes http`);
  return httpOf(site, url, hide, say);
}

function portText({ port }: ForeignRecord, say: EntryRemarks): string | undefined {
  const text = textOf(port);
  return text === null ? undefined : withVariables(text, say);
}

function httpOf(site: ForeignRecord, address: string, hide: Hide, say: EntryRemarks): WrittenCheck {
  const method = (textOf(site.method) ?? 'GET').toUpperCase();
  if (
    site.__dangerous__insecure ||
    site.__dangerous__disable_verify_peer ||
    site.__dangerous__disable_verify_host
  )
    say.changed(VERIFIED_HERE);
  const text = textOf(site.body);
  const { url, headers, body } = hideSecrets(
    {
      // curl takes an address without a scheme.
      url: /^(?:[a-z][a-z\d+.-]*:\/\/|\$)/i.test(address) || address === '' ? address : `http://${address}`,
      headers: headersIn(site.headers).map(([name, value]) => [name, withVariables(value, say)]),
      body: text === null ? null : withVariables(text, say),
    },
    hide,
  );
  const redirects = Number.isInteger(site.maxRedirects) ? Math.min(Number(site.maxRedirects), 20) : 3;
  const timeout = Number(site.requestTimeout) > 0 ? Number(site.requestTimeout) * SECOND : PATIENCE;
  return {
    type: 'http',
    url,
    ...(method === 'GET' ? {} : { method }),
    ...soundHeaders(headers, say),
    ...(body === null ? {} : { body }),
    ...expectedOf(site, redirects),
    ...wordsOf(site, method, say),
    redirects,
    timeout: printDuration(Math.min(timeout, 5 * MINUTE)),
    ...(site.ipv6 === true ? { ip: 6 } : {}),
  };
}

/** Without a list, Upptime takes redirects that are not followed for good answers. */
function expectedOf(
  { expectedStatusCodes }: ForeignRecord,
  redirects: number,
): { readonly expect?: string | number } {
  if (!Array.isArray(expectedStatusCodes)) return redirects > 0 ? {} : { expect: '200-308' };
  // What is no status stays, so that the check becomes manual: without it, a good answer would be an outage.
  const isSound = expectedStatusCodes.every(one => parseStatuses(Number(one)) !== null);
  return {
    expect:
      (isSound ? expectOf(expectedStatusCodes.map(Number)) : null) ??
      (expectedStatusCodes.join(', ') || 'none'),
  };
}

/** `Name: value` lines, or mappings where the quotes were forgotten. */
function headersIn(headers: unknown): readonly [string, string][] {
  const list: unknown[] = Array.isArray(headers) ? headers : isRecord(headers) ? [headers] : [];
  return list.flatMap(one => {
    if (isRecord(one))
      return Object.entries(one).map(([name, value]): [string, string] => [name, String(value)]);
    const line = String(one);
    const colon = line.indexOf(':');
    return colon < 0 ? [] : [[line.slice(0, colon).trim(), line.slice(colon + 1)]];
  });
}

function wordsOf(site: ForeignRecord, method: string, say: EntryRemarks): WrittenCheck {
  const unwanted = textOf(site.__dangerous__body_down);
  const wanted = textOf(site.__dangerous__body_down_if_text_missing);
  if (site.__dangerous__body_degraded ?? site.__dangerous__body_degraded_if_text_missing)
    say.leftOut('the words in its body that mean degraded performance');
  if (method === 'HEAD' && (unwanted ?? wanted) !== null) {
    say.leftOut('the words that its body has or lacks: an answer to HEAD has no body');
    return {};
  }
  return {
    ...(wanted === null ? {} : { contains: withVariables(wanted, say) }),
    ...(unwanted === null ? {} : { not_contains: withVariables(unwanted, say) }),
  };
}

/** `$SECRET`, as Upptime finds the names of secrets, becomes `${SECRET}`. */
function withVariables(text: string, say: EntryRemarks): string {
  const fixed = text.replace(/\$DYNAMIC_(?:RANDOM_NUMBER|ALPHANUMERIC_STRING)/g, '0');
  if (fixed !== text) say.changedInAll('what was new in each request ($DYNAMIC_…) becomes 0');
  return fixed.replace(/\$([A-Z_][A-Z0-9_]*)/g, '$${$1}');
}
