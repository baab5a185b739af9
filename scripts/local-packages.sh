# shellcheck shell=bash
# What the machine lacks, from its own packages. Sourced by ./run and ./test, before whatever looks for programs.

# can_install: whether packages may be added here: by root, on Debian and what comes from it.
can_install() { [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; }

# install_packages NAME...: an old list of packages is no reason to give up, and a mirror that hangs must not hang the caller for ever.
install_packages() {
    local apt=(apt-get -o Acquire::Retries=2 -o Acquire::http::Timeout=30 -o Acquire::https::Timeout=30 -o DPkg::Lock::Timeout=120)
    {
        "${apt[@]}" update -qq || true
        DEBIAN_FRONTEND=noninteractive "${apt[@]}" install -y -qq --no-install-recommends "$@"
    } </dev/null >&2
}
