// Pictures and links of an issue that lead to files of the old site.

/** Code, a link's target, or that of a reference (`[log]: /log.txt`; a footnote is none). */
const TARGETS =
  /```[\s\S]*?(?:```|$)|`[^`\n]+`|(\]\(\s*|^ {0,3}\[(?!\^)[^\]\n]+\]:[ \t]*)(<[^<>\n]*>|[^\s()<>]+)/gm;
/** A whole address, a place in the text, a shortcode; and pages that old addresses lead to. */
const ELSEWHERE = /^(?:[a-z][a-z\d+.-]*:|[#{]|$)/i;
const LEADS_ON = /^\/(?:(?:[a-z]{2}(?:-[a-z]+)?\/)?(?:issues|affected)\/.*)?$/i;

/**
 * A text in markdown with whole addresses.
 * @param page the issue's own address there; null: it is not known, and the text stays
 * @param met is called with each target that is a path of the old site
 */
export function withWholeLinks(text: string, page: string | null, met: (target: string) => void): string {
  return text.replace(TARGETS, (all: string, before?: string, given?: string) => {
    const target = given?.replace(/^<(.*)>$/, '$1').trim() ?? '';
    if (before === undefined || ELSEWHERE.test(target) || LEADS_ON.test(target)) return all;
    met(target);
    if (page === null || !URL.canParse(target, page)) return all;
    const whole = new URL(target, page).href;
    return before + (given!.startsWith('<') ? `<${whole}>` : whole);
  });
}

/** What the report says of the paths in one issue. */
export function linksRemark(targets: ReadonlySet<string>, page: string | null): string {
  const which = `its pictures and links ${[...targets].map(one => `“${one}”`).join(', ')}`;
  return page === null
    ? `${which} are paths of the old site, which says no \`baseURL\`: put the files where they stay, and write their whole addresses`
    : `${which} lead to the old site (${new URL(page).origin}) and work while it is there: put the files where they stay, and write their new addresses`;
}
