#!/usr/bin/env bash
# Pulls N clones with fresh news from a git daemon that takes 0.3 s to answer each connection: `xargs -P8 git pull --ff-only` against `hands pull`.
# Both have clones of their own and get the same news; they take turns, and which one begins changes from round to round. Read the ratio, not the seconds.
#
#   bench/pull/run.sh [ROUNDS [CLONES [DELAY]]]        needs bash, git, xargs and the .NET SDK; everything stays on 127.0.0.1
set -euo pipefail
rounds=${1:-5} clones=${2:-64} delay=${3:-0.3}
here=$(cd "$(dirname "$0")/../.." && pwd)
work=$(mktemp -d)
daemon=
finish() { if [ -n "$daemon" ]; then kill "$daemon" 2>/dev/null || true; fi; rm -rf "$work"; }
trap finish EXIT

# Git as it comes, whoever runs this.
export HOME=$work GIT_CONFIG_NOSYSTEM=1 GIT_AUTHOR_NAME=bench GIT_AUTHOR_EMAIL=bench@example.org GIT_COMMITTER_NAME=bench GIT_COMMITTER_EMAIL=bench@example.org
git config --global init.defaultBranch main

dotnet build -c Release -v quiet --nologo "$here/src/ManyHands.Cli" >/dev/null
tool=$here/src/ManyHands.Cli/bin/Release/net10.0/hands

echo "building $clones remotes and 2 × $clones clones …"
git init -q "$work/seed"
news() {
    for file in 1 2 3; do echo "$1 $RANDOM" >"$work/seed/file$file"; done
    git -C "$work/seed" add . && git -C "$work/seed" commit -qm "$1"
}
for i in 1 2 3 4 5 6; do news "commit $i"; done
git clone -q --bare "$work/seed" "$work/template.git"
mkdir "$work/remotes" "$work/xargs" "$work/hands"
for i in $(seq -w "$clones"); do cp -r "$work/template.git" "$work/remotes/r$i.git"; done

# The daemon asks this program before it serves a connection, and that takes a while.
printf '#!/bin/sh\nexec sleep %s\n' "$delay" >"$work/slowly" && chmod +x "$work/slowly"
for port in $(seq 19418 19518); do
    git daemon --listen=127.0.0.1 --port="$port" --base-path="$work/remotes" --export-all --reuseaddr --max-connections=0 \
        --access-hook="$work/slowly" "$work/remotes" 2>"$work/daemon.log" &
    daemon=$!
    for _ in 1 2 3 4 5 6 7 8 9 10; do
        if git ls-remote "git://127.0.0.1:$port/r$(seq -w "$clones" | head -1).git" >/dev/null 2>&1; then break 2; fi
        kill -0 "$daemon" 2>/dev/null || break
    done
    kill "$daemon" 2>/dev/null || true
done
for i in $(seq -w "$clones"); do
    git clone -q "$work/template.git" "$work/xargs/r$i"
    git -C "$work/xargs/r$i" remote set-url origin "git://127.0.0.1:$port/r$i.git"
    cp -r "$work/xargs/r$i" "$work/hands/r$i"
done

publish() {
    news "news $1"
    for i in $(seq -w "$clones"); do
        cp -r "$work/seed/.git/objects/." "$work/remotes/r$i.git/objects/"
        cp "$work/seed/.git/refs/heads/main" "$work/remotes/r$i.git/refs/heads/main"
    done
}
seconds() {
    local start=$EPOCHREALTIME
    "$@" >"$work/out" 2>&1 || { cat "$work/out"; exit 1; }
    awk -v a="$start" -v b="$EPOCHREALTIME" 'BEGIN { printf "%.3f", b - a }'
}
with_xargs() { ls -d "$work"/xargs/r* | xargs -P8 -I{} git -C {} pull -q --ff-only; }
with_hands() { "$tool" pull "$work/hands"; }
all_updated() { test "$(cat "$work/$1"/*/.git/refs/heads/main | grep -cFx "$(cat "$work/seed/.git/refs/heads/main")")" = "$clones"; }
median() { printf '%s\n' "$@" | sort -n | awk '{ v[NR] = $1 } END { print (NR % 2) ? v[(NR + 1) / 2] : (v[NR / 2] + v[NR / 2 + 1]) / 2 }'; }

xargs_times=() hands_times=() ratios=()
for round in $(seq 0 "$rounds"); do
    publish "$round"
    order=(xargs hands)
    if ((round % 2)); then order=(hands xargs); fi
    for name in "${order[@]}"; do
        declare "$name=$(seconds "with_$name")"
        all_updated "$name" || { echo "$name has not updated all clones"; cat "$work/out"; exit 1; }
    done

    ratio=$(awk -v x="$xargs" -v h="$hands" 'BEGIN { printf "%.3f", h / x }')
    # Round 0 warms the caches.
    echo "round $round: xargs -P8 $xargs s, hands pull $hands s, ratio $ratio"
    if ((round > 0)); then xargs_times+=("$xargs") hands_times+=("$hands") ratios+=("$ratio"); fi
done

echo "median: xargs -P8 $(median "${xargs_times[@]}") s, hands pull $(median "${hands_times[@]}") s, ratio $(median "${ratios[@]}")"
start=$EPOCHREALTIME
with_hands
echo "second run: $(awk -v a="$start" -v b="$EPOCHREALTIME" 'BEGIN { printf "%.3f", b - a }') s"
