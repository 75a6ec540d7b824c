#!/bin/sh
# Builds the program's folder as an image holds it, from a clean copy of the repository: sh docs/deploy/build-image.sh FOLDER
#
# Node 22 or newer and npm are needed here; FOLDER then needs Node alone, of the same version and system. It is the package that
# `npm pack` makes, with the locked packages that it names and the program compiled ahead for this Node.
set -eu
to=$1
npm ci --omit=dev --ignore-scripts --no-audit --no-fund
tarball=$(npm pack --silent)
mkdir -p "$to/node_modules"
tar -xzf "$tarball" -C "$to" --strip-components=1 --no-same-owner
rm "$tarball"
cp dist/*.code "$to/dist/"
cp -R node_modules/better-sqlite3 node_modules/@resvg "$to/node_modules/"
cp docs/deploy/healthcheck.js "$to/"
# SQLite comes with its source, and with machine code for other systems.
system=$(node -p 'process.platform + (process.report.getReport().header.glibcVersionRuntime ? "" : "musl") + "-" + process.arch')
cd "$to/node_modules/better-sqlite3"
rm -rf deps src binding.gyp
find prebuilds -type f ! -name "$system.node" -exec rm {} +
# Built, and at once: a folder that cannot run is no image.
node "$to/dist/cli.js" help > /dev/null
node -e "new (require('.'))(':memory:')"
