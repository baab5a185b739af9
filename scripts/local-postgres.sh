# shellcheck shell=bash
# A private PostgreSQL of this checkout, from the binaries that the machine has. Sourced by ./run and ./test.
# Works with the bash 3.2 of macOS. One folder holds one cluster:
#   data/                 PostgreSQL's own files
#   superuser.password    for people who need more than the server may (0600)
#   marketplace.password  of the role that the server uses (0600)
#   port                  kept, because the databases that were sold carry it in their DATABASE_URL
#   log                   what PostgreSQL says

POSTGRES_VERSION_MIN=15
POSTGRES_BIN=''
POSTGRES_PSQL=''
POSTGRES_USER=''     # empty: PostgreSQL runs as the caller

say() { printf '%s\n' "$*" >&2; }
fail() { say "$*"; exit 1; }

random_hex() { od -An -N24 -tx1 /dev/urandom | tr -d ' \n'; }

# --- finding PostgreSQL ------------------------------------------------------------------------------------------

find_postgres() {
    if look_for_postgres; then return; fi
    if can_install; then
        say 'No PostgreSQL server found; installing the package postgresql with apt-get.'
        install_postgres_with_apt
        if look_for_postgres; then return; fi
    fi
    fail "PostgreSQL $POSTGRES_VERSION_MIN or newer is needed, and its server programs (initdb, pg_ctl, postgres, psql) were not found.
Install it:   Debian, Ubuntu   sudo apt-get install postgresql
              Fedora           sudo dnf install postgresql-server
              macOS            brew install postgresql@17
or put the folder that holds the programs into PATH, or name a running server:
              export ConnectionStrings__Marketplace='Host=...;Database=...;Username=...;Password=...'"
}

look_for_postgres() {
    local folder best='' best_version=0 version
    while IFS= read -r folder; do
        if [ ! -x "$folder/initdb" ] || [ ! -x "$folder/pg_ctl" ] || [ ! -x "$folder/postgres" ]; then continue; fi
        if [ ! -x "$folder/psql" ] && ! command -v psql >/dev/null 2>&1; then continue; fi
        version=$("$folder/postgres" -V 2>/dev/null | sed -n 's/^postgres (PostgreSQL) \([0-9][0-9]*\).*/\1/p')
        if [ "${version:-0}" -ge "$POSTGRES_VERSION_MIN" ] && [ "$version" -gt "$best_version" ]; then
            best=$folder
            best_version=$version
        fi
    done < <(postgres_folders)
    [ -n "$best" ] || return 1
    POSTGRES_BIN=$best
    if [ -x "$best/psql" ]; then POSTGRES_PSQL=$best/psql; else POSTGRES_PSQL=$(command -v psql); fi
}

postgres_folders() {
    local program path
    for program in postgres pg_ctl initdb; do
        if path=$(command -v "$program" 2>/dev/null); then dirname "$path"; fi
    done
    for path in /usr/lib/postgresql/*/bin /usr/pgsql-*/bin \
        /opt/homebrew/opt/postgresql*/bin /usr/local/opt/postgresql*/bin \
        /Applications/Postgres.app/Contents/Versions/*/bin; do
        if [ -d "$path" ]; then printf '%s\n' "$path"; fi
    done
    if command -v brew >/dev/null 2>&1; then
        for program in postgresql@18 postgresql@17 postgresql@16 postgresql@15; do
            if path=$(brew --prefix "$program" 2>/dev/null) && [ -d "$path/bin" ]; then printf '%s\n' "$path/bin"; fi
        done
    fi
}

install_postgres_with_apt() {
    # The package would start a cluster of its own, which nobody asked for.
    {
        install_packages postgresql-common &&
            sed -i 's/^#* *create_main_cluster.*/create_main_cluster = false/' /etc/postgresql-common/createcluster.conf &&
            install_packages postgresql
    } || fail 'apt-get could not install PostgreSQL; what it said is above.'
}

