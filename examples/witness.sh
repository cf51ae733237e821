#!/usr/bin/env bash
# A vote without data, for two shells with --arbiter ratis --witness HOST:PORT; runs until it is killed:
#   bash examples/witness.sh --grid NAME --listen HOST:PORT --peers HOST:PORT,HOST:PORT [--data DIR]
# Writes "ready" once it listens. The script becomes the JVM, so that a signal reaches it.
set -euo pipefail

from=$PWD
source "$(dirname "${BASH_SOURCE[0]}")/build.sh"
build_examples
cd "$from"
run_java io.kvgrid.examples.Witness "$@"
