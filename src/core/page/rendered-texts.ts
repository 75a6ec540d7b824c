// Rendered texts: the HTML of an incident's markdown, made once per change of its file.
import type { Incident } from '../model/incident.ts';
import { finish, type Steps } from '../model/turns/steps.ts';
import { renderMarkdown } from '../text/markdown.ts';
import type { IncidentView } from './snapshot.ts';

/**
 * Renders markdown on first use. All incidents share these two getters: closures per incident would give ten thousand
 * objects different hidden classes, which makes V8 slow.
 */
export const DRAWN: PropertyDescriptorMap & ThisType<IncidentView> = {
  html: {
    enumerable: true,
    get() {
      return rendered(this).updates;
    },
  },
  postmortemHtml: {
    enumerable: true,
    get() {
      return rendered(this).postmortem;
    },
  },
};

/** A copy without the rendered texts: a plain copy would render them for nothing. */
export function undrawn(incident: Incident): Incident {
  const all = Object.keys(incident) as (keyof Incident)[];
  return Object.fromEntries(
    all.filter(key => !Object.hasOwn(DRAWN, key)).map(key => [key, incident[key]]),
  ) as unknown as Incident;
}

type RenderedTexts = { readonly updates: readonly string[]; readonly postmortem: string | null };

/** Per parsed incident, and so per change of its file: rendering is most of the cost of a page. */
const renderings = new WeakMap<readonly object[], RenderedTexts>();

/** Longer texts (characters), or more of them, take noticeable time: they are rendered ahead, one per step. */
const LONG = 5_000;
const MANY = 30;

/** Renders an incident with long texts ahead; others are rendered on first use. */
export function* drawing(incident: Incident): Steps<void> {
  const { updates, postmortem } = incident;
  if (renderings.has(updates)) return;
  let length = postmortem?.length ?? 0;
  for (const { body } of updates) length += body.length;
  if (length < LONG && updates.length < MANY) return;
  yield* render(incident);
}

function rendered(incident: Incident): RenderedTexts {
  return renderings.get(incident.updates) ?? finish(render(incident));
}

function* render({ updates, postmortem }: Incident): Steps<RenderedTexts> {
  const html: string[] = [];
  for (const { body } of updates) {
    html.push(renderMarkdown(body));
    yield;
  }
  const made = { updates: html, postmortem: postmortem === null ? null : renderMarkdown(postmortem) };
  renderings.set(updates, made);
  return made;
}
