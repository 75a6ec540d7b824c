#!/bin/sh
# Installs the program of this clone, or of this installed package, as a service of systemd, or upgrades to it, or goes back to
# it: as root,
#   sh docs/deploy/install.sh
# It may run again at any time: what is there of settings, secrets, status and data stays as it is.
set -eu
program=$(cd "$(dirname "$0")/../.." && pwd)
user=status-live
state=/var/lib/status-live
settings=/etc/status-live/settings
secrets=/etc/status-live/secrets
unit=/etc/systemd/system/status-live.service
fail() {
  echo "install.sh: $*" >&2
  exit 1
}

[ "$(id -u)" -eq 0 ] || fail 'run it as root'
systemctl show-environment > /dev/null 2>&1 || fail 'systemd does not run here: in a container or WSL, start the program yourself'
node=$(command -v node) || fail 'Node is missing: install Node 22 or newer'
case $program in *[[:space:]]*) fail "the path of the program has a space: $program" ;; esac

cd "$program"
if [ -e build.js ]; then
  # A clone. The packages of this lock file and this Node: after a `git pull` here, they may be others.
  installed="$("$node" --version) $(cksum < package-lock.json)"
  if [ "$(cat node_modules/.installed 2> /dev/null)" != "$installed" ]; then
    npm ci --omit=dev --no-audit --no-fund
    echo "$installed" > node_modules/.installed
  fi
  "$node" build.js
fi

id "$user" > /dev/null 2>&1 ||
  useradd --system --user-group --home-dir "$state" --no-create-home --shell /usr/sbin/nologin "$user"
# The service must be able to read the program, and Node: a home folder is closed to it.
runuser -u "$user" -- "$node" dist/cli.js help > /dev/null ||
  fail "$user cannot run $program with $node: put both where every user may read, for instance below /opt and /usr"

install -d -m 755 /etc/status-live
install -d -m 700 "$secrets"
for secret in smtp_url api_token; do
  [ -e "$secrets/$secret" ] || install -m 600 /dev/null "$secrets/$secret"
done
[ -e "$settings" ] || {
  echo '# Settings of Status Live: docs/settings.md has all. Then: systemctl restart status-live'
  # What `init` was told, if it made the page.
  grep -sE '^(# )?(PUBLIC_URL|MAIL_FROM)=' "$state/.env.example" ||
    printf '# %s\n' PUBLIC_URL=https://YOUR-DOMAIN MAIL_FROM=status@YOUR-DOMAIN
  echo '# PORT=3000'
} > "$settings"
# Where an earlier unit kept its state, systemd moves it at the start.
if [ ! -L "$state" ]; then
  install -d -m 700 -o "$user" -g "$user" "$state" "$state/status" "$state/data"
  if [ -z "$(ls -A "$state/status")" ]; then
    cp -R status/. "$state/status"
    echo "The example is in $state/status. For a page of your own: docs/operations.md, systemd."
  fi
  # What root made there, now or by `init`, is the service's.
  find "$state" -user 0 -exec chown -h "$user:$user" {} +
fi

sed "/^ExecStart=/{s|/usr/bin/node|$node|;s|/opt/status-live|$program|}" docs/deploy/status-live.service > "$unit.new"
mv "$unit.new" "$unit"
install -m 755 docs/deploy/status.sh /usr/local/bin/status-live
systemctl daemon-reload
systemctl enable --quiet status-live
systemctl restart status-live

port=$(sed -n 's/^PORT=//p' "$settings" | tail -n 1)
for _ in $(seq 60); do
  if PORT=${port:-3000} "$node" docs/deploy/healthcheck.js; then
    cat << END
Status Live runs on port ${port:-3000}, from $program.
  Its settings (PUBLIC_URL, MAIL_FROM, PORT):  $settings
  Its mail server's address (SMTP_URL):        $secrets/smtp_url
  After a change there:  systemctl restart status-live
  Its log:               journalctl -u status-live -o cat -f
END
    exit 0
  fi
  sleep 1
done
fail 'it does not answer after a minute: journalctl -u status-live -o cat -n 50'
