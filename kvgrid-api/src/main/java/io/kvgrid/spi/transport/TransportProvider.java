package io.kvgrid.spi.transport;

/** Makes transports; found by {@link java.util.ServiceLoader}. */
public interface TransportProvider {
    /** A transport that has not been started and holds no resources yet. */
    Transport create(TransportSettings settings);
}
