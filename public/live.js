// @ts-check
// Live: keeps an open page true, in the visitor's time zone, and gives the bars a card. All of it is
// comfort: without this file the page reads the same and refreshes itself.

const page = document.body.dataset;
const lang = document.documentElement.lang;
const locale = navigator.languages.find(tag => tag.split('-')[0] === lang) ?? lang;

/* ---- Local times ---- */

// "9:05 AM", but "09:05".
const hour = new Intl.DateTimeFormat(locale, { hour: 'numeric' }).resolvedOptions().hour12
  ? 'numeric'
  : '2-digit';
const minutes = /** @type {const} */ ({ hour, minute: '2-digit' });
const seconds = /** @type {const} */ ({ ...minutes, second: '2-digit' });
const day = /** @type {const} */ ({ day: 'numeric', month: 'short' });
const weekday = /** @type {const} */ ('short');
const year = /** @type {const} */ ({ year: 'numeric' });
const utc = /** @type {const} */ ({ timeZone: 'UTC' });
const whole = /** @type {const} */ ({ day: 'numeric', month: 'long', ...utc });
/** @type {Map<string, Intl.DateTimeFormat>} */
const made = new Map();
/** A format, made once: that is slow. @param {Intl.DateTimeFormatOptions} options */
function format(options) {
  const key = JSON.stringify(options);
  const known = made.get(key) ?? new Intl.DateTimeFormat(locale, options);
  made.set(key, known);
  return known;
}
const relative = new Intl.RelativeTimeFormat(lang, { numeric: 'auto' });
const iso = new Intl.DateTimeFormat('en-CA');
const DAY = 86_400_000;

/** How many days a moment is away, by the visitor's calendar. @param {number} at */
const daysAway = at => Math.round((Date.parse(iso.format(at)) - Date.parse(iso.format(Date.now()))) / DAY);
/** The year, unless it is this one. @param {number} at */
const yearOf = at => (new Date(at).getFullYear() === new Date().getFullYear() ? {} : year);

/** @param {number} at */
function ago(at) {
  const age = Math.max(0, Math.floor((Date.now() - at) / 1000));
  // In seconds, minutes or hours.
  const unit = age < 60 ? 0 : age < 3600 ? 1 : 2;
  const words = (page.ages ?? '').split('|')[unit] ?? '';
  return words.replace('{n}', String(Math.floor(age / 60 ** unit)));
}

/** A moment as the server writes it, in the visitor's zone. @param {number} at @param {typeof minutes | typeof seconds} [clock] */
function moment(at, clock = minutes) {
  const away = daysAway(at);
  const time = format(clock).format(at);
  if (away === 0) return time;
  if (Math.abs(away) === 1) return `${relative.format(away, 'day')} ${time}`;
  return format({ ...day, ...yearOf(at), ...clock }).format(at);
}

/** The day of a bar: those are UTC days. @param {number} at */
const barDay = at => format({ weekday, ...day, ...yearOf(at), ...utc }).format(at);

