// How strangers may write the address of the numbers, which docs/deploy's proxies keep to this machine.
export const METRICS_ADDRESSES = [
  '/metrics',
  '/metrics?x',
  '/metrics/',
  '/Metrics',
  '/METRICS/',
  '/%6Detrics',
  '//metrics',
];
