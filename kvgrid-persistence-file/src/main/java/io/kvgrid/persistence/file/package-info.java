/** The append-only segmented log with its snapshots and recovery. */
package io.kvgrid.persistence.file;
