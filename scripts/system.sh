# Sourced by the set-up scripts: talking to the person, and to Debian's package manager.

say() { printf 'set-up: %s\n' "$*" >&2; }

# Says what is missing and what to do, one line each, and ends.
stop() {
    printf '\nset-up stopped: %s\n' "$1" >&2
    shift
    local line
    for line in "$@"; do printf '  %s\n' "$line" >&2; done
    exit 1
}

# Installs Debian packages when this user may do so without being asked; otherwise fails quietly.
apt_install() {
    command -v apt-get >/dev/null 2>&1 || return 1
    local as_root=()
    if [ "$(id -u)" -ne 0 ]; then
        command -v sudo >/dev/null 2>&1 && sudo -n true 2>/dev/null || return 1
        as_root=(sudo -n)
    fi
    say "installing $* with apt-get"
    "${as_root[@]+"${as_root[@]}"}" env DEBIAN_FRONTEND=noninteractive apt-get update -qq >&2 || true
    "${as_root[@]+"${as_root[@]}"}" env DEBIAN_FRONTEND=noninteractive \
        apt-get install -qq -y --no-install-recommends "$@" >&2
}