/** Rewrites moments (days stay) in the visitor's zone. @param {ParentNode} root */
function localise(root) {
  regroup(root.querySelector('#days'));
  for (const time of root.querySelectorAll('time[datetime*=T]')) {
    const element = /** @type {HTMLTimeElement} */ (time);
    const at = Date.parse(element.dateTime);
    const { to, exact, ago: age, clock: alone } = element.dataset;
    const clock = exact === '' ? seconds : minutes;
    let text = moment(at, clock);
    // The time alone: for ends of two days the browser adds both dates.
    const date = alone === '' ? {} : { weekday, ...day, ...yearOf(at) };
    if (to) text = format({ ...date, ...clock }).formatRange(at, Date.parse(to));
    else if (element.closest('.checked')) text = checkedAgo(element);
    else if (element.closest(`#d-${iso.format(at)}`) && daysAway(at)) text = format(clock).format(at);
    else if (age === '' && daysAway(at) === 0 && at <= Date.now()) text += ` · ${ago(at)}`;
    if (element.textContent !== text) element.textContent = text;
  }
  for (const text of root.querySelectorAll('svg [data-at]:not(rect)')) {
    const { at, clock } = /** @type {SVGElement} */ (text).dataset;
    text.textContent = format(clock === '' ? minutes : day).format(Number(at));
  }
  for (const time of root.querySelectorAll('.days li > time')) {
    const at = Date.parse(/** @type {HTMLTimeElement} */ (time).dateTime);
    time.textContent = barDay(at);
  }
  for (const time of root.querySelectorAll('#days .day > h3 time, #days .calm time')) {
    const { dateTime, dataset } = /** @type {HTMLTimeElement} */ (time);
    const [from, to] = [Date.parse(dateTime), Date.parse(dataset.to ?? dateTime)];
    time.textContent = time.closest('.calm')
      ? format(whole).formatRange(from, to)
      : format({ weekday: 'long', ...whole, ...yearOf(from) }).format(from);
  }
}

/** Puts past incidents under the visitor's days: a day must mean the same everywhere on the page. @param {HTMLElement | null} list */
function regroup(list) {
  if (!list || list.dataset.zone === Intl.DateTimeFormat().resolvedOptions().timeZone) return;
  const local = (/** @type {string} */ at) => iso.format(Date.parse(at));
  const cards = [...list.querySelectorAll('article')].map(card => {
    const { from = '', to = '' } = card.dataset;
    return { card, from: local(from), to: local(to) };
  });
  // What goes on touches each day since its beginning.
  const active = [...(list.closest('main')?.querySelectorAll('#now article') ?? [])].map(card =>
    local(/** @type {HTMLElement} */ (card).dataset.from ?? ''),
  );
  const isQuiet = (/** @type {string} */ name) =>
    !active.some(from => from <= name) && !cards.some(({ from, to }) => from <= name && name <= to);
  const entries = [...list.querySelectorAll(':scope > [id]')];
  const oldest = entries.at(-1)?.querySelector('time')?.getAttribute('datetime');
  if (!oldest) return;
  // Days that the server tells nothing of have an active incident, or are older than the page.
  const today = Date.parse(iso.format(Date.now()));
  const told = new Set(entries[0]?.matches('.calm') ? [today] : []);
  for (const entry of entries) {
    const { dateTime, dataset } = /** @type {HTMLTimeElement} */ (entry.querySelector('time'));
    for (let at = Date.parse(dateTime); at <= Date.parse(dataset.to ?? dateTime); at += DAY) told.add(at);
  }
  const fresh = [];
  /** @type {[number, number] | null} */
  let run = null;
  const endRun = () => {
    if (!run) return;
    const line = entries.find(one => one.matches('.calm'))?.cloneNode(true);
    if (line instanceof Element) {
      const time = /** @type {HTMLTimeElement} */ (line.querySelector('time'));
      time.dateTime = new Date(run[0]).toISOString().slice(0, 10);
      time.dataset.to = new Date(run[1]).toISOString().slice(0, 10);
      line.id = `q-${time.dataset.to}`;
      fresh.push(line);
    }
    run = null;
  };
  for (let at = today; at >= Date.parse(oldest); at -= DAY) {
    const name = new Date(at).toISOString().slice(0, 10);
    const own = cards.filter(({ from }) => from === name);
    if (own.length > 0) {
      endRun();
      const section = document.createElement('section');
      section.className = 'day';
      section.id = `d-${name}`;
      const heading = document.createElement('h3');
      const time = document.createElement('time');
      time.dateTime = name;
      heading.append(time);
      section.append(heading, ...own.map(({ card }) => card));
      fresh.push(section);
    } else if (told.has(at) && isQuiet(name)) {
      run = [at, run?.[1] ?? at];
    } else endRun();
  }
  endRun();
  for (const entry of entries) entry.remove();
  list.prepend(...fresh);
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
  if (!main || !news.version) throw new Error('no page');
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
const card = document.querySelector('#summary');
/** Whether the card with the state is out of sight. */
let away = !card;
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
    if (version) url.searchParams.set('v', version);
    const answer = await fetch(url, { cache: 'no-cache', signal: AbortSignal.timeout(20_000) });
    if (!answer.ok) throw new Error('no page');
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
  tick();
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
  source.addEventListener('checked', event => {
    const { at } = JSON.parse(event.data);
    contact(true);
    if (at) checked(at);
  });
  source.onerror = () => {
    disconnect();
    failures++;
    // Where streams are blocked, polling (once a minute in the end) goes on.
    refresh();
    timer = setTimeout(connect, Math.min(60_000, 1000 * 2 ** failures) * (0.5 + Math.random() / 2));
  };
}

