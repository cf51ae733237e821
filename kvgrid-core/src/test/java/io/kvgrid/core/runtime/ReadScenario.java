package io.kvgrid.core.runtime;

import java.util.List;
import java.util.stream.Stream;
import org.jetbrains.kotlinx.lincheck.Actor;
import org.jetbrains.kotlinx.lincheck.execution.ExecutionScenario;

/** What the loop does while somebody reads. The names are those of {@link ConcurrentMember}'s operations. */
enum ReadScenario {
    A_WRITE_IS_ACKNOWLEDGED("", "write", "readAtPrimary read"),
    A_WRITE_IS_IN_THE_LOG("", "write", "read readAtPrimary"),
    A_WRITE_IS_COMMITTED("write", "commit", "read readAtPrimary"),
    THE_OLDER_OF_TWO_WRITES_IS_COMMITTED("write write", "commit commit", "read"),
    A_WRITE_AFTER_THE_LEASE("", "writeAfterTheLease", "readAtPrimary read"),
    A_LEASE_BEGINS_AFTER_ONE_THAT_LAPSED("writeAfterTheLease", "rejoin", "read"),
    A_LEASE_IS_RENEWED_DURING_WRITES("write", "renew commit write", "readAtPrimary read"),
    A_LEASE_IS_GIVEN_BACK("", "writeAfterItLeft", "readAtPrimary read"),
    DATA_IS_LOST("write commit", "loseData", "read"),
    DATA_IS_LOST_AND_FETCHED("write commit", "loseData rejoin", "read readAtPrimary");

    private final String before;
    private final String loop;
    private final String reader;

    ReadScenario(String before, String loop, String reader) {
        this.before = before;
        this.loop = loop;
        this.reader = reader;
    }

    ExecutionScenario of(Class<? extends ConcurrentMember> member) {
        return new ExecutionScenario(
                actors(member, before),
                List.of(actors(member, loop), actors(member, reader)),
                actors(member, "read"),
                null);
    }

    private static List<Actor> actors(Class<?> member, String operations) {
        return Stream.of(operations.split(" "))
                .filter(name -> !name.isEmpty())
                .map(name -> actor(member, name))
                .toList();
    }

    private static Actor actor(Class<?> member, String operation) {
        try {
            return new Actor(member.getMethod(operation), List.of());
        } catch (NoSuchMethodException e) {
            throw new IllegalArgumentException(e);
        }
    }
}
