package io.kvgrid.spi.persistence;

/** Another process, or another node of this process, has the store open (S21). Nothing was touched. */
public final class StoreInUseException extends PersistenceException {
    private static final long serialVersionUID = 1L;

    public StoreInUseException(String message) {
        super(message, null, false);
    }
}
