package io.kvgrid.examples.grid;

import io.kvgrid.examples.TappedTransport;
import java.nio.ByteBuffer;

/** A node's network that loses every frame, in one direction or both, while the connections stand. */
final class CuttableTransport extends TappedTransport {
    private volatile boolean sends = true;
    private volatile boolean receives = true;

    /** Nothing leaves this node any more. */
    void mute() {
        sends = false;
    }

    /** Nothing reaches or leaves this node any more: to the others it is as if its process stood still. */
    void cut() {
        sends = false;
        receives = false;
    }

    void heal() {
        sends = true;
        receives = true;
    }

    @Override
    protected boolean passesOut(int bytes) {
        return sends;
    }

    @Override
    protected boolean passesIn(ByteBuffer frame) {
        return receives;
    }
}
