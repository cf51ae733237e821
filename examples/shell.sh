#!/usr/bin/env bash
# One node of a grid in this terminal, or driven by a script through standard input and output:
#   bash examples/shell.sh --grid NAME --id ID --listen HOST:PORT [--peers HOST:PORT,...] [--data DIR]
#                          [--arbiter hosted|HOST:PORT|ratis] [--witness HOST:PORT] [--min-in-sync N] [--timeout MILLIS]
# Standard output carries only the answers. The shell becomes the JVM, so that a signal reaches the node.
set -euo pipefail

from=$PWD
source "$(dirname "${BASH_SOURCE[0]}")/build.sh"
build_examples
cd "$from"
run_java io.kvgrid.examples.GridShell "$@"
