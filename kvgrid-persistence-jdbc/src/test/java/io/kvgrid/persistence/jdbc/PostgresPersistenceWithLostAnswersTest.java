package io.kvgrid.persistence.jdbc;

/** As {@link PostgresPersistenceTest}, but what fails was committed all the same: only the answer is lost. */
class PostgresPersistenceWithLostAnswersTest extends PostgresPersistenceTest {
    @Override
    boolean losesAnswers() {
        return true;
    }
}
