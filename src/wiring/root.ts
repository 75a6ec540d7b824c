// Finds the program's folder, with views/, public/ and the sample status/: run from src/, from dist/, or in a test.
import { createRequire } from 'node:module';
import path from 'node:path';

/** The folder of package.json. */
export const ROOT = path.dirname(createRequire(import.meta.url).resolve('#package'));
