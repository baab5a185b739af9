# shellcheck shell=bash
# The browser of the tests, from what the machine has. Sourced by ./test, after local-postgres.sh.
# Afterwards MARKETPLACE_CHROMIUM is exported.

find_chromium() {
    if look_for_chromium; then return; fi
    if can_install; then
        say 'No Chromium found; installing the package chromium with apt-get. This takes a minute or two, once.'
        install_packages chromium fonts-dejavu-core ||
            fail 'apt-get could not install Chromium; what it said is above. Without a network, install it by hand, or
name its program in MARKETPLACE_CHROMIUM. The laws of the core run all the same: ./test Properties'
        if look_for_chromium; then return; fi
    fi
    fail 'The tests of the pages need Chromium, and it was not found.
Install it:   Debian           sudo apt-get install chromium
              Ubuntu           sudo snap install chromium
              Fedora           sudo dnf install chromium
              macOS            brew install --cask google-chrome
or name its program:           export MARKETPLACE_CHROMIUM=/path/to/chromium'
}

look_for_chromium() {
    local program path
    if [ -n "${MARKETPLACE_CHROMIUM:-}" ]; then
        [ -x "$MARKETPLACE_CHROMIUM" ] || fail "MARKETPLACE_CHROMIUM names $MARKETPLACE_CHROMIUM, which is no program."
        export MARKETPLACE_CHROMIUM
        return
    fi
    for program in chromium chromium-browser google-chrome google-chrome-stable \
        '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome' '/Applications/Chromium.app/Contents/MacOS/Chromium'; do
        if path=$(command -v "$program" 2>/dev/null) && is_browser "$path"; then
            export MARKETPLACE_CHROMIUM="$path"
            return
        fi
    done
    return 1
}

# Where the package is not installed, Ubuntu has a program of that name which only says so.
is_browser() { "$1" --version >/dev/null 2>&1 </dev/null; }
