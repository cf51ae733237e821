package io.kvgrid;

/**
 * A value with the version of the write that set it.
 *
 * @param version that write's LSN; usable in {@link WriteOptions#ifVersion} and {@link ReadConsistency#atLeast}
 */
public record Versioned<V>(V value, long version) {}
