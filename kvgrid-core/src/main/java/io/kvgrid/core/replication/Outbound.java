package io.kvgrid.core.replication;

import io.kvgrid.NodeId;
import io.kvgrid.core.message.Envelope;
import io.kvgrid.core.message.Message;

/** A message to send; it may be lost. */
public record Outbound(NodeId to, Envelope envelope, Message message) {}
