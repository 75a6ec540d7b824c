// @ts-check
// Live: keeps an open page true, in the visitor's time zone, and gives the bars a card. All of it is
// comfort: without this file the page reads the same and refreshes itself.

const page = document.body.dataset;
const lang = document.documentElement.lang;
const locale = navigator.languages.find(tag => tag.split('-')[0] === lang) ?? lang;

/* ---- Local times ---- */

const clock = /** @type {const} */ ({
  hour: '2-digit',
  minute: '2-digit',
  hourCycle: 'h23',
  timeZoneName: 'short',
});
const date = /** @type {const} */ ({ day: 'numeric', month: 'short', year: 'numeric' });
const formats = {
  day: new Intl.DateTimeFormat(locale, date),
  time: new Intl.DateTimeFormat(locale, clock),
  full: new Intl.DateTimeFormat(locale, { ...date, ...clock }),
  exactTime: new Intl.DateTimeFormat(locale, { ...clock, second: '2-digit' }),
  exact: new Intl.DateTimeFormat(locale, { ...date, ...clock, second: '2-digit' }),
  utcDay: new Intl.DateTimeFormat(locale, { ...date, weekday: 'short', timeZone: 'UTC' }),
};
const relative = new Intl.RelativeTimeFormat(lang, { numeric: 'auto', style: 'short' });

/** @param {number} at */
function ago(at) {
  const minutes = Math.max(0, Math.floor((Date.now() - at) / 60_000));
  return minutes < 60
    ? relative.format(-minutes, 'minute')
    : relative.format(-Math.floor(minutes / 60), 'hour');
}

/** Rewrites moments (days, which are UTC days, stay) in the visitor's zone. @param {ParentNode} root */
function localise(root) {
  for (const time of root.querySelectorAll('time[datetime*=T]')) {
    const element = /** @type {HTMLTimeElement} */ (time);
    const at = Date.parse(element.dateTime);
    const today = formats.day.format(at) === formats.day.format(Date.now());
    const { t, s, ago: follows } = element.dataset;
    // What the script adds must not need another line: a moment of today gives up its date for it.
    const short = t === '' || (today && (t || follows === ''));
    const style = s === '' ? (short ? 'exactTime' : 'exact') : short ? 'time' : 'full';
    let text = formats[style].format(at);
    if (follows === '') text += ` (${ago(at).replaceAll(' ', '\u00a0')})`;
    if (element.textContent !== text) element.textContent = text;
  }
}

/* ---- Swapping in what changed ---- */

/** @param {Node} a @param {Node} b */
const alike = (a, b) => a.nodeName === b.nodeName && idOf(a) === idOf(b);
/** @param {Node} node */
const idOf = node => (node instanceof Element ? node.id : '');
/** @param {Node | null} node */
const blank = node => node?.nodeType === 3 && !node.nodeValue?.trim();

/** Makes `from` equal to `to`, touching only what differs: focus, selection and open details stay. @param {Node} from @param {Node} to */
function morph(from, to) {
  if (from.isEqualNode(to)) return;
  if (!(from instanceof Element && to instanceof Element)) {
    if (from.nodeValue !== to.nodeValue) from.nodeValue = to.nodeValue;
    return;
  }
  const health = from.getAttribute('data-h');
  if (from !== document.activeElement) {
    for (const { name } of [...from.attributes]) {
      // What a visitor opened is the visitor's.
      if (name !== 'open' && !to.hasAttribute(name)) from.removeAttribute(name);
    }
    for (const { name, value } of to.attributes) {
      if (name !== 'open' && from.getAttribute(name) !== value) from.setAttribute(name, value);
    }
  }
  if (health !== to.getAttribute('data-h')) {
    from.classList.add('fresh');
    // A group that has just fallen ill opens by itself.
    if (to.hasAttribute('open')) from.setAttribute('open', '');
  }
  for (const child of [...from.children]) {
    if (child.id && ![...to.children].some(other => other.id === child.id)) child.remove();
  }
  let at = from.firstChild;
  for (const next of [...to.childNodes]) {
    if (idOf(next)) while (at && blank(at)) at = at.nextSibling;
    let match = at;
    if (idOf(next)) match = [...from.children].find(child => child.id === idOf(next)) ?? null;
    if (match && alike(match, next)) {
      if (match !== at) from.insertBefore(match, at);
      else at = at.nextSibling;
      morph(match, next);
    } else {
      const fresh = from.insertBefore(document.importNode(next, true), at);
      if (fresh instanceof Element && fresh.hasAttribute('data-h')) fresh.classList.add('fresh');
    }
  }
  while (at) {
    const next = at.nextSibling;
    at.remove();
    at = next;
  }
}

