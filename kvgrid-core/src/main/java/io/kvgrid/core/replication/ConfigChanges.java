package io.kvgrid.core.replication;

import io.kvgrid.spi.arbiter.CasResult;
import io.kvgrid.spi.arbiter.GridConfig;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * This node's dealings with the Arbiter: at most one proposal under way. One whose fate is unknown stays under way until a
 * linearizable read shows a newer cv; until then the same proposal is sent again (P4).
 */
final class ConfigChanges {
    private final ReplicaContext context;
    private @Nullable GridConfig proposed;
    private boolean asking;
    private long askedNanos;
    private boolean unanswered;
    /** Whether the Arbiter was ever read, and when it last answered that. */
    private boolean heard;

    private long heardNanos;

    ConfigChanges(ReplicaContext context) {
        this.context = context;
    }

    /** The proposal whose fate is not settled; null if there is none. */
    @Nullable
    GridConfig proposed() {
        return proposed;
    }

    boolean isBusy() {
        return proposed != null;
    }

    void propose(GridConfig proposal) {
        proposed = proposal;
        send(proposal);
    }

    /** Asks for the present configuration, unless a question is under way. */
    void read(long knownCv) {
        if (!asking) {
            ask(new ArbiterCall.Read(knownCv));
        }
    }

    /**
     * Whether the Arbiter has answered a read just now; asks it if not. Before others are given up for silent: who hears
     * nobody may yet be heard, and what it proposes then is set without its knowledge (P41). The same before a take-over, since
     * no beacon is echoed from a proposal that is not settled on.
     */
    boolean hearsArbiter(long knownCv) {
        boolean hears = heard && !context.hasPassed(heardNanos, context.settings.retryNanos());
        if (!hears) {
            read(knownCv);
        }
        return hears;
    }

    /** Asks again whatever has not been answered, at most once per retry interval. */
    void onTick() {
        if (context.hasPassed(askedNanos, asking ? context.settings.leaseNanos() : context.settings.retryNanos())) {
            GridConfig open = proposed;
            if (open != null && unanswered) {
                unanswered = false;
                ask(new ArbiterCall.Read(open.cv() - 1)); // did it win?
            } else if (open != null) {
                unanswered = true;
                send(open);
            }
        }
    }

    /** A question was answered, or will not be. */
    void onAnswer() {
        asking = false;
        unanswered = false;
    }

    /** The Arbiter said what is set. */
    void onRead() {
        onAnswer();
        heard = true;
        heardNanos = context.nowNanos;
    }

    void onSilence() {
        asking = false;
        unanswered = true;
    }

    /** A configuration is known to be set: it settles a proposal that expected a lower cv (P4). */
    void onKnown(GridConfig config) {
        GridConfig open = proposed;
        if (open != null && config.cv() >= open.cv()) {
            proposed = null;
        }
    }

    /** What the answer to a compare-and-set says is set now; empty if that is not known. */
    Optional<GridConfig> onCas(GridConfig proposal, CasResult result) {
        onAnswer();
        if (result instanceof CasResult.Applied applied) {
            return Optional.of(applied.config());
        }
        GridConfig open = proposed;
        if (open != null && open.nonce().equals(proposal.nonce())) {
            Optional<GridConfig> current = ((CasResult.Refused) result).current();
            long currentCv = current.map(GridConfig::cv).orElse(0L);
            if (currentCv == open.cv() - 1) {
                proposed = null; // refused by a rule, on the very configuration it expected: it never will be applied
            }
            return current;
        }
        return Optional.empty();
    }

    private void send(GridConfig proposal) {
        ask(new ArbiterCall.CompareAndSet(proposal.cv() - 1, proposal));
    }

    private void ask(ArbiterCall call) {
        asking = true;
        askedNanos = context.nowNanos;
        context.effects.ask(call);
    }
}
