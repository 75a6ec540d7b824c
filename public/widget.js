// @ts-check
// Widget: a banner on somebody else's page, only while something is wrong. One script tag:
// <script async src="https://status.example.com/status/widget.js" data-lang="de" data-position="top"></script>
(() => {
  const script = /** @type {HTMLScriptElement | null} */ (
    document.currentScript ?? document.querySelector('script[src*="/status/widget.js"]')
  );
  if (!script) return;
  const { lang = document.documentElement.lang, position } = script.dataset;
  const isTop = position === 'top';
  const source = new URL('widget.json', script.src);
  const host = document.createElement('div');
  const root = host.attachShadow({ mode: 'open' });
  const sheet = new CSSStyleSheet();
  // On top it is part of the page and moves all of it down; at the bottom it lies over the page.
  sheet.replaceSync(`
:host{all:initial;display:block;${isTop ? '' : 'position:fixed;inset:auto 0 0;z-index:2147483000'}}
p{display:flex;gap:.75em;align-items:center;justify-content:center;margin:0;padding:.5em 1em;color:#fff;
font:15px/1.4 system-ui,sans-serif;border-block:1px solid transparent}
p[hidden]{display:none}
span{min-width:0;overflow-wrap:anywhere}
a{color:inherit;padding:.25em 0}
button{flex:none;font:inherit;min-width:28px;min-height:28px;color:inherit;background:none;border:1px solid;border-radius:6px;cursor:pointer}
@media print{:host{display:none}}`);
  root.adoptedStyleSheets = [sheet];
  // There before it speaks: a reader hears what is put into a status, not one that appears full.
  const bar = document.createElement('p');
  bar.setAttribute('role', 'status');
  bar.hidden = true;
  root.append(bar);

  const kept = `status ${source}`;
  /** @type {string | null} */
  let closed = null;
  try {
    closed = sessionStorage.getItem(kept);
  } catch {} // No storage here: it is closed until the next page.

  let shown = '';
  async function look() {
    if (document.hidden) return;
    try {
      const answer = await fetch(source, { credentials: 'omit' });
      if (answer.ok) show(await answer.json());
    } catch {
      // The status page cannot be reached: that says nothing about this site.
    }
  }

  /** A moment as the status page writes it. @param {string} iso @param {string} tongue */
  function moment(iso, tongue) {
    const at = new Date(iso);
    const now = new Date();
    const days = Math.round((new Date(iso).setHours(0, 0, 0) - new Date().setHours(0, 0, 0)) / 864e5);
    /** @type {Intl.DateTimeFormatOptions} */
    const clock = { hour: '2-digit', minute: '2-digit' };
    /** @type {Intl.DateTimeFormatOptions} */
    const day = { day: 'numeric', month: 'short' };
    if (at.getFullYear() !== now.getFullYear()) day.year = 'numeric';
    const locale = navigator.languages.find(tag => tag.split('-')[0] === tongue) ?? tongue;
    const near = new Intl.RelativeTimeFormat(tongue, { numeric: 'auto' });
    if (days * days === 1) return `${near.format(days, 'day')} ${at.toLocaleTimeString(locale, clock)}`;
    return at.toLocaleString(locale, days ? { ...day, ...clock } : clock);
  }

  /** @param {any} news */
  function show(news) {
    const asked = lang.split('-')[0] || '';
    const tongue = news.words[asked] ? asked : 'en';
    const words = news.words[tongue];
    bar.hidden = !news.wrong || news.key === closed;
    const text = [words.text, news.at && words.when.replace('{time}', moment(news.at, tongue))];
    const all = JSON.stringify([bar.hidden, text]);
    if (all === shown) return;
    shown = all;
    if (bar.hidden) bar.replaceChildren();
    else fill(news, words, text);
    place();
  }

  /** @param {any} news @param {any} words @param {string[]} text */
  function fill(news, words, text) {
    bar.style.background = news.color;
    const said = document.createElement('span');
    const link = document.createElement('a');
    link.href = news.url;
    link.textContent = words.more;
    said.append(`${text.filter(Boolean).join(' · ')} `, link);
    const close = document.createElement('button');
    close.textContent = '×';
    close.setAttribute('aria-label', words.close);
    close.onclick = () => {
      closed = news.key;
      try {
        sessionStorage.setItem(kept, news.key);
      } catch {}
      show(news);
    };
    bar.replaceChildren(said, close);
  }

  /** On top: below a header that stays in place, which the page has left room for. */
  function place() {
    if (!isTop) return;
    host.style.margin = '';
    const from = host.getBoundingClientRect().top + scrollY;
    const fixed = document.elementsFromPoint(innerWidth / 2, 1).map(element => {
      const { top, bottom, height } = element.getBoundingClientRect();
      const isHeader = getComputedStyle(element).position === 'fixed' && top <= 0 && height < innerHeight / 2;
      return isHeader ? bottom : 0;
    });
    const room = bar.hidden ? 0 : Math.max(0, ...fixed) - from;
    if (room > 0) host.style.margin = `${room}px 0 -${room}px`;
  }

  // Before the body, whose own layout and margins are not for it.
  if (isTop) document.documentElement.insertBefore(host, document.body);
  else (document.body ?? document.documentElement).append(host);
  look();
  setInterval(look, 60_000);
  addEventListener('resize', place);
  document.addEventListener('visibilitychange', look);
})();
