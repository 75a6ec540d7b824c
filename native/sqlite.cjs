// SQLite for this Node. One release does not serve all: the newer one crashes Node 20, and the older one, compiled,
// aborts Node 24.19 and newer.
'use strict';

const hasPrebuilt = Number.parseInt(process.versions.node, 10) >= 22;

module.exports = hasPrebuilt ? require('better-sqlite3') : require('./node20/node_modules/better-sqlite3');
