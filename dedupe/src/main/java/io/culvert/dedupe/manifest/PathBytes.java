package io.culvert.dedupe.manifest;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * A path below the root of a snapshot: the raw bytes of its components joined by {@code '/'}; empty for the root.
 *
 * <p>Any byte but NUL and {@code '/'} is legal in a component. The order is that of a sorted pre-order walk: component
 * by component, unsigned bytes, a directory before what is in it.
 */
public final class PathBytes implements Comparable<PathBytes> {

    /** Longest component, as Linux has it. */
    public static final int MAX_NAME_BYTES = 255;

    /** Longest path accepted; deeper than the kernel's PATH_MAX, because a walk by directory handles reaches deeper. */
    public static final int MAX_LENGTH_BYTES = 64 * 1024;

    public static final PathBytes ROOT = new PathBytes(new byte[0]);

    private final byte[] bytes;

    private PathBytes(byte[] bytes) {
        this.bytes = bytes;
    }

    /**
     * Takes a path from outside.
     *
     * @throws IllegalArgumentException naming the rule it breaks: absolute, empty component, {@code .}, {@code ..}, NUL,
     *     or too long
     */
    public static PathBytes of(byte[] bytes) {
        if (bytes.length > MAX_LENGTH_BYTES) {
            throw new IllegalArgumentException(
                    "a path has at most " + MAX_LENGTH_BYTES + " bytes, was " + bytes.length);
        }
        int start = 0;
        for (int i = 0; i <= bytes.length && bytes.length > 0; i++) {
            if (i == bytes.length || bytes[i] == '/') {
                checkName(bytes, start, i - start);
                start = i + 1;
            }
        }
        return new PathBytes(bytes.clone());
    }

    public static PathBytes of(String path) {
        return of(path.getBytes(StandardCharsets.UTF_8));
    }

    private static void checkName(byte[] bytes, int offset, int length) {
        String broken = null;
        if (length == 0) {
            broken = "is absolute or has an empty component";
        } else if (length > MAX_NAME_BYTES) {
            broken = "has a component of " + length + " bytes, more than " + MAX_NAME_BYTES;
        } else if (bytes[offset] == '.' && (length == 1 || (length == 2 && bytes[offset + 1] == '.'))) {
            broken = "has the component '" + (length == 1 ? "." : "..") + "'";
        } else {
            for (int i = offset; i < offset + length; i++) {
                if (bytes[i] == 0) {
                    broken = "has a NUL byte";
                }
            }
        }
        if (broken != null) {
            throw new IllegalArgumentException("the path \"" + display(bytes) + "\" " + broken);
        }
    }

    /** The path of {@code name} in this directory. */
    public PathBytes resolve(byte[] name) {
        checkName(name, 0, name.length);
        for (byte b : name) {
            if (b == '/') {
                throw new IllegalArgumentException("the name \"" + display(name) + "\" has a '/'");
            }
        }
        if (isRoot()) {
            return new PathBytes(name.clone());
        }
        byte[] joined = Arrays.copyOf(bytes, bytes.length + 1 + name.length);
        joined[bytes.length] = '/';
        System.arraycopy(name, 0, joined, bytes.length + 1, name.length);
        return new PathBytes(joined);
    }

    public boolean isRoot() {
        return bytes.length == 0;
    }

    /** The directory that holds this; the root is its own parent. */
    public PathBytes parent() {
        int slash = lastSlash();
        return slash < 0 ? ROOT : new PathBytes(Arrays.copyOf(bytes, slash));
    }

    /** The last component; empty for the root. */
    public byte[] name() {
        return Arrays.copyOfRange(bytes, lastSlash() + 1, bytes.length);
    }

    /** The names from the root down; none for the root. */
    public List<byte[]> components() {
        List<byte[]> names = new ArrayList<>();
        int start = 0;
        for (int i = 0; i <= bytes.length && !isRoot(); i++) {
            if (i == bytes.length || bytes[i] == '/') {
                names.add(Arrays.copyOfRange(bytes, start, i));
                start = i + 1;
            }
        }
        return names;
    }

    /** Number of components; 0 for the root. */
    public int depth() {
        int depth = isRoot() ? 0 : 1;
        for (byte b : bytes) {
            if (b == '/') {
                depth++;
            }
        }
        return depth;
    }

    /** Whether {@code other} is this directory or lies below it. */
    public boolean contains(PathBytes other) {
        return isRoot()
                || (other.bytes.length >= bytes.length
                        && Arrays.equals(bytes, 0, bytes.length, other.bytes, 0, bytes.length)
                        && (other.bytes.length == bytes.length || other.bytes[bytes.length] == '/'));
    }

    private int lastSlash() {
        for (int i = bytes.length - 1; i >= 0; i--) {
            if (bytes[i] == '/') {
                return i;
            }
        }
        return -1;
    }

    public int lengthBytes() {
        return bytes.length;
    }

    /** Length of the path of the parent. */
    int parentLengthBytes() {
        return Math.max(lastSlash(), 0);
    }

    /** Whether the first bytes are those of another path, which has as many. */
    boolean sharesPrefix(PathBytes other, int lengthBytes) {
        return Arrays.equals(bytes, 0, lengthBytes, other.bytes, 0, lengthBytes);
    }

    /** A copy of the bytes. */
    public byte[] toBytes() {
        return bytes.clone();
    }

    /** The bytes themselves, for codecs of this package, which do not write to them. */
    byte[] raw() {
        return bytes;
    }

    @Override
    public int compareTo(PathBytes other) {
        int mismatch = Arrays.mismatch(bytes, other.bytes);
        if (mismatch < 0) {
            return 0;
        }
        return Integer.compare(rank(mismatch), other.rank(mismatch));
    }

    /** The end of a path sorts before the separator, and the separator before every byte of a name. */
    private int rank(int index) {
        if (index >= bytes.length) {
            return -2;
        }
        return bytes[index] == '/' ? -1 : bytes[index] & 0xff;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof PathBytes that && Arrays.equals(bytes, that.bytes);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(bytes);
    }

    /** For people: UTF-8 where it is, control characters and other bytes as {@code \\xNN}. */
    @Override
    public String toString() {
        return isRoot() ? "." : display(bytes);
    }

    private static String display(byte[] bytes) {
        String text = new String(bytes, StandardCharsets.UTF_8);
        boolean clean = text.codePoints().noneMatch(c -> Character.isISOControl(c) || c == 0xFFFD);
        if (clean) {
            return text;
        }
        StringBuilder escaped = new StringBuilder();
        for (byte b : bytes) {
            if (b >= 0x20 && b < 0x7f && b != '\\') {
                escaped.append((char) b);
            } else {
                escaped.append(String.format("\\x%02x", b & 0xff));
            }
        }
        return escaped.toString();
    }
}