/** Takes over when the server last checked anything; never an earlier moment. @param {string} at */
function checked(at) {
  const time = /** @type {HTMLTimeElement | null} */ (document.querySelector('.checked time'));
  if (time && Date.parse(at) > Date.parse(time.dateTime)) time.dateTime = at;
}

/** The age of the newest check, and in its title the moment, for paper. @param {HTMLTimeElement} time */
function checkedAgo(time) {
  const at = Date.parse(time.dateTime);
  time.title = format({ ...day, ...year, ...minutes }).format(at);
  return ago(at);
}

/** Keeps "8 s ago" true to the second, and says since when there is no contact: in the card, or above the page without it. */
function tick() {
  const time = /** @type {HTMLTimeElement | null} */ (document.querySelector('.checked time'));
  if (time) time.textContent = checkedAgo(time);
  const words = (page.lost ?? '').replace('{time}', moment(lastContact)).replace('{ago}', ago(lastContact));
  // A line ends at the dot alone.
  const said = lost ? words.replaceAll(' ', '\u00a0') : '';
  say('lost', said);
  say('bar', away ? said : '');
}

function disconnect() {
  clearTimeout(timer);
  source?.close();
  source = null;
}

/* ---- The card of a day ---- */

const tip = document.createElement('div');
tip.className = 'tip';
tip.hidden = true;
tip.role = 'status';
document.body.append(tip);
/** @type {ReturnType<typeof setTimeout> | undefined} */
let leaving;
/** The strip whose day is shown, and which. @type {{ svg: SVGElement, index: number } | null} */
let shown = null;

/** What has a card: strips, day by day, and charts, row by row of their table. */
const DRAWN = '.strip > svg[role], .chart';

/** The rows of a chart's table, oldest first. @param {Element} svg */
const rowsOf = svg => [...(svg.closest('.chartbox')?.querySelectorAll('tbody tr') ?? [])].reverse();

/** How many entries a drawing has. @param {Element} svg */
const countOf = svg => (svg.matches('.chart') ? rowsOf(svg).length : svg.children.length);

/** When a row of a chart begins. @param {Element | undefined} row */
const startOf = row => Date.parse(row?.querySelector('time')?.dateTime ?? '');

/** Where a moment stands in a chart, as a part of its width. @param {SVGElement} svg @param {number} at */
function partOf(svg, at) {
  const { from, to, left } = svg.dataset;
  const width = Number(svg.getAttribute('viewBox')?.split(' ')[2]);
  const x = Number(left) + ((at - Number(from)) / (Number(to) - Number(from))) * (width - 1 - Number(left));
  return { x, part: x / width };
}

/** Makes each strip and chart one stop of the keyboard. @param {ParentNode} root */
function dress(root) {
  for (const svg of root.querySelectorAll(DRAWN)) svg.setAttribute('tabindex', '0');
}

/** The list's entry of an imperfect day. @param {Element} svg @param {number} index */
const entryOf = (svg, index) => svg.closest('.row')?.querySelector(`li[data-i="${index}"]`);

