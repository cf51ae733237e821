package io.kvgrid;

/**
 * A write is on the disk of every in-sync node.
 *
 * @param id the write's identity
 * @param version the LSN of the record that carries it: its place in the grid's one order of writes
 */
public record OperationAck(OperationId id, long version) {}
