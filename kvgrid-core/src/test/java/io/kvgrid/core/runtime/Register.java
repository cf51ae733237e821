package io.kvgrid.core.runtime;

/** What {@link ConcurrentMember} has to look like to those who read: one number, changed at one moment. */
public class Register {
    private long value;

    public long read() {
        return value;
    }

    public long readAtPrimary() {
        return value;
    }

    public void write() {
        value++;
    }

    public void writeAfterTheLease() {
        value++;
    }

    public void writeAfterItLeft() {
        value++;
    }

    public void commit() {}

    public void loseData() {}

    public void rejoin() {}

    public void renew() {}
}
