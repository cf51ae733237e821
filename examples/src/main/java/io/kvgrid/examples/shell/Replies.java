package io.kvgrid.examples.shell;

import io.kvgrid.GridView;
import io.kvgrid.NodeId;
import io.kvgrid.OperationAck;
import io.kvgrid.OperationFailedException;
import io.kvgrid.OperationId;
import java.util.HexFormat;
import java.util.Optional;
import java.util.stream.Collectors;

/** The lines that answer commands. */
public final class Replies {
    private Replies() {}

    static String ack(OperationAck ack) {
        return "ack version=" + ack.version();
    }

    static String value(Optional<String> value) {
        return value.map(text -> "value " + Escapes.escape(text)).orElse("none");
    }

    static String failed(OperationFailedException failure) {
        return "failed outcome=" + failure.outcome() + " id="
                + failure.id().map(OperationId::toString).orElse("-") + " reason="
                + Escapes.escape(String.valueOf(failure.getMessage()));
    }

    static String loaded(BulkLoader.Progress done) {
        return "loaded n=" + done.entries() + " acknowledged=" + done.acknowledged() + " failed=" + done.failed();
    }

    /** {@code error}, with the reason on the same line. */
    public static String error(String reason) {
        return "error " + Escapes.escape(reason);
    }

    /** A node's picture of the grid; {@code -} where something is not known. */
    public static String view(GridView view) {
        String inSync = view.inSync().stream().map(NodeId::value).collect(Collectors.joining(","));
        String lag = view.replicas().stream()
                .map(replica -> replica.id().value() + ":" + replica.lag())
                .collect(Collectors.joining(","));
        return "role=" + view.role()
                + " epoch=" + (view.epoch() == 0 ? "-" : view.epoch())
                + " primary=" + view.primary().map(NodeId::value).orElse("-")
                + " inSync=" + (inSync.isEmpty() ? "-" : inSync)
                + " commit=" + view.commitLsn()
                + " applied=" + view.appliedLsn()
                + " entries=" + view.entries()
                + " leased=" + (view.leased() ? "yes" : "no")
                + " lag=" + (lag.isEmpty() ? "-" : lag)
                + " digest=" + HexFormat.of().toHexDigits(view.digest().value()) + "@"
                + view.digest().lsn();
    }
}
