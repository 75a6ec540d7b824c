// The parts of undici that we use. Its index also loads fetch, caches and web sockets: 40 ms at each start.
import request from 'undici/lib/api/api-request.js';
import buildConnector from 'undici/lib/core/connect.js';
import Client from 'undici/lib/dispatcher/client.js';

// The package's index does the same.
Object.assign(Client.prototype, { request });

export { buildConnector, Client };
