# shellcheck shell=bash
# The control plane that stands beside a catalogue. Sourced by ./run, after local-processes.sh, and by ./test for find_interpreter.
# shellcheck disable=SC2154  # data, launched are the caller's

# control_plane_beside CATALOGUE: the program that makes what the catalogue sells, if there is one.
control_plane_beside() {
    local program
    program=$(dirname "$1")/control-plane
    if [ -x "$program" ]; then printf '%s' "$program"; fi
}

# find_interpreter PROGRAM: what its first line names.
find_interpreter() {
    local name
    name=$(sed -n '1s/^#!.*[/ ]\([^/ ]*\)$/\1/p' "$1")
    if [ -z "$name" ] || command -v "$name" >/dev/null 2>&1; then return; fi
    if [ "$name" = python3 ] && can_install; then
        say 'No Python found; installing the package python3 with apt-get.'
        install_packages python3 || fail 'apt-get could not install Python; what it said is above. Without a network, install it by hand.'
        if command -v python3 >/dev/null 2>&1; then return; fi
    fi
    fail "The control plane $1 needs $name, which was not found. Install it:
              Debian, Ubuntu   sudo apt-get install $name
              Fedora           sudo dnf install $name
              macOS            brew install $name"
}

# control_plane_settings PORT: where the server finds it, and the secret that they share.
control_plane_settings() {
    if [ ! -s "$data/control-plane-secret" ]; then
        (umask 077 && printf 'whsec_%s' "$(head -c 32 /dev/urandom | base64 | tr -d '\n')" >"$data/control-plane-secret")
    fi
    HttpProvisioner__Secrets=$(cat "$data/control-plane-secret")
    export HttpProvisioner__Secrets HttpProvisioner__Url="http://127.0.0.1:$1/marketplace"
}

# control_plane_start PROGRAM PORT: on data of its own, with the secret that the server is told.
control_plane_start() {
    export CONTROL_PLANE_PORT=$2 CONTROL_PLANE_SECRETS=$HttpProvisioner__Secrets CONTROL_PLANE_STATE="$data/control-plane.json"
    launch 'control   | ' "$1"
    answers "$launched" "$2" /health || fail 'The control plane did not start; what it said is above.'
}
