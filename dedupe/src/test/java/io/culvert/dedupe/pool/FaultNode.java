package io.culvert.dedupe.pool;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.random.RandomGenerator;

/** The content of a file on a {@link FaultDisk}, which guards it: what is read now, and what a power cut would leave. */
final class FaultNode {

    private static final int SECTOR_BYTES = 512;

    private sealed interface Change {}

    private record Write(int offset, byte[] bytes) implements Change {}

    private record Truncate(int size) implements Change {}

    private byte[] bytes;
    private int size;
    private byte[] durable;
    private final List<Change> unforced = new ArrayList<>();

    /** A file whose content is durable. */
    FaultNode(byte[] content) {
        this.bytes = content.clone();
        this.size = content.length;
        this.durable = bytes.clone();
    }

    int size() {
        return size;
    }

    byte[] content() {
        return Arrays.copyOf(bytes, size);
    }

    int read(ByteBuffer target, long offsetBytes) {
        int length = (int) Math.max(0, Math.min(target.remaining(), size - offsetBytes));
        if (length > 0) {
            target.put(bytes, (int) offsetBytes, length);
        }
        return length;
    }

    /** Answers by how much the file grew. */
    int write(int offset, byte[] written) {
        int end = offset + written.length;
        if (end > bytes.length) {
            bytes = Arrays.copyOf(bytes, Math.max(end, bytes.length * 2));
        }
        System.arraycopy(written, 0, bytes, offset, written.length);
        unforced.add(new Write(offset, written));
        int grown = Math.max(0, end - size);
        size += grown;
        return grown;
    }

    /** Answers by how much the file shrank. */
    long truncate(long toBytes) {
        long shrunk = Math.max(0, size - toBytes);
        if (shrunk > 0) {
            Arrays.fill(bytes, (int) toBytes, size, (byte) 0);
            size = (int) toBytes;
            unforced.add(new Truncate(size));
        }
        return shrunk;
    }

    void force() {
        durable = content();
        unforced.clear();
    }

    /** What a failed fsync does on Linux: the pages count as clean, and are gone with the power. */
    void loseUnforced() {
        unforced.clear();
    }

    /** What is left when the power is cut. */
    FaultNode afterCut(RandomGenerator random) {
        byte[] image = durable.clone();
        for (Change change : unforced) {
            image = switch (change) {
                case Write write -> random.nextInt(3) == 0 ? image : torn(image, write, random);
                case Truncate truncate -> random.nextBoolean() ? image : Arrays.copyOf(image, truncate.size());
            };
        }
        return new FaultNode(image);
    }

    private static byte[] torn(byte[] image, Write write, RandomGenerator random) {
        int length = random.nextBoolean() ? write.bytes().length : random.nextInt(write.bytes().length + 1);
        boolean bySectors = random.nextInt(4) == 0;
        byte[] grown = image.length >= write.offset() + length ? image : Arrays.copyOf(image, write.offset() + length);
        for (int from = 0; from < length; from += SECTOR_BYTES) {
            if (!bySectors || random.nextBoolean()) {
                System.arraycopy(
                        write.bytes(), from, grown, write.offset() + from, Math.min(SECTOR_BYTES, length - from));
            }
        }
        return grown;
    }
}
