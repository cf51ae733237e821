package io.kvgrid.core.runtime;

import io.kvgrid.core.replication.Rules;
import io.kvgrid.core.store.KeyHash;
import io.kvgrid.spi.persistence.Persistence;
import io.kvgrid.spi.transport.Transport;
import java.util.concurrent.Executor;
import java.util.random.RandomGenerator;

/**
 * What a member is made of; the simulator gives its own of each.
 *
 * @param loop runs everything that the member does
 * @param persistence opened already
 * @param transport not started yet
 * @param callbacks where futures complete; refuses nothing
 * @param random for the replica; from a secure source in production (X17)
 * @param keyHash with a secret seed (X13)
 * @param rules the real ones, but in tests of tests
 */
public record MemberParts(
        Loop loop,
        Persistence persistence,
        Transport transport,
        Executor callbacks,
        RandomGenerator random,
        KeyHash keyHash,
        Rules rules) {}
