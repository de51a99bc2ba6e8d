package io.culvert.dedupe.tree;

import io.culvert.dedupe.chunk.Slice;
import io.culvert.dedupe.manifest.Entry.Timestamp;
import io.culvert.dedupe.manifest.Entry.Xattr;
import io.culvert.dedupe.manifest.PathBytes;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;

/** Fills a directory with whatever a file system can hold, by system calls alone. */
final class RandomTree implements AutoCloseable {

    private static final int MAX_DEPTH = 5;
    private static final PathBytes HERE = PathBytes.ROOT;

    private final Posix posix;
    private final PosixAttributes attributes;
    private final RandomGenerator random;
    private final boolean root = OwnerNames.effectiveUid() == 0;
    private final List<Integer> linkable = new ArrayList<>();

    RandomTree(String directory, RandomGenerator random) {
        this.posix = new Posix(directory);
        this.attributes = new PosixAttributes(posix);
        this.random = random;
    }

    void fill() throws IOException {
        int fd = posix.openRoot();
        fill(fd, 0);
        decorate(fd, 0700);
        posix.close(fd, HERE);
    }

    private void fill(int dirFd, int depth) throws IOException {
        int children = random.nextInt(depth == 0 ? 6 : 1, 12);
        for (int i = 0; i < children; i++) {
            byte[] name = name();
            try {
                child(dirFd, name, depth);
            } catch (PosixException taken) {
                if (!taken.is(Errno.EEXIST)) {
                    throw taken;
                }
            }
        }
    }

    private void child(int dirFd, byte[] name, int depth) throws IOException {
        switch (random.nextInt(12)) {
            case 0, 1, 2 -> directory(dirFd, name, depth);
            case 3 -> symlink(dirFd, name);
            case 4 -> node(dirFd, name, Stat.TYPE_FIFO, 0);
            case 5 -> node(dirFd, name, Stat.TYPE_CHARACTER_DEVICE, NativeBuffers.device(5, 300));
            case 6 -> node(dirFd, name, Stat.TYPE_BLOCK_DEVICE, NativeBuffers.device(260, 1));
            case 7 -> hardLink(dirFd, name);
            default -> file(dirFd, name);
        }
    }

    /** A name of one of the kinds that programs stumble over. */
    private byte[] name() {
        return switch (random.nextInt(10)) {
            case 0 -> bytes(random.nextInt(1, 40));
            case 1 -> bytes(255);
            case 2 -> ("line\nbreak\t" + random.nextInt(100)).getBytes(StandardCharsets.UTF_8);
            case 3 -> ("파일-" + random.nextInt(100)).getBytes(StandardCharsets.UTF_8);
            case 4 -> ("-rf " + random.nextInt(100)).getBytes(StandardCharsets.UTF_8);
            case 5 -> ("..." + random.nextInt(10)).getBytes(StandardCharsets.UTF_8);
            case 6 -> ("back\\slash\"quote'" + random.nextInt(10)).getBytes(StandardCharsets.UTF_8);
            default -> ("plain" + random.nextInt(1000)).getBytes(StandardCharsets.UTF_8);
        };
    }

    private byte[] bytes(int length) {
        byte[] bytes = new byte[length];
        for (int i = 0; i < length; i++) {
            do {
                bytes[i] = (byte) random.nextInt(256);
            } while (bytes[i] == 0 || bytes[i] == '/' || bytes[i] == '.');
        }
        return bytes;
    }

    private void directory(int dirFd, byte[] name, int depth) throws IOException {
        posix.makeDirectory(dirFd, name, HERE);
        int fd = posix.openDirectory(dirFd, name, HERE);
        if (depth < MAX_DEPTH) {
            fill(fd, depth + 1);
        }
        decorate(fd, 0700);
        posix.close(fd, HERE);
    }

    private void symlink(int dirFd, byte[] name) throws IOException {
        byte[] target = random.nextBoolean()
                ? bytes(random.nextInt(1, 300))
                : "../../.././self".getBytes(StandardCharsets.UTF_8);
        posix.makeSymlink(random.nextInt(4) == 0 ? name : target, dirFd, name, HERE);
        decorateHandle(dirFd, name, false);
    }

    private void node(int dirFd, byte[] name, int type, long device) throws IOException {
        if (root || type == Stat.TYPE_FIFO) {
            posix.makeNode(dirFd, name, type, device, HERE);
            decorateHandle(dirFd, name, true);
        }
    }

