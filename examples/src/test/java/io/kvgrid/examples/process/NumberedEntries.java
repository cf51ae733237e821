package io.kvgrid.examples.process;

/** The entries that one loader inserts: a number tells key and value, so that any copy can be judged without a list. */
final class NumberedEntries {
    private static final int VALUE_CHARS = 100;

    private final String owner;

    /** @param owner begins every key, so that several loaders do not meet */
    NumberedEntries(String owner) {
        this.owner = owner;
    }

    String key(int number) {
        return owner + (100_000_000 + number);
    }

    String value(int number) {
        StringBuilder value = new StringBuilder(VALUE_CHARS + 16).append(number);
        while (value.length() < VALUE_CHARS) {
            value.append(Long.toHexString(mixed(number * 31L + value.length())));
        }
        value.setLength(VALUE_CHARS);
        return value.toString();
    }

    /** A hash of which sums are compared; the finalizer of SplitMix64. */
    static long mixed(long number) {
        long mixed = (number ^ (number >>> 30)) * 0xbf58476d1ce4e5b9L;
        mixed = (mixed ^ (mixed >>> 27)) * 0x94d049bb133111ebL;
        return mixed ^ (mixed >>> 31);
    }
}
