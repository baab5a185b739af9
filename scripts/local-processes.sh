# shellcheck shell=bash
# Starting programs in the background and being sure that they end. Sourced by ./run, after local-postgres.sh.
# shellcheck disable=SC2154  # root is the caller's

launched=''          # the process started last
launched_all=''      # and all of them
launched_list=''     # the file that remembers them for the next run, should this one be killed
ending_with=''       # what to do at the end

# on_exit COMMAND ARGUMENT: runs it once, however this script ends short of SIGKILL.
on_exit() {
    ending_with=("$@")
    trap 'ended' EXIT
    trap 'exit 130' INT
    trap 'exit 143' TERM HUP
}

ended() {
    local code=$?
    trap '' INT TERM HUP
    trap - EXIT
    set +e
    "${ending_with[@]}"
    exit "$code"
}

# launch PREFIX PROGRAM...: in a process group of its own, so that Ctrl-C reaches this script alone, which then ends
# things in order. What the program says gets the prefix. What it writes into .data is nobody else's to read; .data
# itself stays open, because PostgreSQL's user must get through it.
launch() {
    local prefix=$1
    shift
    set -m
    if [ -z "$prefix" ]; then
        (umask 077 && exec "$@") </dev/null &
    else
        (umask 077 && exec "$@") </dev/null > >(prefixed "$prefix") 2>&1 &
    fi
    launched=$!
    set +m
    launched_all="$launched_all $launched"
    if [ -n "$launched_list" ]; then printf '%s\n' "$launched" >>"$launched_list"; fi
}

# Outlives the signals, to pass on a program's last words.
prefixed() {
    trap '' INT TERM HUP
    local line
    while IFS= read -r line || [ -n "$line" ]; do printf '%s%s\n' "$1" "$line"; done
}

# A process that ended, but that nobody waited for, as happens in containers, does not run any more.
is_running() { kill -0 "$1" 2>/dev/null && ! has_ended "$1"; }

# By its state: the command line is also empty for a moment while a program takes the place of the shell that started it.
has_ended() {
    if [ -d "/proc/$$" ]; then
        case $(sed 's/.*) //' "/proc/$1/stat" 2>/dev/null) in '' | Z* | X*) true ;; *) false ;; esac
    else
        [ -z "$(command_of "$1")" ]
    fi
}

# A trap runs only between commands, and a plain wait is one that a signal ends.
wait_for() { wait "$1"; }

wait_for_any() {
    local pid
    while :; do
        for pid in $launched_all; do
            if ! is_running "$pid"; then
                wait "$pid"
                return
            fi
        done
        sleep 1 &
        wait $! || true
    done
}

# Asks for an orderly end, last started first; what takes longer than 30 seconds, which is more than the server gives
# itself, is killed with all its children.
stop_launched() {
    local pid reversed=''
    for pid in $launched_all; do reversed="$pid $reversed"; done
    for pid in $reversed; do stop_group "$pid"; done
    launched_all=''
}

stop_group() {
    local waited=0
    kill -TERM "$1" 2>/dev/null || true
    while is_running "$1" && [ $((waited += 1)) -le 300 ]; do
        sleep 0.1
    done
    # Its last words are still on their way; whoever of its group is left after that will not go by itself.
    waited=0
    while kill -0 -- "-$1" 2>/dev/null && [ $((waited += 1)) -le 10 ]; do sleep 0.1; done
    kill -KILL -- "-$1" 2>/dev/null || true
}

# only_one_run FILE: refuses while another run of this checkout lives, and ends what one that was killed left running.
only_one_run() {
    local pid
    launched_list=$1
    if [ -s "$launched_list" ]; then
        pid=$(sed -n 1p "$launched_list")
        case $(command_of "$pid") in
            *bash*/run | *bash*/run\ *) fail "This checkout runs already (process $pid). Stop that one first: Ctrl-C where it runs, or kill $pid" ;;
        esac
        sed 1d "$launched_list" | while IFS= read -r pid; do
            case $(command_of "$pid") in
                *"dotnet $root/src/"* | *"/control-plane"*) say "Ending process $pid, left by a run that was killed."; stop_group "$pid" ;;
            esac
        done
    fi
    printf '%s\n' "$$" >"$launched_list"
}

port_must_be_free() {
    if port_is_taken "$1"; then
        rm -f "$launched_list"
        fail "Port $1 is taken by another program. Stop it, or choose another port: ./run $2 N"
    fi
}

port_must_be_a_number() {
    case $1 in '' | *[!0-9]*) fail "$2 wants a number, not '$1'." ;; esac
}

# answers PROCESS PORT PATH: waits until the program answers 200 there; fails when it ends or a minute passes.
answers() {
    local waited=0
    while [ $((waited += 1)) -le 600 ]; do
        if [ "$(http_status "$2" "$3")" = 200 ]; then return 0; fi
        is_running "$1" || return 1
        sleep 0.1 &
        wait $! || true
    done
    return 1
}

# Without curl, which a fresh machine may lack.
http_status() (
    exec 2>/dev/null 3<>"/dev/tcp/127.0.0.1/$1" || exit 0
    printf 'GET %s HTTP/1.0\r\nHost: 127.0.0.1:%s\r\n\r\n' "$2" "$1" >&3
    if IFS=' ' read -r -t 5 _ status _ <&3; then printf '%s' "$status"; fi
)
