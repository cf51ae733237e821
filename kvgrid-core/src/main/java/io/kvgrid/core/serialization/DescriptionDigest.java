package io.kvgrid.core.serialization;

import io.kvgrid.spi.serialization.SerializationException;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.CRC32C;

/**
 * What a node says of its serializers in the hello: enough to see that two nodes disagree, and, as far as it fits, in
 * which lines.
 *
 * <pre>
 *  0  u8   format, 1
 *  1  u16  number of lines
 *  3  16   first half of the SHA-256 of all lines, each with its length before it
 * 19  u16  h: so many of the first lines follow as checksums
 * 21  4h   CRC32C of each
 *     u16  t: so many of the first lines follow as text
 *          t times: u16 length, UTF-8
 * </pre>
 *
 * Checksums come before texts, since the reader knows the text of every line of its own that the writer has not.
 *
 * @param lineCount of the whole description
 * @param fingerprintHigh of the whole description, as {@code fingerprintLow}; equal descriptions have equal ones
 * @param checksums of the first lines; all of them unless they did not fit
 * @param texts the first lines, as many as did fit
 */
public record DescriptionDigest(
        int lineCount, long fingerprintHigh, long fingerprintLow, List<Integer> checksums, List<String> texts) {
    private static final byte FORMAT = 1;
    private static final int MAX_LINES = 0xFFFF;
    private static final int FIXED_BYTES = Byte.BYTES + Short.BYTES + 2 * Long.BYTES + 2 * Short.BYTES;

    public DescriptionDigest {
        checksums = List.copyOf(checksums);
        texts = List.copyOf(texts);
    }

    /** Of these lines, all of them. */
    public static DescriptionDigest of(List<String> lines) {
        if (lines.size() > MAX_LINES) {
            throw new IllegalArgumentException(lines.size() + " lines of serializers; at most " + MAX_LINES);
        }
        MessageDigest sha = sha256();
        for (String line : lines) {
            byte[] bytes = line.getBytes(StandardCharsets.UTF_8);
            sha.update(ByteBuffer.allocate(Integer.BYTES).putInt(0, bytes.length));
            sha.update(bytes);
        }
        ByteBuffer fingerprint = ByteBuffer.wrap(sha.digest());
        return new DescriptionDigest(
                lines.size(),
                fingerprint.getLong(),
                fingerprint.getLong(),
                lines.stream().map(DescriptionDigest::checksum).toList(),
                lines);
    }

    static int checksum(String line) {
        CRC32C crc = new CRC32C();
        crc.update(line.getBytes(StandardCharsets.UTF_8));
        return (int) crc.getValue();
    }

    public boolean matches(DescriptionDigest other) {
        return lineCount == other.lineCount
                && fingerprintHigh == other.fingerprintHigh
                && fingerprintLow == other.fingerprintLow;
    }

    /**
     * The layout above, in at most {@code maxBytes}: checksums as far as they fit, then texts.
     *
     * @param maxBytes at least 23
     */
    public ByteBuffer encode(int maxBytes) {
        int left = maxBytes - FIXED_BYTES;
        if (left < 0) {
            throw new IllegalArgumentException("at least " + FIXED_BYTES + " bytes are needed, not " + maxBytes);
        }
        int checksumCount = Math.min(checksums.size(), left / Integer.BYTES);
        left -= checksumCount * Integer.BYTES;
        List<byte[]> written = new ArrayList<>();
        for (String text : texts) {
            byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
            if (bytes.length > Math.min(left - Short.BYTES, 0xFFFF)) {
                break;
            }
            written.add(bytes);
            left -= Short.BYTES + bytes.length;
        }
        ByteBuffer out = ByteBuffer.allocate(maxBytes - left)
                .put(FORMAT)
                .putShort((short) lineCount)
                .putLong(fingerprintHigh)
                .putLong(fingerprintLow)
                .putShort((short) checksumCount);
        checksums.subList(0, checksumCount).forEach(out::putInt);
        out.putShort((short) written.size());
        written.forEach(bytes -> out.putShort((short) bytes.length).put(bytes));
        return out.flip();
    }

    /**
     * Reads what {@link #encode} wrote, from {@code in} to its end (X14).
     *
     * @throws SerializationException if it is anything else
     */
    public static DescriptionDigest decode(ByteBuffer in) {
        try {
            if (in.get() != FORMAT) {
                throw new SerializationException("the description of serializers has an unknown format");
            }
            int lineCount = Short.toUnsignedInt(in.getShort());
            long high = in.getLong();
            long low = in.getLong();
            List<Integer> checksums = new ArrayList<>();
            for (int i = readCount(in, lineCount, Integer.BYTES); i > 0; i--) {
                checksums.add(in.getInt());
            }
            List<String> texts = new ArrayList<>();
            for (int i = readCount(in, lineCount, Short.BYTES); i > 0; i--) {
                byte[] bytes = new byte[readCount(in, 0xFFFF, Byte.BYTES)];
                in.get(bytes);
                texts.add(BuiltInSerializers.forType(String.class).deserialize(bytes));
            }
            if (in.hasRemaining()) {
                throw new SerializationException(
                        in.remaining() + " bytes are left over after the description of serializers");
            }
            return new DescriptionDigest(lineCount, high, low, checksums, texts);
        } catch (BufferUnderflowException e) {
            throw new SerializationException("the description of serializers ends too early", e);
        }
    }

    /** A count of things of at least {@code width} bytes, checked before anything is made for them (X4). */
    private static int readCount(ByteBuffer in, int max, int width) {
        int count = Short.toUnsignedInt(in.getShort());
        if (count > Math.min(max, in.remaining() / width)) {
            throw new SerializationException("the description of serializers announces " + count + " parts, with "
                    + in.remaining() + " bytes left");
        }
        return count;
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }
}