/** Takes over a fresh copy of this page. @param {string} html */
function adopt(html) {
  const fresh = new DOMParser().parseFromString(html, 'text/html');
  const main = fresh.querySelector('main');
  const news = fresh.body.dataset;
  if (!main || !news.version) throw new Error('not this page');
  if (news.version === page.version) return;
  localise(fresh);
  dress(fresh);
  morph(/** @type {Element} */ (document.querySelector('main')), main);
  document.title = fresh.title;
  document.getElementById('copy')?.replaceChildren(...(fresh.getElementById('copy')?.childNodes ?? []));
  for (const [selector, name] of [
    ['link[rel=icon]', 'href'],
    ['link[rel=stylesheet]', 'href'],
    ['meta[name=theme-color]', 'content'],
  ]) {
    const value = fresh.querySelector(selector)?.getAttribute(name);
    const element = document.querySelector(selector);
    if (value && element?.getAttribute(name) !== value) element?.setAttribute(name, value);
  }
  // Readers are told when the overall state changes, never that a minute has passed.
  if (news.state !== page.state) say('told', main.querySelector('h1')?.textContent ?? fresh.title);
  Object.assign(page, { version: news.version, state: news.state, at: news.at });
}

/** @param {string} id @param {string} text */
function say(id, text) {
  const element = document.getElementById(id);
  if (!element) return;
  element.textContent = text;
  element.hidden = !text;
}

/* ---- Staying in contact ---- */

/** @type {EventSource | null} */
let source = null;
/** @type {ReturnType<typeof setTimeout> | undefined} */
let timer;
let failures = 0;
// A slow clock must not hide silence.
let lastContact = Math.min(Date.parse(page.at ?? '') || Infinity, Date.now());
let lost = false;
let busy = false;
/** @type {string | null} */
let wanted = null;

/** Fetches this page, past caches when a version is named. @param {string} [version] */
async function refresh(version) {
  if (busy) {
    wanted = version ?? wanted;
    return;
  }
  busy = true;
  try {
    const url = new URL(location.href);
    url.hash = '';
    if (version) url.searchParams.set('v', version);
    const answer = await fetch(url, { cache: 'no-cache', signal: AbortSignal.timeout(20_000) });
    if (!answer.ok) throw new Error(`answered ${answer.status}`);
    adopt(await answer.text());
    contact(true);
    if (page.copy) renewed();
  } catch {
    contact(false);
  }
  busy = false;
  const next = wanted;
  wanted = null;
  if (next && next !== page.version) refresh(next);
}

/** @param {boolean} made */
function contact(made) {
  lost = !made;
  if (made) lastContact = Date.now();
  say('lost', lost ? (page.lost ?? '').replace('{ago}', ago(lastContact)) : '');
  ageing();
}

function connect() {
  disconnect();
  source = new EventSource(/** @type {string} */ (page.events));
  source.onopen = () => {
    failures = 0;
    contact(true);
  };
  source.addEventListener('snapshot', event => {
    const { version } = JSON.parse(event.data);
    contact(true);
    // Spread over half a second: thousands of pages hear of it at once.
    if (version !== page.version) setTimeout(refresh, Math.random() * 500, version);
  });
  source.onerror = () => {
    disconnect();
    failures++;
    // Where streams are blocked, polling (once a minute in the end) goes on.
    refresh();
    timer = setTimeout(connect, Math.min(60_000, 1000 * 2 ** failures) * (0.5 + Math.random() / 2));
  };
}

