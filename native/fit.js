// Refuses, in one sentence and before anything else, a Node that cannot run this program.
import { unfit } from './node.js';

const sentence = unfit();
if (sentence) {
  process.stderr.write(`${sentence}\n`);
  process.exit(1);
}
