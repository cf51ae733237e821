package io.kvgrid.core.replication;

import io.kvgrid.OperationId;
import io.kvgrid.core.message.WriteResult;

/** The end of a write that a client of this node asked for. */
public record Completion(OperationId operation, WriteResult result) {}
