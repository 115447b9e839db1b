#!/usr/bin/env bash
# ManyHands and its rivals side by side: builds and runs small programs that measure the same thing, takes turns between them for several
# rounds, and prints medians, ratios and goals. A rival that cannot be had is named in the table, and the rest goes on.
#
#   bench/rivals/run.sh [ROUNDS] [--only PATTERN] [--quick] [--markdown] [--into FILE] [--as-is]
#
#   ROUNDS           how often everybody has a turn; 5 if not given
#   --only PATTERN   only what matches, a regular expression: round-trip, many, map, arrays, start, kill, memory, speed-up, threads, waits, …
#   --quick          a tenth of the work: to see that it runs
#   --markdown       the table as Markdown
#   --into FILE      also puts it into the marked part of a Markdown file: docs/performance.md
#   --as-is          installs nothing
#
# Needs the .NET SDK. Installs, where it may and they are missing: gcc, python3, pebble and joblib by apt-get; piscina and workerpool by npm,
# if that is there. Leave the machine alone while it runs: it says whether somebody did not.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1

as_is= arguments=() before=
for argument in "$@"; do
    if [ "$before" = --into ] && { [ ! -f "$argument" ] || [ ! -w "$argument" ]; }; then
        echo "The table cannot be put into '$argument': it is no file that can be written to." >&2
        exit 2
    fi
    before=$argument
    if [ "$argument" = --as-is ]; then as_is=yes; else arguments+=("$argument"); fi
done

# The distribution's Python, for which pebble and joblib are packaged, before any other.
python=$([ -x /usr/bin/python3 ] && echo /usr/bin/python3 || echo python3)
has_python_module() { "$python" -c "import $1" 2>/dev/null; }

missing=()
{ command -v gcc && [ -e /usr/include/stdio.h ]; } >/dev/null || missing+=(gcc libc6-dev)
command -v "$python" >/dev/null || missing+=(python3)
has_python_module pebble || missing+=(python3-pebble)
has_python_module joblib || missing+=(python3-joblib)
if [ -z "$as_is" ] && [ ${#missing[@]} -gt 0 ] && [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
    echo "installing ${missing[*]} …" >&2
    # Without what they recommend: loky would load numpy in every worker, and start much later.
    { apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}"; } >/dev/null 2>&1 ||
        echo "not all of ${missing[*]} could be installed" >&2
fi
if [ -z "$as_is" ] && [ ! -d "$here/node/node_modules/workerpool" ] && command -v npm >/dev/null; then
    echo "installing piscina and workerpool …" >&2
    (cd "$here/node" && npm install --no-package-lock --no-audit --no-fund --loglevel=error) >/dev/null 2>&1 ||
        echo "piscina and workerpool could not be installed" >&2
fi

echo "building …" >&2
mkdir -p "$here/bin"
for program in ping-pong squares; do
    gcc -O2 -o "$here/bin/$program" "$here/c/$program.c" -lm || echo "$program.c could not be built" >&2
done
for project in ours framework compare; do
    dotnet build -c Release -v quiet --nologo "$here/$project" >"$here/bin/build.log" || { cat "$here/bin/build.log" >&2; exit 1; }
done

build=$(git -C "$here" describe --always --dirty 2>/dev/null || echo "of no commit")
exec dotnet "$here/compare/bin/Release/net10.0/compare.dll" --folder "$here" --python "$python" --build "$build" "${arguments[@]}"
