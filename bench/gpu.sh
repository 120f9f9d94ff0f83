#!/usr/bin/env bash
# Measures all that waits for a GPU, within eight minutes, and writes gpu.md and gpu.json:
#
#     bench/gpu.sh [--quick] [--only CASE,...] [FOLDER]
#
# They lie in FOLDER, in $OUT where none is given, and in the current one where that is empty. --quick tries
# it out, on software Vulkan, too; so does VITRAIL_BENCH_SHRINK=4, by pictures a quarter as wide and high.
# --only takes some cases, each of which may take the time that those after it do not need. It needs Linux,
# and Deno on the PATH or npx. Peers whose packages Python lacks are named in the table.
set -euo pipefail
deno=(npx -y deno@2.9.6)
if command -v deno >/dev/null; then deno=(deno); fi
exec "${deno[@]}" run --quiet --allow-all "$(dirname "${BASH_SOURCE[0]}")/gpu/run_gpu.ts" "$@"
