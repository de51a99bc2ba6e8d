package io.culvert.gateway.identity;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.locks.ReentrantLock;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Which gateway of its site this one is, and of which others it knows, in {@code STATE_DIR/identity}.
 *
 * <pre>
 *   gateway.number    2          this gateway's number, written once; absent: 1, the site's first
 *   gateways          1 2 3      all numbers that are known; absent: the own one alone
 * </pre>
 *
 * A number that was given away once stays known: its gateway may be switched off and come back. Any thread may use it.
 */
final class GatewayNumbers {
    static final String OWN_FILE = "gateway.number";
    static final String KNOWN_FILE = "gateways";
    private static final int FIRST = 1;
    private static final int MAX_FILE_BYTES = 64 << 10;
    private static final Pattern NUMBER = Pattern.compile("[1-9][0-9]{0,3}");

    private final ReentrantLock lock = new ReentrantLock();
    private final Path directory;
    private final int own;
    private volatile TreeSet<Integer> known;

    private GatewayNumbers(Path directory, int own, TreeSet<Integer> known) {
        this.directory = directory;
        this.own = own;
        this.known = known;
    }

    /** @throws IOException naming a file that is damaged */
    static GatewayNumbers open(Path directory) throws IOException {
        TreeSet<Integer> owns = read(directory.resolve(OWN_FILE));
        if (owns.size() > 1) {
            throw damaged(directory.resolve(OWN_FILE), "more than one number");
        }
        int own = owns.isEmpty() ? FIRST : owns.first();
        TreeSet<Integer> known = read(directory.resolve(KNOWN_FILE));
        known.add(own);
        return new GatewayNumbers(directory, own, known);
    }

    /** Writes both files into a directory that has none. */
    static void write(Path directory, int own, Set<Integer> known) throws IOException {
        DurableFiles.writeNew(directory.resolve(OWN_FILE), encode(Set.of(own)));
        DurableFiles.writeNew(directory.resolve(KNOWN_FILE), encode(new TreeSet<>(known)));
    }

    private static byte[] encode(Set<Integer> numbers) {
        String text = numbers.stream().map(String::valueOf).collect(Collectors.joining(" "));
        return (text + "\n").getBytes(StandardCharsets.US_ASCII);
    }

    int own() {
        return own;
    }

    /** All that are known, the own one included. */
    TreeSet<Integer> known() {
        return new TreeSet<>(known);
    }

    /** Notes a number durably. @return false if it was known before */
    boolean note(int number) throws IOException {
        lock.lock();
        try {
            TreeSet<Integer> next = known();
            if (!next.add(number)) {
                return false;
            }
            DurableFiles.replace(directory.resolve(KNOWN_FILE), encode(next));
            known = next;
            return true;
        } finally {
            lock.unlock();
        }
    }

    private static TreeSet<Integer> read(Path file) throws IOException {
        TreeSet<Integer> numbers = new TreeSet<>();
        try {
            String text = new String(DurableFiles.read(file, MAX_FILE_BYTES), StandardCharsets.US_ASCII).strip();
            for (String word : text.split(" ", -1)) {
                if (!NUMBER.matcher(word).matches()) {
                    throw damaged(file, "\"" + word + "\" is not the number of a gateway");
                }
                numbers.add(Integer.parseInt(word));
            }
            return numbers;
        } catch (NoSuchFileException e) {
            return numbers;
        }
    }

    private static IOException damaged(Path file, String what) {
        return new IOException(file + " is damaged: " + what + "; restore it from a backup");
    }
}
