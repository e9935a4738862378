#!/usr/bin/env bash
# Installs, upgrades or removes BatchWorker as a service of systemd. Running it again changes nothing that is already so, and never touches
# settings, secrets or data.
#
#   systemd/install.sh --from DIR [--root DIR]      DIR: the output of dotnet publish
#   systemd/install.sh --uninstall [--purge] [--root DIR]
#
# --root installs below another root (an image, a chroot, a package) and starts nothing; DESTDIR is the same.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=${DESTDIR:-} from='' remove='' purge=''

fail() { echo "install.sh: $1" >&2; exit "${2:-1}"; }
usage() { sed -n '2,8s/^# \{0,1\}//p' "${BASH_SOURCE[0]}"; }

while [ $# -gt 0 ]; do
  case $1 in
    --from) from=${2:?--from needs a directory}; shift 2 ;;
    --root) root=${2:?--root needs a directory}; shift 2 ;;
    --uninstall) remove=yes; shift ;;
    --purge) purge=yes; shift ;;
    -h|--help) usage; exit ;;
    *) usage >&2; fail "$1 is not known" 2 ;;
  esac
done

root=${root%/}
lib=$root/usr/lib/batchworker
unit=$root/usr/lib/systemd/system/batchworker.service
etc=$root/etc/batchworker
secrets=(openai_api_key anthropic_api_key gemini_api_key redis_url batch_api_keys batch_webhook_secret)
live=''
if [ -z "$root" ]; then
  [ "$(id -u)" = 0 ] || fail 'root is needed; --root DIR installs elsewhere' 77
  [ -d /run/systemd/system ] && live=yes
fi

# A new file takes the place of the old one at once, and only if it differs
put() {
  local source=$1 target=$2 mode=$3
  cmp -s "$source" "$target" && return
  install -D -m "$mode" "$source" "$target.new"
  mv -f "$target.new" "$target"
}

uninstall() {
  if [ -n "$live" ]; then
    systemctl disable --now batchworker.service 2>/dev/null || true
  fi
  rm -rf "$lib" "$root/usr/share/doc/batchworker"
  rm -f "$unit" "$root/usr/bin/batchworker" "$root/usr/share/bash-completion/completions/batchworker"
  if [ -n "$purge" ]; then
    rm -rf "$etc" "$root/var/lib/batchworker" "$root/var/lib/private/batchworker"
  fi
  if [ -n "$live" ]; then
    systemctl daemon-reload
  fi
  echo "BatchWorker is removed; $([ -n "$purge" ] && echo 'settings and data too' || echo "settings ($etc) and data (/var/lib/batchworker) stay, --purge removes them")."
}

# The program as a whole takes the place of the one before; a daemon that runs keeps the files that it has open
install_program() {
  rm -rf "$lib.new" "$lib.old"
  mkdir -p "$lib.new"
  cp -R "$from/." "$lib.new/"
  chmod -R u=rwX,go=rX "$lib.new"
  [ "$(id -u)" != 0 ] || chown -R 0:0 "$lib.new"
  if [ -e "$lib" ]; then
    mv "$lib" "$lib.old"
  fi
  mv "$lib.new" "$lib"
  rm -rf "$lib.old"
}

install_settings() {
  install -d -m 755 "$etc"
  install -d -m 700 "$etc/secrets"
  if [ ! -e "$etc/batchworker.env" ]; then
    install -m 644 "$here/batchworker.env" "$etc/batchworker.env"
  fi
  local name
  for name in "${secrets[@]}"; do
    [ -e "$etc/secrets/$name" ] || install -m 600 /dev/null "$etc/secrets/$name"
  done
}

install_completion() {
  local script
  script=$(mktemp)
  if "$lib/BatchWorker" completion bash > "$script" 2>/dev/null; then
    put "$script" "$root/usr/share/bash-completion/completions/batchworker" 644
  else
    echo 'install.sh: the program can not run here, so there is no completion (batchworker completion bash prints it)' >&2
  fi
  rm -f "$script"
}

if [ -n "$remove" ]; then
  uninstall
  exit
fi
[ -n "$from" ] || { usage >&2; fail '--from DIR or --uninstall is expected' 2; }
[ -x "$from/BatchWorker" ] || fail "$from holds no program: dotnet publish src/BatchWorker -c Release -r linux-x64 --self-contained -o $from"

install_program
install_settings
put "$here/batchworker.service" "$unit" 644
put "$here/batchworker" "$root/usr/bin/batchworker" 755
put "$here/README.md" "$root/usr/share/doc/batchworker/README.md" 644
install_completion
if [ -z "$live" ]; then
  echo "BatchWorker is installed below ${root:-/}. Nothing was started."
  exit
fi
systemctl daemon-reload
if systemctl is-active --quiet batchworker.service; then
  systemctl restart batchworker.service
  echo 'BatchWorker was upgraded and restarted.'
else
  echo "BatchWorker is installed. Put keys into $etc/secrets, then: systemctl enable --now batchworker"
fi
