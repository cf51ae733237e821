#!/usr/bin/env bash
# Simulates whole grids, one for each seed from FIRST to LAST, on all cores: simulate.sh FIRST [LAST]
# The last lines before a failure are printed; KVGRID_SIM_TRACE sets how many (400). Exit code 1 if any seed failed.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

mvn -q -B -pl kvgrid-core -am test-compile dependency:build-classpath -Dmdep.outputFile=target/test.classpath >&2
exec java -XX:+UseParallelGC -Dkvgrid.sim.trace="${KVGRID_SIM_TRACE:-400}" \
    -cp "kvgrid-core/target/test-classes:kvgrid-core/target/classes:$(cat kvgrid-core/target/test.classpath)" \
    io.kvgrid.core.sim.Campaign "$@"