function disconnect() {
  clearTimeout(timer);
  source?.close();
  source = null;
}

/* ---- The bars' card ---- */

const tip = document.createElement('div');
tip.className = 'tip';
tip.hidden = true;
document.body.append(tip);
/** @type {ReturnType<typeof setTimeout> | undefined} */
let leaving;

/** Makes each strip one stop of the keyboard. @param {ParentNode} root */
function dress(root) {
  for (const strip of root.querySelectorAll('.strip')) {
    const svg = /** @type {Element} */ (strip.firstElementChild);
    const last = svg.children.length - 1;
    const attributes = {
      role: 'slider',
      tabindex: 0,
      'aria-label': svg.getAttribute('aria-label'),
      'aria-valuemin': 0,
      'aria-valuemax': last,
      'aria-valuenow': last,
      'aria-valuetext': words(strip, last),
    };
    for (const [name, value] of Object.entries(attributes)) strip.setAttribute(name, String(value));
  }
}

/** The list's entry of an imperfect day. @param {Element} strip @param {number} index */
const entry = (strip, index) => strip.parentElement?.querySelector(`li[data-i="${index}"]`);

/** @param {Element} strip @param {number} index */
function words(strip, index) {
  const bad = entry(strip, index);
  if (bad) return bad.textContent ?? '';
  const svg = /** @type {SVGElement} */ (strip.firstElementChild);
  const day = formats.utcDay.format(Date.parse(svg.dataset.from ?? '') + index * 86_400_000);
  const code = svg.children[index]?.getAttribute('class')?.split(' ')[0] || 'o';
  return `${day} · ${strip.ownerDocument.querySelector(`[data-k=${code}]`)?.textContent ?? ''}`;
}

/** @param {Element} strip @param {number} index */
function show(strip, index) {
  clearTimeout(leaving);
  mark(null);
  const svg = /** @type {Element} */ (strip.firstElementChild);
  const bar = svg.children[index];
  if (!bar) return;
  mark(bar);
  strip.setAttribute('aria-valuenow', String(index));
  strip.setAttribute('aria-valuetext', words(strip, index));
  const bad = entry(strip, index);
  tip.replaceChildren(
    ...(bad ? [...bad.childNodes].map(node => node.cloneNode(true)) : [words(strip, index)]),
  );
  tip.hidden = false;
  const { left, width } = bar.getBoundingClientRect();
  const room = document.documentElement.clientWidth - tip.offsetWidth - 8;
  tip.style.left = `${Math.max(8, Math.min(room, left + width / 2 - tip.offsetWidth / 2)) + scrollX}px`;
  tip.style.top = `${strip.getBoundingClientRect().bottom + scrollY + 2}px`;
}

/** @param {Element | null} bar */
function mark(bar) {
  for (const old of document.querySelectorAll('rect[data-at]')) old.removeAttribute('data-at');
  bar?.setAttribute('data-at', '');
}

function hide() {
  mark(null);
  tip.hidden = true;
}

/** The strip under an event, if any. @param {Event} event */
const stripOf = event => /** @type {Element} */ (event.target).closest?.('.strip');

/** @param {MouseEvent} event */
function point(event) {
  const strip = stripOf(event);
  if (!strip) return;
  const svg = /** @type {Element} */ (strip.firstElementChild);
  const { left, width } = svg.getBoundingClientRect();
  const part = (event.clientX - left) / width;
  const days = svg.children.length;
  const index = Math.floor((getComputedStyle(strip).direction === 'rtl' ? 1 - part : part) * days);
  show(strip, Math.max(0, Math.min(days - 1, index)));
}

