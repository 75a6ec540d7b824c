// Renders templates; the only file that uses EJS. Templates are compiled once and cached.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import ejs from 'ejs';
import type { Render } from './core/model/ports/render.ts';
import { printable } from './core/text/printable.ts';

/**
 * Makes the function that fills templates in `viewsDir`. HTML is escaped; the `.text` and `.subject` files of emails
 * are plain text and are not. Templates read their data from `it`, so a misspelt name is `undefined` and never a
 * global.
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
    // `cache` also keeps included templates compiled.
    cache: true,
    async: false,
    _with: false,
    localsName: 'it',
    // Indentation is only for developers; visitors should not download it.
    rmWhitespace: !plain,
    escape: (value: unknown) => (plain ? String(value) : ejs.escapeXML(printable(String(value ?? '')))),
  }) as ejs.TemplateFunction;
}