    private void decorateHandle(int dirFd, byte[] name, boolean mode) throws IOException {
        int fd = posix.openHandle(dirFd, name, HERE);
        changeOwner(fd);
        if (root && random.nextBoolean()) {
            setXattr(fd, PosixAttributes.Kind.HANDLE, "trusted.culvert", bytes(20));
        }
        if (mode) {
            attributes.changeMode(fd, PosixAttributes.Kind.HANDLE, random.nextInt(01000), HERE);
        }
        attributes.changeTimes(dirFd, name, time(), HERE);
        linkable.add(fd);
    }

    private void hardLink(int dirFd, byte[] name) throws IOException {
        if (!linkable.isEmpty()) {
            posix.makeLink(linkable.get(random.nextInt(linkable.size())), dirFd, name, HERE);
        }
    }

    private void file(int dirFd, byte[] name) throws IOException {
        int fd = posix.createFile(dirFd, name, HERE);
        long at = 0;
        switch (random.nextInt(5)) {
            case 0 -> {}
            case 1 -> {
                for (int i = random.nextInt(4); i >= 0; i--) {
                    at += random.nextLong(300_000);
                    at += write(fd, at, random.nextInt(1, 20_000));
                }
                at += random.nextLong(100_000);
                posix.truncate(fd, at, HERE);
            }
            case 2 -> {
                write(fd, 0, NativeBuffers.BLOCK_BYTES);
                write(fd, NativeBuffers.BLOCK_BYTES, random.nextInt(1, 200_000));
            }
            default -> write(fd, 0, random.nextInt(1, 5_000));
        }
        decorate(fd, 0600);
        linkable.add(fd);
    }

    private int write(int fd, long offset, int length) throws IOException {
        byte[] data = new byte[length];
        random.nextBytes(data);
        MemorySegment.copy(data, 0, posix.buffers().block, ValueLayout.JAVA_BYTE, 0, length);
        posix.writeBlock(fd, offset, length, HERE);
        return length;
    }

    private void decorate(int fd, int leastMode) throws IOException {
        changeOwner(fd);
        PosixAttributes.Kind kind = PosixAttributes.Kind.PLAIN;
        for (int i = random.nextInt(-2, 3); i > 0; i--) {
            setXattr(fd, kind, "user.k=y%" + random.nextInt(5), bytes(random.nextInt(1, 60)));
        }
        if (random.nextInt(4) == 0) {
            setXattr(fd, kind, "system.posix_acl_access", acl());
        }
        if (leastMode == 0700 && random.nextInt(4) == 0) {
            setXattr(fd, kind, "system.posix_acl_default", acl());
        }
        if (root && leastMode == 0600 && random.nextInt(4) == 0) {
            setXattr(fd, kind, "security.capability", capability());
        }
        attributes.changeMode(fd, kind, random.nextInt(010000) | (root ? 0 : leastMode), HERE);
        attributes.changeTimes(fd, time(), HERE);
    }

    private void changeOwner(int fd) throws IOException {
        if (root && random.nextBoolean()) {
            attributes.changeOwner(fd, random.nextInt(3_000_000), random.nextInt(70_000), HERE);
        }
    }

    private void setXattr(int fd, PosixAttributes.Kind kind, String name, byte[] value) throws IOException {
        attributes.setXattr(fd, kind, new Xattr(name, Slice.of(value)), HERE);
    }

    private Timestamp time() {
        return new Timestamp(random.nextLong(-1_000_000_000L, 4_000_000_000L), random.nextInt(1_000_000_000));
    }

    /** The kernel's encoding of an ACL: version 2, then tag, permissions and id of each entry. */
    private byte[] acl() {
        ByteBuffer acl =
                ByteBuffer.allocate(4 + 5 * 8).order(ByteOrder.LITTLE_ENDIAN).putInt(2);
        int[][] entries = {{1, -1}, {2, random.nextInt(1, 60_000)}, {4, -1}, {0x10, -1}, {0x20, -1}};
        for (int[] entry : entries) {
            acl.putShort((short) entry[0]).putShort((short) random.nextInt(8)).putInt(entry[1]);
        }
        return acl.array();
    }

    /** Capabilities of a file, version 2: effective, and two words each of permitted and inheritable. */
    private static byte[] capability() {
        return ByteBuffer.allocate(20)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putInt(0x02000001)
                .putInt(1 << 10)
                .array();
    }

    @Override
    public void close() throws IOException {
        for (int fd : linkable) {
            posix.close(fd, HERE);
        }
    }
}
