package io.culvert.dedupe.tree;

import static io.culvert.dedupe.tree.LibC.INT;
import static io.culvert.dedupe.tree.LibC.LONG;
import static io.culvert.dedupe.tree.LibC.POINTER;

import io.culvert.dedupe.manifest.Entry.Access;
import java.io.IOException;
import java.lang.foreign.AddressLayout;
import java.lang.foreign.Arena;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.OptionalInt;

/**
 * Names of users and groups and their numbers, from whatever the name service switch of this host asks (files, LDAP,
 * sssd), remembered for the length of one walk.
 *
 * <p>{@code struct passwd} and {@code struct group} both begin with the pointer to the name, and have the number at
 * byte 16, on every 64-bit Linux. For one thread at a time.
 */
final class OwnerNames {

    /** Most names and numbers remembered; then it begins afresh. */
    private static final int MAX_REMEMBERED = 10_000;

    private static final int FIRST_BUFFER_BYTES = 4 * 1024;
    private static final int LAST_BUFFER_BYTES = 1024 * 1024;
    private static final int RECORD_BYTES = 64;
    private static final int NUMBER_OFFSET = 16;
    private static final AddressLayout STRING =
            ValueLayout.ADDRESS.withTargetLayout(MemoryLayout.sequenceLayout(4096, ValueLayout.JAVA_BYTE));

    private static final MethodHandle GETPWUID = LibC.link("getpwuid_r", INT, INT, POINTER, POINTER, LONG, POINTER);
    private static final MethodHandle GETGRGID = LibC.link("getgrgid_r", INT, INT, POINTER, POINTER, LONG, POINTER);
    private static final MethodHandle GETPWNAM = LibC.link("getpwnam_r", INT, POINTER, POINTER, POINTER, LONG, POINTER);
    private static final MethodHandle GETGRNAM = LibC.link("getgrnam_r", INT, POINTER, POINTER, POINTER, LONG, POINTER);
    private static final MethodHandle GETEUID = LibC.link("geteuid", INT);

    /** The two data bases. */
    private enum Base {
        USERS,
        GROUPS
    }

    private final Map<Integer, String> userNames = new HashMap<>();
    private final Map<Integer, String> groupNames = new HashMap<>();
    private final Map<String, OptionalInt> userNumbers = new HashMap<>();
    private final Map<String, OptionalInt> groupNumbers = new HashMap<>();

    /** The user that this process acts as. */
    static int effectiveUid() {
        try (Arena arena = Arena.ofConfined()) {
            return (int) GETEUID.invokeExact(arena.allocate(LibC.CAPTURE));
        } catch (Throwable thrown) {
            throw LibC.unexpected(thrown);
        }
    }

    /** The user's name; empty if the number has none. */
    String user(int uid) throws IOException {
        return name(userNames, Base.USERS, uid);
    }

    /** The group's name; empty if the number has none. */
    String group(int gid) throws IOException {
        return name(groupNames, Base.GROUPS, gid);
    }

    /** This host's number of the user, empty if it knows none of that name. */
    OptionalInt uid(String user) throws IOException {
        return number(userNumbers, Base.USERS, user);
    }

    /** This host's number of the group, empty if it knows none of that name. */
    OptionalInt gid(String group) throws IOException {
        return number(groupNumbers, Base.GROUPS, group);
    }

    private String name(Map<Integer, String> remembered, Base base, int number) throws IOException {
        String known = remembered.get(number);
        if (known != null) {
            return known;
        }
        String found = lookUp(
                new Question(base, number, ""), record -> record.get(STRING, 0).getString(0), "");
        boolean fits = found.getBytes(StandardCharsets.UTF_8).length <= Access.MAX_NAME_BYTES;
        return remember(remembered, number, fits ? found : "");
    }

    private OptionalInt number(Map<String, OptionalInt> remembered, Base base, String name) throws IOException {
        if (name.isEmpty() || name.indexOf('\0') >= 0) {
            return OptionalInt.empty();
        }
        OptionalInt known = remembered.get(name);
        if (known != null) {
            return known;
        }
        OptionalInt found = lookUp(
                new Question(base, 0, name),
                record -> OptionalInt.of(record.get(ValueLayout.JAVA_INT, NUMBER_OFFSET)),
                OptionalInt.empty());
        return remember(remembered, name, found);
    }

    private static <K, V> V remember(Map<K, V> remembered, K key, V value) {
        if (remembered.size() >= MAX_REMEMBERED) {
            remembered.clear();
        }
        remembered.put(key, value);
        return value;
    }

    /** What is asked of a data base: the record of a number, or of a name if there is one. */
    private record Question(Base base, int number, String name) {}

    /** Takes what is wanted out of a {@code struct passwd} or {@code struct group}. */
    private interface Taker<T> {
        T from(MemorySegment structure);
    }

    private static <T> T lookUp(Question question, Taker<T> taker, T otherwise) throws IOException {
        for (int size = FIRST_BUFFER_BYTES; size <= LAST_BUFFER_BYTES; size *= 4) {
            try (Arena arena = Arena.ofConfined()) {
                MemorySegment structure = arena.allocate(RECORD_BYTES, 8);
                MemorySegment result = arena.allocate(ValueLayout.ADDRESS);
                int error = call(question, arena, structure, arena.allocate(size), result);
                boolean found = !result.get(ValueLayout.ADDRESS, 0).equals(MemorySegment.NULL);
                if (found) {
                    return taker.from(structure);
                }
                if (error != Errno.ERANGE.number()) {
                    return answerIfAbsent(question, error, otherwise);
                }
            }
        }
        throw new PosixException(Errno.ERANGE.number(), "getpwuid_r/getgrgid_r", question.toString());
    }

    /** POSIX has 0 for "not found", but libraries also give these; what remains is a data base that did not answer. */
    private static <T> T answerIfAbsent(Question question, int error, T otherwise) throws IOException {
        boolean absent = error == 0
                || error == Errno.ENOENT.number()
                || error == Errno.EPERM.number()
                || error == Errno.EBADF.number();
        if (!absent) {
            throw new PosixException(error, "getpwuid_r/getgrgid_r", question.toString());
        }
        return otherwise;
    }

    private static int call(
            Question question, Arena arena, MemorySegment structure, MemorySegment buffer, MemorySegment result) {
        MemorySegment capture = arena.allocate(LibC.CAPTURE);
        long size = buffer.byteSize();
        try {
            if (question.name().isEmpty()) {
                int number = question.number();
                return switch (question.base()) {
                    case USERS -> (int) GETPWUID.invokeExact(capture, number, structure, buffer, size, result);
                    case GROUPS -> (int) GETGRGID.invokeExact(capture, number, structure, buffer, size, result);
                };
            }
            MemorySegment name = arena.allocateFrom(question.name());
            return switch (question.base()) {
                case USERS -> (int) GETPWNAM.invokeExact(capture, name, structure, buffer, size, result);
                case GROUPS -> (int) GETGRNAM.invokeExact(capture, name, structure, buffer, size, result);
            };
        } catch (Throwable thrown) {
            throw LibC.unexpected(thrown);
        }
    }
}
