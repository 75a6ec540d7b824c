#!/bin/sh
# The command line as the running service has it: its settings, its folders, its user. install.sh puts it into /usr/local/bin;
# as root: status-live incident list
unit=${STATUS_UNIT:-status-live}
pid=$(systemctl show --property MainPID --value "$unit")
if [ "${pid:-0}" -le 0 ]; then
  echo "$unit does not run: systemctl start $unit" >&2
  exit 1
fi
# Its mounts, as its secrets are there; its variables are read, not passed where `ps` shows them.
exec nsenter --target "$pid" --mount --wd \
  --setgid "$(stat -c %g "/proc/$pid")" --setuid "$(stat -c %u "/proc/$pid")" \
  "$(readlink "/proc/$pid/exe")" --input-type=module --eval "
    const { readFileSync } = await import('node:fs');
    for (const each of readFileSync('/proc/$pid/environ', 'utf8').split('\0').filter(Boolean)) {
      process.env[each.slice(0, each.indexOf('='))] = each.slice(each.indexOf('=') + 1);
    }
    await import(process.cwd() + '/dist/cli.js');" -- status "$@"
