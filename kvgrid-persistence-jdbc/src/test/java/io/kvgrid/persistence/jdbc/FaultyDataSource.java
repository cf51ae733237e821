package io.kvgrid.persistence.jdbc;

import io.kvgrid.testkit.PersistenceSubject.HeldWrites;
import java.io.PrintWriter;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.SQLFeatureNotSupportedException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.logging.Logger;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/** A database whose commits fail, answer too late or not at all, on command. Counts what it injected. */
final class FaultyDataSource implements DataSource {
    /** Type of the rows of entries, their key's first byte. */
    private static final byte ENTRY = 5;

    private final DataSource real;
    private final AtomicReference<@Nullable SQLException> nextFailure = new AtomicReference<>();
    private final AtomicReference<@Nullable Hold> hold = new AtomicReference<>();
    private final List<Connection> open = new ArrayList<>();
    private volatile boolean commitBeforeFailing;
    private volatile boolean dead;
    private volatile @Nullable String product;
    final AtomicInteger failedCommits = new AtomicInteger();
    final AtomicInteger lostAnswers = new AtomicInteger();
    final AtomicInteger connections = new AtomicInteger();

    FaultyDataSource(DataSource real) {
        this.real = real;
    }

    /** From now on a commit that fails has been carried out: only its answer is lost. */
    FaultyDataSource losingAnswers() {
        commitBeforeFailing = true;
        return this;
    }

    /** Claims to be another product. */
    FaultyDataSource product(String name) {
        product = name;
        return this;
    }

    /** The next commit of rows fails with {@code failure}. */
    void failNextCommit(SQLException failure) {
        nextFailure.set(failure);
    }

    /** Commits of rows wait until the hold is released. */
    Hold hold() {
        Hold next = new Hold();
        hold.set(next);
        return next;
    }

    /** The process that uses this has died: its connections end without a farewell, and there are no new ones. */
    synchronized void die() {
        dead = true;
        for (Connection connection : open) {
            try {
                connection.abort(Runnable::run); // no pool may have it again: the store is perhaps using it
                connection.rollback();
                connection.close();
            } catch (SQLException e) {
                // the store has given it up itself
            }
        }
        open.clear();
    }

    @Override
    public synchronized Connection getConnection() throws SQLException {
        if (dead) {
            throw new SQLException("injected: this process is dead", "08001");
        }
        Connection connection = real.getConnection();
        connections.incrementAndGet();
        open.add(connection);
        AtomicBoolean hasRows = new AtomicBoolean();
        return proxy(Connection.class, (proxy, method, arguments) -> {
            switch (method.getName()) {
                case "prepareStatement" -> {
                    Object statement = call(connection, method, arguments);
                    String sql = String.valueOf(arguments[0]);
                    return statement instanceof PreparedStatement rows && !sql.contains("_owner")
                            ? watch(rows, sql.startsWith("DELETE"), hasRows)
                            : statement;
                }
                case "commit" -> {
                    if (hasRows.getAndSet(false)) {
                        commit(connection);
                        return null;
                    }
                }
                case "getMetaData" -> {
                    String claimed = product;
                    if (claimed != null) {
                        return metaData(connection, claimed);
                    }
                }
                default -> {}
            }
            return call(connection, method, arguments);
        });
    }

    /** Notes that rows change, unless entries are deleted and nothing else: that is done in the background, by no call. */
    private static PreparedStatement watch(PreparedStatement real, boolean deletes, AtomicBoolean hasRows) {
        return proxy(PreparedStatement.class, (proxy, method, arguments) -> {
            if (method.getName().equals("setBytes")
                    && arguments[0].equals(1)
                    && !(deletes && ((byte[]) arguments[1])[0] == ENTRY)) {
                hasRows.set(true);
            }
            return call(real, method, arguments);
        });
    }

    private static <T> T proxy(Class<T> type, InvocationHandler handler) {
        return type.cast(
                Proxy.newProxyInstance(FaultyDataSource.class.getClassLoader(), new Class<?>[] {type}, handler));
    }

    private static DatabaseMetaData metaData(Connection connection, String product) throws SQLException {
        DatabaseMetaData metaData = connection.getMetaData();
        return proxy(
                DatabaseMetaData.class,
                (proxy, method, arguments) -> method.getName().equals("getDatabaseProductName")
                        ? product
                        : call(metaData, method, arguments));
    }

    private void commit(Connection connection) throws Exception {
        Hold held = hold.get();
        if (held != null) {
            held.pass();
        }
        SQLException failure = nextFailure.getAndSet(null);
        if (failure == null || commitBeforeFailing) {
            connection.commit();
        }
        if (failure != null) {
            (commitBeforeFailing ? lostAnswers : failedCommits).incrementAndGet();
            throw failure;
        }
    }

    private static @Nullable Object call(Object target, Method method, Object @Nullable [] arguments) throws Throwable {
        try {
            return method.invoke(target, arguments);
        } catch (InvocationTargetException e) {
            throw e.getCause() == null ? e : e.getCause();
        }
    }

    /** Commits that wait. */
    static final class Hold implements HeldWrites {
        private final CountDownLatch blocked = new CountDownLatch(1);
        private final CountDownLatch released = new CountDownLatch(1);

        void pass() throws InterruptedException {
            blocked.countDown();
            released.await();
        }

        @Override
        public void awaitBlocked() {
            try {
                if (!blocked.await(30, TimeUnit.SECONDS)) {
                    throw new AssertionError("no commit came");
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new AssertionError("interrupted", e);
            }
        }

        @Override
        public void release() {
            released.countDown();
        }
    }

    @Override
    public Connection getConnection(String username, String password) throws SQLException {
        throw new SQLFeatureNotSupportedException();
    }

    @Override
    public @Nullable PrintWriter getLogWriter() {
        return null;
    }

    @Override
    public void setLogWriter(@Nullable PrintWriter out) {}

    @Override
    public void setLoginTimeout(int seconds) {}

    @Override
    public int getLoginTimeout() {
        return 0;
    }

    @Override
    public Logger getParentLogger() throws SQLFeatureNotSupportedException {
        throw new SQLFeatureNotSupportedException();
    }

    @Override
    public <T> T unwrap(Class<T> type) throws SQLException {
        return real.unwrap(type);
    }

    @Override
    public boolean isWrapperFor(Class<?> type) throws SQLException {
        return real.isWrapperFor(type);
    }
}