document.addEventListener('pointermove', event => {
  if (event.pointerType !== 'mouse') return;
  if (stripOf(event)) point(event);
  else if (tip.contains(/** @type {Node} */ (event.target))) clearTimeout(leaving);
  else if (!tip.hidden) {
    clearTimeout(leaving);
    leaving = setTimeout(hide, 250);
  }
});
document.addEventListener('click', event => {
  const link = /** @type {Element} */ (event.target).closest?.('a.copy');
  if (link instanceof HTMLAnchorElement) copy(link);
  if (stripOf(event)) point(event);
  else if (!tip.contains(/** @type {Node} */ (event.target))) hide();
});
document.addEventListener('focusout', event => {
  if (stripOf(event)) hide();
});
document.addEventListener('keydown', event => {
  if (event.key === 'Escape') return hide();
  const strip = stripOf(event);
  if (!strip) return;
  const last = Number(strip.getAttribute('aria-valuemax'));
  const now = Number(strip.getAttribute('aria-valuenow'));
  const forward = getComputedStyle(strip).direction === 'rtl' ? 'ArrowLeft' : 'ArrowRight';
  const back = forward === 'ArrowLeft' ? 'ArrowRight' : 'ArrowLeft';
  const steps = {
    [forward]: 1,
    [back]: -1,
    ArrowUp: 1,
    ArrowDown: -1,
    PageUp: 7,
    PageDown: -7,
    Home: -last,
    End: last,
  };
  const step = steps[event.key];
  if (step) {
    event.preventDefault();
    show(strip, Math.max(0, Math.min(last, now + step)));
  } else if (event.key === 'Enter') {
    // The day's links live in the list below.
    const bad = entry(strip, now);
    bad?.closest('details')?.setAttribute('open', '');
    bad?.querySelector('a')?.focus();
  }
});

/** @param {HTMLAnchorElement} link */
async function copy(link) {
  try {
    await navigator.clipboard.writeText(link.href);
  } catch {
    return; // The address bar has it all the same.
  }
  const text = link.textContent;
  link.textContent = page.copied ?? text;
  setTimeout(() => {
    link.textContent = text;
  }, 2000);
}

/* ---- Beginning ---- */

localise(document);
dress(document);
const zone = document.getElementById('zone');
if (zone) {
  const { timeZone } = Intl.DateTimeFormat().resolvedOptions();
  zone.textContent = (zone.dataset.local ?? '').replace('{zone}', timeZone);
}
/** What nobody has renewed for a quarter of an hour must not look well, whatever it says. */
function ageing() {
  const known = page.copy !== undefined ? Date.parse(page.at ?? '') : lost ? lastContact : Date.now();
  document.body.toggleAttribute('data-stale', Date.now() - known > 900_000);
}
/** A copy writes what changed; the file it names says how fresh all of it is. */
async function renewed() {
  try {
    const answer = await fetch(page.copy ?? '', { cache: 'no-cache' });
    const { at } = await answer.json();
    const time = /** @type {HTMLTimeElement | null} */ (document.querySelector('#copy time'));
    if (time && at > (page.at ?? '')) page.at = time.dateTime = at;
  } catch {
    // Then the page's own moment holds: older, never fresher.
  }
  localise(document);
  ageing();
}
if (page.copy) renewed();
else ageing();
setInterval(() => {
  localise(document);
  ageing();
  if (lost) contact(false);
  // A proxy may swallow the stream: a minute of silence is answered by asking.
  if ((page.events || page.copy !== undefined) && !document.hidden && Date.now() - lastContact > 55_000)
    refresh();
}, 30_000);
if (page.events) {
  connect();
  // A hidden tab costs the server nothing; one that returns is renewed at once.
  document.addEventListener('visibilitychange', () => {
    if (document.hidden) return disconnect();
    refresh();
    connect();
  });
  addEventListener('offline', () => contact(false));
  addEventListener('online', () => {
    refresh();
    connect();
  });
  addEventListener('pagehide', disconnect);
  addEventListener('pageshow', event => event.persisted && connect());
}
