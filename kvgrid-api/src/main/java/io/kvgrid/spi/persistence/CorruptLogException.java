package io.kvgrid.spi.persistence;

/**
 * Data that was durable cannot be read back: damage at or below the durable watermark (S6). Nothing was cut and nothing
 * is served from it (S7). The message names the file, the offset, what was expected and what was found.
 */
public final class CorruptLogException extends PersistenceException {
    private static final long serialVersionUID = 1L;

    public CorruptLogException(String message) {
        super(message, null, false);
    }

    public CorruptLogException(String message, Throwable cause) {
        super(message, cause, false);
    }
}