# --- running its programs as somebody who is not root -------------------------------------------------------------

choose_postgres_user() {
    if [ "$(id -u)" != 0 ]; then return; fi
    if id postgres >/dev/null 2>&1; then POSTGRES_USER=postgres; else POSTGRES_USER=nobody; fi
}

# PostgreSQL refuses to run as root. The working folder may be closed to the other user, hence the cd.
as_postgres() (
    cd /
    export LC_ALL=C
    if [ -z "$POSTGRES_USER" ]; then
        exec "$@"
    elif command -v runuser >/dev/null 2>&1; then
        exec runuser -u "$POSTGRES_USER" -- "$@"
    elif command -v setpriv >/dev/null 2>&1; then
        exec setpriv --reuid "$POSTGRES_USER" --regid "$(id -g "$POSTGRES_USER")" --clear-groups "$@"
    elif [ "$(uname)" = Darwin ]; then
        exec sudo -n -u "$POSTGRES_USER" "$@"
    else
        exec su -s "$BASH" "$POSTGRES_USER" -c "$(printf '%q ' "$@")"
    fi
)

# --- one cluster --------------------------------------------------------------------------------------------------

# cluster_start FOLDER [scratch]: afterwards ConnectionStrings__Marketplace is exported. A scratch cluster trades
# durability for speed, and is thrown away with its data.
cluster_start() {
    local folder=$1 kind=${2:-kept} port
    choose_postgres_user
    cluster_make_folder "$folder"
    if [ ! -d "$folder/data" ]; then cluster_initialize "$folder" "$kind"; fi

    cluster_forget_stale_pid "$folder"
    if cluster_is_up "$folder"; then
        port=$(sed -n 4p "$folder/data/postmaster.pid")
    else
        cluster_launch "$folder"
        port=$(cat "$folder/port")
    fi
    cluster_prepare "$folder" "$port"
    ConnectionStrings__Marketplace="Host=127.0.0.1;Port=$port;Database=marketplace;Username=marketplace;Password=$(cat "$folder/marketplace.password")"
    export ConnectionStrings__Marketplace
}

# cluster_stop FOLDER [MODE]: quiet when there is nothing to stop.
cluster_stop() {
    local folder=$1 mode=${2:-fast}
    choose_postgres_user
    if [ -n "$POSTGRES_BIN" ] && [ -f "$folder/data/postmaster.pid" ] && cluster_is_running "$folder"; then
        as_postgres "$POSTGRES_BIN/pg_ctl" stop -D "$(cluster_path "$folder")/data" -m "$mode" -w -t 60 >/dev/null ||
            as_postgres "$POSTGRES_BIN/pg_ctl" stop -D "$(cluster_path "$folder")/data" -m immediate -w -t 30 >/dev/null
    fi
}

# cluster_remove FOLDER: for scratch clusters only.
cluster_remove() {
    local folder=$1 path
    if [ -e "$folder" ] || [ -L "$folder" ]; then
        path=$(cluster_path "$folder")
        cluster_stop "$folder" immediate
        rm -rf "$path" "$folder"
    fi
}

# The folder itself, behind the link that stands for it where PostgreSQL's user cannot reach the checkout.
cluster_path() { (cd -P "$1" 2>/dev/null && pwd) || printf '%s\n' "$1"; }

cluster_make_folder() {
    local folder=$1 elsewhere
    mkdir -p "$(dirname "$folder")"
    if [ -L "$folder" ] && [ ! -d "$folder" ]; then rm "$folder"; fi
    if [ -d "$folder" ]; then return; fi
    (umask 077 && mkdir "$folder")
    if [ -z "$POSTGRES_USER" ]; then return; fi
    chown "$POSTGRES_USER" "$folder"
    if as_postgres test -w "$folder" 2>/dev/null; then return; fi

    # The checkout is somewhere that only root may enter, such as root's own home.
    rmdir "$folder"
    elsewhere=$(mktemp -d /var/lib/marketplace.XXXXXX 2>/dev/null || mktemp -d /var/tmp/marketplace.XXXXXX)
    chown "$POSTGRES_USER" "$elsewhere"
    ln -s "$elsewhere" "$folder"
    say "PostgreSQL runs as $POSTGRES_USER, who cannot enter $(dirname "$folder"); its files are in $elsewhere."
}

