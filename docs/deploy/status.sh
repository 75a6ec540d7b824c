#!/bin/sh
# The command line as the running service has it: its settings, its folders, its user. Paths are yours, and its user needs the right
# to them. install.sh puts it into /usr/local/bin; as root: status-live incident list
unit=${STATUS_UNIT:-status-live}
pid=$(systemctl show --property MainPID --value "$unit")
if [ "${pid:-0}" -le 0 ]; then
  echo "$unit does not run: systemctl start $unit" >&2
  exit 1
fi
# It starts in the folder of the service, where `.env` may be; paths are seen from here.
export STATUS_CWD="$PWD"
cd "/proc/$pid/cwd" && cd "$(pwd -P)" || exit
# Its variables are read, not passed where `ps` shows them.
exec setpriv --reuid "$(stat -c %u "/proc/$pid")" --regid "$(stat -c %g "/proc/$pid")" --init-groups \
  "$(readlink "/proc/$pid/exe")" --input-type=module --eval "
    const { readFileSync } = await import('node:fs');
    const { resolve } = await import('node:path');
    const of = name => readFileSync('/proc/$pid/' + name, 'utf8').split('\0').filter(Boolean);
    for (const each of of('environ')) {
      process.env[each.slice(0, each.indexOf('='))] = each.slice(each.indexOf('=') + 1);
    }
    await import(resolve(of('cmdline').at(-1).replace(/main\.js$/, 'cli.js')));" -- status "$@"
