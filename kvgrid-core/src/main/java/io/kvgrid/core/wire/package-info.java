/**
 * Messages ⇄ bytes. Every decoder here is total: whatever the bytes, it returns a valid object or throws {@link
 * io.kvgrid.core.wire.MalformedMessageException} (X14), and allocates no more than the bytes that are there justify (X4).
 * No class here keeps state: all methods may be called from any thread.
 */
package io.kvgrid.core.wire;