/** What the card of a day says. @param {SVGElement} svg @param {number} index */
function contentOf(svg, index) {
  if (svg.matches('.chart')) return figuresOf(svg, index);
  const entry = entryOf(svg, index);
  if (entry) return [...entry.childNodes].map(node => node.cloneNode(true));
  const time = document.createElement('time');
  time.textContent = barDay(Date.parse(svg.dataset.from ?? '') + index * DAY);
  const state = document.createElement('b');
  state.className = svg.children[index]?.getAttribute('class') || 'o';
  const key = /** @type {HTMLElement | null} */ (document.querySelector('.key'));
  state.textContent = key?.querySelector(`[data-k=${state.className}]`)?.textContent ?? '';
  if (state.className === 'n') return [time, state];
  const uptime = document.createElement('span');
  const own = svg.dataset.up?.match(`(?:^|\\|)${index}:([^|]*)`);
  uptime.textContent = own?.[1] ?? key?.dataset.up ?? '';
  return [time, state, uptime];
}

/** The figures of a chart's row, with the heads of its table and their swatches. @param {Element} svg @param {number} index */
function figuresOf(svg, index) {
  const row = rowsOf(svg)[index];
  const heads = [...(row?.closest('table')?.querySelectorAll('thead th') ?? [])];
  return [...(row?.children ?? [])].map((cell, i) => {
    const line = document.createElement(i ? 'span' : 'time');
    if (i) line.append(...(heads[i]?.cloneNode(true).childNodes ?? []), ': ');
    line.append(cell.textContent ?? '');
    return line;
  });
}

/** The mark of an entry: its bar, or the cursor of a chart at its moment. @param {SVGElement} svg @param {number} index */
function markOf(svg, index) {
  if (!svg.matches('.chart')) return svg.children[index];
  const rows = rowsOf(svg);
  const step = rows.length > 1 ? startOf(rows[1]) - startOf(rows[0]) : 0;
  const cursor = svg.querySelector('.cursor');
  const to = Number(svg.dataset.to);
  const { x } = partOf(svg, Math.min(startOf(rows[index]) + step / 2, to));
  cursor?.setAttribute('transform', `translate(${x})`);
  // Where the paths are at this moment, the line last; nowhere, if it has no figures.
  const ys = [...svg.innerHTML.matchAll(/[ML]([\d.]+),([\d.]+)/g)]
    .filter(([, at]) => Math.abs(Number(at) - x) < 0.1)
    .map(([, , y]) => y);
  cursor?.querySelectorAll('circle').forEach((dot, i) => {
    dot.setAttribute('cy', ys.at(i - 1) ?? '-9999');
  });
  return cursor;
}

/** @param {SVGElement} svg @param {number} index */
function show(svg, index) {
  clearTimeout(leaving);
  if (shown?.svg === svg && shown.index === index && !tip.hidden) return;
  unmark();
  const bar = markOf(svg, index);
  if (!bar) return;
  bar.setAttribute('data-at', '');
  shown = { svg, index };
  tip.replaceChildren(...contentOf(svg, index));
  tip.hidden = false;
  // Beside the cursor, at the top of its chart; under a bar, or above it.
  const isBeside = svg.matches('.chart');
  const { left, width } = bar.getBoundingClientRect();
  const { top, bottom } = svg.getBoundingClientRect();
  const middle = left + width / 2;
  const { clientWidth } = document.documentElement;
  const { offsetHeight } = tip;
  const half = tip.offsetWidth / 2;
  const shift = isBeside ? half + 12 : 0;
  const wanted = middle - half + (middle * 2 > clientWidth ? -shift : shift);
  const at = Math.max(8, Math.min(clientWidth - half * 2 - 8, wanted));
  const above = bottom + offsetHeight + 16 > innerHeight && top > offsetHeight + 16;
  tip.classList.toggle('above', above);
  const y = isBeside ? top : above ? top - offsetHeight - 8 : bottom + 8;
  const place = { left: at + scrollX, top: y + scrollY, arrow: middle - at };
  for (const [name, value] of Object.entries(place)) tip.style.setProperty(`--${name}`, `${value}px`);
  // At the bottom of a touch screen it must not cover what it speaks of.
  const covered = bottom + 8 - tip.getBoundingClientRect().top;
  if (getComputedStyle(tip).position === 'fixed' && covered > 0) scrollBy(0, covered);
}

