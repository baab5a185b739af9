# shellcheck shell=bash
# Docker Compose, of which the tests need `config` alone, and that needs no Docker engine. Sourced by ./test, after local-postgres.sh.
# Afterwards MARKETPLACE_COMPOSE is exported: the words that begin a command line of it.

find_compose() {
    if look_for_compose; then return; fi
    if can_install; then
        say 'No Docker Compose found; installing the package docker-compose with apt-get.'
        install_packages docker-compose || say 'apt-get could not install Docker Compose; what it said is above.'
        if look_for_compose; then return; fi
    fi
    # The one test that needs it fails, and says so again.
    say 'Docker Compose was not found, and docker-compose.yml cannot be checked without it.
Install it:   Debian           sudo apt-get install docker-compose
              elsewhere        https://docs.docker.com/compose/install/'
}

look_for_compose() {
    if docker compose version >/dev/null 2>&1 </dev/null; then
        export MARKETPLACE_COMPOSE='docker compose'
    elif docker-compose version >/dev/null 2>&1 </dev/null; then
        export MARKETPLACE_COMPOSE=docker-compose
    else
        return 1
    fi
}