cluster_initialize() {
    local folder=$1 kind=$2 path sync=''
    path=$(cluster_path "$folder")
    # Left from a start that was killed half way.
    rm -rf "$path/data.new"
    (umask 077 && random_hex >"$path/superuser.password" && random_hex >"$path/marketplace.password")
    if [ -n "$POSTGRES_USER" ]; then chown "$POSTGRES_USER" "$path/superuser.password"; fi
    if [ "$kind" = scratch ]; then sync='--no-sync'; fi
    as_postgres "$POSTGRES_BIN/initdb" -D "$path/data.new" -U postgres --pwfile="$path/superuser.password" \
        --auth=scram-sha-256 --encoding=UTF8 --locale=C $sync >"$path/initdb.log" 2>&1 || {
        cat "$path/initdb.log" >&2
        fail 'initdb failed; what it said is above.'
    }
    {
        printf '%s\n' '' '# Of this checkout alone: reachable from this machine, by password.' \
            "listen_addresses = '127.0.0.1'" "unix_socket_directories = ''" 'max_connections = 200' \
            "timezone = 'UTC'" "log_timezone = 'UTC'" "log_line_prefix = '%m [%p] %q%u@%d '"
        if [ "$kind" = scratch ]; then
            printf '%s\n' 'fsync = off' 'synchronous_commit = off' 'full_page_writes = off' 'jit = off'
        fi
    } >>"$path/data.new/postgresql.conf"
    mv "$path/data.new" "$path/data"
}

cluster_is_running() {
    local pid
    pid=$(sed -n 1p "$1/data/postmaster.pid" 2>/dev/null) || return 1
    [ -n "$pid" ] && kill -0 "$pid" 2>/dev/null && case $(command_of "$pid") in
        *"$(cluster_path "$1")/data"*) true ;;
        *) false ;;
    esac
}

# One that is just coming up or going down gets the time to do so.
cluster_is_up() {
    local waited=0
    while cluster_is_running "$1"; do
        if port_is_taken "$(sed -n 4p "$1/data/postmaster.pid")"; then return 0; fi
        if [ $((waited += 1)) -gt 100 ]; then return 1; fi
        sleep 0.1
    done
    return 1
}

# After a SIGKILL or a restart of the machine the number in postmaster.pid may belong to somebody else by now, and
# PostgreSQL would refuse to start. Where nobody has it, PostgreSQL finds that out by itself.
cluster_forget_stale_pid() {
    local pid
    pid=$(sed -n 1p "$1/data/postmaster.pid" 2>/dev/null) || return 0
    if [ -n "$pid" ] && kill -0 "$pid" 2>/dev/null && ! cluster_is_running "$1"; then
        rm -f "$1/data/postmaster.pid"
    fi
}

cluster_launch() {
    local folder=$1 path attempt port
    path=$(cluster_path "$folder")
    for attempt in 1 2 3 4 5; do
        port=$(cat "$path/port" 2>/dev/null || true)
        if [ -z "$port" ] || port_is_taken "$port"; then
            if [ -n "$port" ]; then
                say "Port $port, where this PostgreSQL was before, is taken: a DATABASE_URL handed out earlier will not work."
            fi
            port=$(free_port)
            printf '%s\n' "$port" >"$path/port"
        fi
        if as_postgres "$POSTGRES_BIN/pg_ctl" start -D "$path/data" -l "$path/data/server.log" -w -t 60 \
            -o "-p $port" </dev/null >/dev/null 2>&1; then return; fi
        # The port went in between, or processes of a killed server are still letting go of its memory.
        sleep "$attempt"
    done
    tail -n 20 "$path/data/server.log" >&2
    fail "PostgreSQL did not start; the end of $path/data/server.log is above."
}

