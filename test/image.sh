#!/bin/sh
# The image without a container engine, as root on Linux: `npm run image-test`.
#
# A bare Debian with nothing but Node, the folder that docs/deploy/build-image.sh builds, and the start as docs/deploy/Dockerfile
# says: process 1 of its own, user 1000, everything read-only but /srv and /tmp. Needs debootstrap, and npm for Node itself.
set -eu
cd "$(dirname "$0")/.."
cache=node_modules/.cache
line=22
port=${PORT:-7599}
name=node-linux-$(node -p process.arch)
mkdir -p "$cache/nodes/$line" "$cache/image"
npm install --no-save --no-audit --no-fund --silent --prefix "$cache/nodes/$line" "$name@$line"
nodes=$PWD/$cache/nodes/$line/node_modules/$name/bin
base=$cache/image/bookworm.tar

work=$(mktemp -d)
server=
end() {
  [ -z "$server" ] || kill -9 "$server" 2>/dev/null || true
  rm -rf --one-file-system "$work"
}
trap end EXIT
trap 'exit 1' INT TERM
fail() {
  echo "image-test: $*" >&2
  cat "$work/log" >&2 2>/dev/null || true
  exit 1
}

root=$work/root
# In mounts of its own: debootstrap leaves /proc of the machine in the root, and a copy of it has no end.
[ -e "$base" ] || unshare --mount sh -ec "
  debootstrap --variant=minbase bookworm '$work/base' > '$work/log' 2>&1
  tar -C '$work/base' --one-file-system -cf '$base.new' .
  mv '$base.new' '$base'" || fail 'debootstrap failed'
mkdir "$root"
tar -xf "$base" -C "$root"
cp "$nodes/node" "$root/usr/local/bin/node"
mkdir "$work/source" "$work/srv"
# A clean copy, as `COPY . .` makes it with Dockerfile.dockerignore.
git ls-files -co --exclude-standard -- . ':!test' ':!bench' | tar -cf - -T - | tar -xf - -C "$work/source"
began=$(date +%s)
(cd "$work/source" && PATH="$nodes:$PATH" sh docs/deploy/build-image.sh "$root/opt/status-live")
echo "built in $(($(date +%s) - began)) s: $(du -sm "$root/opt/status-live" | cut -f1) MB in opt/status-live, $(du -sm "$root/usr/local/bin/node" | cut -f1) MB Node"
ln -s /opt/status-live/package/status-live.js "$root/usr/local/bin/status-live"
cp -r "$root/opt/status-live/status" "$work/srv/"
chown -R 1000:1000 "$work/srv"
for tool in gcc cc make python3 npm; do
  ! chroot "$root" sh -c "command -v $tool" >/dev/null || fail "$tool is in the image"
done

# Words after `inside` run in the image as its user.
settings="NODE_ENV=production HOST=127.0.0.1 PORT=$port STATUS_DIR=/srv/status DATA_DIR=/srv/data PATH=/usr/local/bin:/usr/bin:/bin"
cat > "$work/inside" <<END
mount --bind "$root" "$root"
mount -t proc proc "$root/proc"
mount -t tmpfs -o mode=1777 tmpfs "$root/tmp"
mount --bind "$work/srv" "$root/srv"
mount -o remount,ro,bind "$root"
exec chroot --userspec=1000:1000 "$root" env -i $settings "\$@"
END
inside() {
  unshare --mount --pid --fork --kill-child sh "$work/inside" "$@"
}
inside grep -q ' / [^ ]* ro[, ]' /proc/mounts || fail 'the root can be written to'
! inside node /opt/status-live/healthcheck.js || fail 'the health check is content without a server'

began=$(date +%s%N)
unshare --mount --pid --fork --kill-child sh "$work/inside" status-live > "$work/log" 2>&1 &
server=$!
tries=0
until curl -fsS -o "$work/page" "http://127.0.0.1:$port/status/live" 2>/dev/null; do
  tries=$((tries + 1))
  [ $tries -lt 300 ] || fail 'no page after 30 s'
  sleep 0.1
done
echo "first page after $((($(date +%s%N) - began) / 1000000)) ms"
grep -q Levqor "$work/page" || fail 'the page is not that of the example'
child=$(pgrep -P "$server")
grep -q '^NSpid:.*\b1$' "/proc/$child/status" || fail 'the server is not process 1'
grep -q '^Uid:.1000.1000' "/proc/$child/status" || fail 'the server runs as another user'
tr '\0' ' ' < "/proc/$child/cmdline" | grep -q max-semi-space-size || fail 'the server runs without its flag'
inside node /opt/status-live/healthcheck.js || fail 'the health check is not content'
inside status-live lint > /dev/null || fail 'the command line does not run'
curl -fsS "http://127.0.0.1:$port/readyz" > /dev/null || fail 'it is not ready'
curl -fsS -o "$work/og.png" "http://127.0.0.1:$port/status/og.png"
head -c 4 "$work/og.png" | grep -q PNG || fail 'no picture is drawn'
echo "resident: $(($(sed -n 's/^VmRSS:[^0-9]*\([0-9]*\).*/\1/p' "/proc/$child/status") / 1024)) MB"
kill -TERM "$child"
wait "$server" || fail "it ended with $?"
server=
echo 'image-test: passed'
