package io.kvgrid.core.replication;

/** A linearizable read may be answered from this node's store now; what it must see has been applied. */
public record ConfirmedRead(long readId) {}
