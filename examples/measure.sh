#!/usr/bin/env bash
# Measures inserts per second into three processes, beside what the machine's disk takes without a grid; see
# docs/measurements.md.
set -euo pipefail

source "$(dirname "${BASH_SOURCE[0]}")/build.sh"
build_examples
run_java io.kvgrid.examples.Measure "$@"
