// Addresses that visitors give: the page never calls itself, however its name is written.
import { expect, test } from 'vitest';
import { readChannelUrl, VISITOR_CHANNELS } from '../../../src/core/model/channel-url.ts';

test.each([
  ['page.example', 'https://page.example/x', 'url_invalid'],
  ['page.example', 'https://PAGE.example/x', 'url_invalid'],
  ['page.example', 'https://page.example./x', 'url_invalid'],
  ['page.example', 'https://page.example.:443/x', 'url_invalid'],
  ['page.example:8443', 'https://page.example.:8443/x', 'url_invalid'],
  ['page.example', 'https://page.example.org/x', 'webhook'],
  ['page.example', 'https://other.example./x', 'webhook'],
])('the page at %s asked to call %s: %s', (own, typed, expected) => {
  const read = readChannelUrl(typed, VISITOR_CHANNELS, own);
  expect('problem' in read ? read.problem : read.type).toBe(expected);
});
