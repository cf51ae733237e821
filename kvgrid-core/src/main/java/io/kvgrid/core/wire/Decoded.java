package io.kvgrid.core.wire;

import io.kvgrid.core.message.Envelope;
import io.kvgrid.core.message.Message;

/** A message as it arrived, with what tells whether it belongs here and now (P5). */
public record Decoded(Envelope envelope, Message message) {}
