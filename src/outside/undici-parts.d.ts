// The types of undici's parts (undici.ts), as its index declares them.

declare module 'undici/lib/api/api-request.js' {
  import { Client } from 'undici';

  const request: Client['request'];
  export default request;
}

declare module 'undici/lib/core/connect.js' {
  import { buildConnector } from 'undici';
  export default buildConnector;
}

declare module 'undici/lib/dispatcher/client.js' {
  import { Client } from 'undici';
  export default Client;
}
