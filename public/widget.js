// @ts-check
// Widget: a banner on somebody else's page, only while something is wrong. One script tag:
// <script async src="https://status.example.com/status/widget.js" data-lang="de" data-position="top"></script>
(() => {
  const script = /** @type {HTMLScriptElement | null} */ (
    document.currentScript ?? document.querySelector('script[src*="/status/widget.js"]')
  );
  if (!script) return;
  const { lang = document.documentElement.lang, position } = script.dataset;
  const source = new URL('widget.json', script.src);
  const host = document.createElement('div');
  const root = host.attachShadow({ mode: 'open' });
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(`
:host{all:initial;position:fixed;inset-inline:0;${position === 'top' ? 'top' : 'bottom'}:0;z-index:2147483000}
p{display:flex;gap:1em;align-items:center;justify-content:center;margin:0;padding:.5em 1em;color:#fff;
font:15px/1.4 system-ui,sans-serif;border-block:1px solid transparent}
p[hidden]{display:none}
a{color:inherit}
button{font:inherit;min-width:28px;min-height:28px;color:inherit;background:none;border:1px solid;border-radius:4px;cursor:pointer}
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

  /** @param {any} news */
  function show(news) {
    const words = news.words[lang.split('-')[0] || ''] ?? news.words.en;
    bar.hidden = !news.wrong || news.key === closed;
    const all = JSON.stringify([bar.hidden, words]);
    if (all === shown) return;
    shown = all;
    if (bar.hidden) return bar.replaceChildren();
    bar.style.background = news.color;
    const link = document.createElement('a');
    link.href = news.url;
    link.textContent = words.more;
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
    bar.replaceChildren(words.text, link, close);
  }

  (document.body ?? document.documentElement).append(host);
  look();
  setInterval(look, 60_000);
  document.addEventListener('visibilitychange', look);
})();
