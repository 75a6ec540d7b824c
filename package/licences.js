// The licence texts of the packages inside the programs, as their licences ask of whoever passes them on.
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

const TEXT = /^(?:licen[cs]e|copying|notice)/i;

/**
 * One text with the name, version, licence and texts of each package that `files` are from; packages with the same text stand
 * together. Throws if a package has none and its licence is not known by heart.
 * @param files paths that begin with `node_modules/`, and others.
 */
export function licencesOf(files) {
  const folders = new Set(files.map(folderOf).filter(folder => folder !== null));
  const byText = new Map();
  for (const folder of [...folders].sort()) {
    const about = JSON.parse(readFileSync(path.join(folder, 'package.json'), 'utf8'));
    const text = textsIn(folder) || textOf(about);
    byText.set(text, [...(byText.get(text) ?? []), `${about.name} ${about.version} (${about.license})`]);
  }
  const line = '-'.repeat(80);
  const parts = [...byText].map(([text, names]) => `${line}\n${names.join('\n')}\n\n${text}\n`);
  return `The programs of Status Live contain these packages.\n\n${parts.join('\n')}`;
}

/** The folder of the package that a file is from: the innermost `node_modules/NAME`; null for our own files. */
function folderOf(file) {
  return /^.*node_modules\/(?:@[^/]+\/)?[^/]+(?=\/)/.exec(file)?.[0] ?? null;
}

function textsIn(folder) {
  const names = readdirSync(folder).filter(name => TEXT.test(name) && !/\.[cm]?[jt]s$/.test(name));
  return names
    .sort()
    .map(name => readFileSync(path.join(folder, name), 'utf8').trim())
    .join('\n\n');
}

/** Some packages name their licence and do not bring its text. Ours is the same. */
function textOf({ name, license, author }) {
  if (license !== 'MIT') throw new Error(`the package ${name} (${license}) has no licence text`);
  const holder = (author?.name ?? author ?? '').replace(/\s*[<(].*$/, '') || `the authors of ${name}`;
  return readFileSync('LICENSE', 'utf8')
    .replace(/^Copyright .*$/m, `Copyright (c) ${holder}`)
    .trim();
}