# Run at every start, and therefore complete even when the first start was killed half way.
cluster_prepare() {
    local folder=$1 port=$2
    PGPASSWORD=$(cat "$folder/superuser.password") PGOPTIONS='-c client_min_messages=warning' \
        "$POSTGRES_PSQL" -X -q -h 127.0.0.1 -p "$port" -U postgres -d postgres -v ON_ERROR_STOP=1 >/dev/null <<SQL ||
SELECT 'CREATE ROLE marketplace' WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'marketplace') \\gexec
ALTER ROLE marketplace LOGIN CREATEDB CREATEROLE NOSUPERUSER PASSWORD '$(cat "$folder/marketplace.password")';
SELECT 'CREATE DATABASE marketplace OWNER marketplace'
 WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = 'marketplace') \\gexec
REVOKE CONNECT ON DATABASE postgres, template1, marketplace FROM PUBLIC;
SQL
        fail "PostgreSQL runs on port $port, but its roles and database could not be made; see above."
}

# --- processes ----------------------------------------------------------------------------------------------------

# The command line; nothing of a process that has ended. A small Linux has no ps, and macOS has no /proc.
command_of() {
    if [ -d "/proc/$$" ]; then
        if [ -r "/proc/$1/cmdline" ]; then tr '\0' ' ' <"/proc/$1/cmdline" 2>/dev/null || true; fi
    else
        case $(ps -o stat= -p "$1" 2>/dev/null) in '' | Z*) ;; *) ps -o command= -p "$1" 2>/dev/null || true ;; esac
    fi
}

# --- ports --------------------------------------------------------------------------------------------------------

port_is_taken() { (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null; }

# Below the range from which the system serves outgoing connections, so that none of them takes it between two starts.
free_port() {
    local port
    while :; do
        port=$((20000 + (RANDOM * 32768 + RANDOM) % 12000))
        if ! port_is_taken "$port"; then
            printf '%s\n' "$port"
            return
        fi
    done
}

# --- scratch folders ----------------------------------------------------------------------------------------------

# Each run has a folder named by its process. Those of runs that were killed are cleared away by the next one.
remove_abandoned_scratch() {
    local folder pid
    for folder in "$1"/*; do
        pid=${folder##*/}
        case $pid in *[!0-9]*) continue ;; esac
        if ! kill -0 "$pid" 2>/dev/null; then
            cluster_remove "$folder/postgres"
            rm -rf "$folder"
        fi
    done
}

# --- .NET ---------------------------------------------------------------------------------------------------------

find_dotnet() {
    local folder
    export DOTNET_NOLOGO=1 DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_SKIP_FIRST_TIME_EXPERIENCE=1
    if dotnet_is_new_enough; then return; fi
    for folder in "${DOTNET_ROOT:-}" "${HOME:-}/.dotnet" /usr/share/dotnet /usr/lib/dotnet /usr/local/share/dotnet /opt/homebrew/bin; do
        if [ -n "$folder" ] && [ -x "$folder/dotnet" ]; then
            PATH="$folder:$PATH"
            if dotnet_is_new_enough; then return; fi
        fi
    done
    fail 'The .NET 10 SDK is needed and was not found.
Install it from https://dot.net/download (Debian, Ubuntu: dotnet-sdk-10.0; macOS: brew install dotnet-sdk), then try again.'
}

dotnet_is_new_enough() {
    command -v dotnet >/dev/null 2>&1 && dotnet --list-sdks 2>/dev/null | grep '^10\.' >/dev/null
}

# Silent unless it fails, and without the compiler and build servers that would live on behind the command.
build() {
    local said
    if ! said=$(dotnet build "$@" -c Release --disable-build-servers -v quiet -clp:NoSummary </dev/null 2>&1); then
        printf '%s\n' "$said" | awk '!seen[$0]++' >&2
        return 1
    fi
}
