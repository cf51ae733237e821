package io.kvgrid.persistence.file;

/**
 * Up to where the records on disk are known to be committed. A commit may be said of records whose append is still
 * queued behind a truncation, or behind another node's state: until that has been carried out, other records have their
 * LSNs, so the commit does not count yet. Any thread.
 */
final class CommitIndex {
    private long lsn;

    /** Said while a cut was to come. */
    private long said;

    /** Cuts are numbered as they are called for; all up to {@code done} have been carried out, or given up. */
    private long called;

    private long done;

    /** All records up to {@code newLsn} are committed. */
    synchronized void committed(long newLsn) {
        if (called == done) {
            lsn = newLsn;
        } else {
            said = newLsn;
        }
    }

    /** Records that are not committed are about to be replaced. Returns the number of this cut. */
    synchronized long cutting() {
        return ++called;
    }

    /** They have been, or stay; and so with all cuts that were called for before. */
    synchronized void cut(long number) {
        done = Math.max(done, number);
        if (called == done && said > 0) {
            lsn = said;
            said = 0;
        }
    }

    /** The whole log has been replaced by a state up to {@code labelLsn}. */
    synchronized void replaced(long labelLsn, long number) {
        lsn = labelLsn;
        cut(number);
    }

    synchronized long get() {
        return lsn;
    }
}