function unmark() {
  for (const old of document.querySelectorAll('rect[data-at], .cursor')) {
    old.removeAttribute('data-at');
    old.removeAttribute('transform');
  }
}

function hide() {
  unmark();
  shown = null;
  tip.hidden = true;
}

/** The strip under an event, if any. @param {Event} event */
function stripOf(event) {
  const svg = /** @type {Element} */ (event.target).closest?.(DRAWN);
  return /** @type {SVGElement | null} */ (svg ?? null);
}

/** Whether days run from right to left. @param {Element} svg */
const isReversed = svg => getComputedStyle(svg).direction === 'rtl';

/** @param {MouseEvent} event */
function point(event) {
  const svg = stripOf(event);
  if (!svg) return;
  const { left, width } = svg.getBoundingClientRect();
  const part = (event.clientX - left) / width;
  const last = countOf(svg) - 1;
  if (last < 0) return;
  const strip = Math.floor((isReversed(svg) ? 1 - part : part) * (last + 1));
  const after = () => rowsOf(svg).findLastIndex(row => partOf(svg, startOf(row)).part <= part);
  show(svg, Math.max(0, Math.min(last, svg.matches('.chart') ? after() : strip)));
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
document.addEventListener('focusin', event => {
  const svg = stripOf(event);
  if (svg?.matches(':focus-visible')) show(svg, countOf(svg) - 1);
});
document.addEventListener('focusout', event => {
  if (stripOf(event)) hide();
});
document.addEventListener('keydown', event => {
  if (event.key === 'Escape') return hide();
  const svg = stripOf(event);
  if (!svg) return;
  const last = countOf(svg) - 1;
  const now = shown?.svg === svg ? shown.index : last;
  const one = isReversed(svg) ? -1 : 1;
  const steps = { ArrowRight: one, ArrowLeft: -one, PageUp: 7, PageDown: -7, Home: -last, End: last };
  const step = /** @type {Record<string, number>} */ (steps)[event.key];
  if (step) {
    event.preventDefault();
    show(svg, Math.max(0, Math.min(last, now + step)));
  } else if (event.key === 'Enter') {
    // The day's links are in the list below.
    const entry = entryOf(svg, now);
    entry?.closest('details')?.setAttribute('open', '');
    entry?.querySelector('a')?.focus();
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

/* ---- Ways to subscribe ---- */

const ways = document.getElementById('ways');
const link = document.querySelector('header > .button');
if (ways && link && 'popover' in ways) {
  // The link becomes a button whose panel the browser opens, closes (Escape, a click outside) and announces.
  const opener = document.createElement('button');
  opener.className = link.className;
  opener.textContent = link.textContent;
  opener.popoverTargetElement = ways;
  link.replaceWith(opener);
  ways.querySelector('input')?.setAttribute('autofocus', '');
  ways.popover = 'auto';
  ways.hidden = false;
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
  // A proxy may swallow the stream: a minute of silence is answered by asking.
  if ((page.events || page.copy !== undefined) && !document.hidden && Date.now() - lastContact > 55_000)
    refresh();
}, 30_000);
setInterval(tick, 1000);
if (card)
  new IntersectionObserver(([entry]) => {
    away = !entry?.isIntersecting;
    tick();
  }).observe(card);
if (page.events) {
  connect();
  // A hidden tab costs the server nothing; one that returns is renewed at once.
  const renew = () => {
    refresh();
    connect();
  };
  document.addEventListener('visibilitychange', () => (document.hidden ? disconnect() : renew()));
  addEventListener('offline', () => contact(false));
  addEventListener('online', renew);
  addEventListener('pagehide', disconnect);
  addEventListener('pageshow', event => event.persisted && connect());
}
