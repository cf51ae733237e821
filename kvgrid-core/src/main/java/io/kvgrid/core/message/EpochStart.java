package io.kvgrid.core.message;

/** The LSN of an epoch's first record. */
public record EpochStart(long epoch, long firstLsn) {}
