package io.kvgrid.core.message;

import java.util.UUID;

/**
 * What every message carries beside its content, so that a message of another time is recognised (P5).
 *
 * @param lineageId the sender's lineage; {@link #NO_ID} if it has none yet
 * @param cv the sender's config version; 0 if it has none
 * @param epoch the sender's epoch; 0 if it has none
 * @param fromBoot the sender's run
 * @param toBoot the receiver's run, as the sender knows it; {@link #NO_ID} in exempt messages
 */
public record Envelope(UUID lineageId, long cv, long epoch, UUID fromBoot, UUID toBoot) {
    /** Stands where there is no id. */
    public static final UUID NO_ID = new UUID(0, 0);
}
