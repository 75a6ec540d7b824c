// Views: the only file that knows EJS. Templates are compiled once and kept.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import ejs from 'ejs';
import type { Render } from './core/model/ports/render.ts';
import { printable } from './core/text/printable.ts';

/**
 * Makes the function that fills templates under `viewsDir`. HTML is escaped by default; emails'
 * `.text` and `.subject` files are plain text and are not. Data stands under `it`, so a misspelt
 * name is `undefined` on the page's own object and never a global.
 */
export function makeRender(viewsDir: string): Render {
  const compiled = new Map<string, ejs.TemplateFunction>();
  return (name, data) => {
    let template = compiled.get(name);
    if (!template) {
      template = compile(viewsDir, name);
      compiled.set(name, template);
    }
    return template(data);
  };
}

function compile(viewsDir: string, name: string): ejs.TemplateFunction {
  const filename = join(viewsDir, `${name}.ejs`);
  const plain = /\.(text|subject)$/.test(name);
  return ejs.compile(readFileSync(filename, 'utf8'), {
    filename,
    root: viewsDir,
    // `cache` is what keeps included parts compiled.
    cache: true,
    async: false,
    _with: false,
    localsName: 'it',
    // Indentation is for us; a visitor on a bad network pays for every byte.
    rmWhitespace: !plain,
    escape: (value: unknown) => (plain ? String(value) : ejs.escapeXML(printable(String(value ?? '')))),
  }) as ejs.TemplateFunction;
}
