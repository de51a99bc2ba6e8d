package io.culvert.gateway.identity;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The invitations of one kind that this gateway made: of other sites in {@code STATE_DIR/identity/invites}, of further
 * gateways of this site in {@code gateway-invites}. None of one kind is ever found among the other.
 *
 * <pre>
 *   HASH.json    {"version": 1, "peer": "busan", "expires": "2026-11-21T04:00:00Z"}     HASH: of the secret, hexadecimal
 *   HASH.used    who joined with it: the fingerprint of a CA, or "gateway 2"
 * </pre>
 *
 * An invitation is used up by creating its {@code .used} file, which only one caller can: in this process, in another, and
 * after a crash. It is read from disk each time, so it survives a restart. Forgotten {@link #MEMORY} after its end. Any
 * thread may use it.
 */
final class Invitations {
    /** A token is still taken for so long after its end: the two sites' clocks need not agree to the second. */
    static final Duration SKEW_TOLERANCE = Duration.ofSeconds(30);
    /** For so long after its end a token is answered by name (expired, used) rather than called unknown. */
    static final Duration MEMORY = Duration.ofDays(1);

    static final Duration MAX_LIFE = Duration.ofDays(7);
    static final int MAX_KEPT = 64;
    private static final int MAX_FILE_BYTES = 1_024;
    private static final String OPEN = ".json";
    private static final String USED = ".used";
    private static final ObjectMapper JSON = new ObjectMapper();

    private final Path directory;
    private final InstantSource clock;

    Invitations(Path directory, InstantSource clock) {
        this.directory = directory;
        this.clock = clock;
    }

    /** An invitation on disk. */
    record Invitation(String hash, String peer, Instant expires) {
        boolean isExpiredAt(Instant now) {
            return now.isAfter(expires.plus(SKEW_TOLERANCE));
        }
    }

    /** Remembers an invitation durably. @throws IOException if there are too many */
    void open(JoinSecret secret, String peer, Duration life) throws IOException {
        if (life.isNegative() || life.isZero() || life.compareTo(MAX_LIFE) > 0) {
            throw new IllegalArgumentException(
                    "an invitation must live up to " + MAX_LIFE.toDays() + " days, was " + life);
        }
        DurableFiles.createDirectory(directory);
        if (all().size() >= MAX_KEPT) {
            throw new JoinRefusedException(
                    JoinRefusal.TOO_MANY_ATTEMPTS,
                    "this site made " + MAX_KEPT + " invitations of late; wait until one has expired");
        }
        var root = JSON.createObjectNode();
        root.put("version", 1)
                .put("peer", peer)
                .put("expires", clock.instant().plus(life).toString());
        DurableFiles.replace(file(secret.hash(), OPEN), JSON.writeValueAsBytes(root));
    }

    /** Whether a join can be answered by name at all; if not, enrolment is off. */
    boolean isAnyRemembered() throws IOException {
        return !all().isEmpty();
    }

    Optional<Invitation> find(JoinSecret secret) throws IOException {
        return read(file(secret.hash(), OPEN)).filter(invitation -> !isForgotten(invitation));
    }

    /** Who used the invitation up; empty while it is open. */
    Optional<String> usedBy(Invitation invitation) throws IOException {
        try {
            byte[] content = DurableFiles.read(file(invitation.hash(), USED), MAX_FILE_BYTES);
            return Optional.of(new String(content, StandardCharsets.US_ASCII));
        } catch (NoSuchFileException e) {
            return Optional.empty();
        }
    }

    /** Uses the invitation up, durably. @return false if someone else was first */
    boolean use(Invitation invitation, String by) throws IOException {
        try {
            DurableFiles.writeNew(file(invitation.hash(), USED), by.getBytes(StandardCharsets.US_ASCII));
            return true;
        } catch (FileAlreadyExistsException e) {
            return false;
        }
    }

    /** Lists what is remembered, and removes from disk what is not any more. */
    private List<Invitation> all() throws IOException {
        List<Invitation> found = new ArrayList<>();
        if (!Files.isDirectory(directory)) {
            return found;
        }
        try (DirectoryStream<Path> files = Files.newDirectoryStream(directory, "*" + OPEN)) {
            for (Path file : files) {
                Optional<Invitation> invitation = read(file);
                if (invitation.isPresent() && isForgotten(invitation.get())) {
                    // the record first: a mark of use without a record is harmless, a record without its mark is not
                    Files.deleteIfExists(file);
                    DurableFiles.forceDirectory(directory);
                    Files.deleteIfExists(file(invitation.get().hash(), USED));
                } else {
                    invitation.ifPresent(found::add);
                }
            }
        }
        return found;
    }

    private boolean isForgotten(Invitation invitation) {
        return clock.instant().isAfter(invitation.expires().plus(MEMORY));
    }

    private static Optional<Invitation> read(Path file) throws IOException {
        try {
            JsonNode root = JSON.readTree(DurableFiles.read(file, MAX_FILE_BYTES));
            String name = String.valueOf(file.getFileName());
            return Optional.of(new Invitation(
                    name.substring(0, name.length() - OPEN.length()),
                    SiteName.require(root.path("peer").asText()),
                    Instant.parse(root.path("expires").asText())));
        } catch (NoSuchFileException e) {
            return Optional.empty();
        } catch (DateTimeParseException | IllegalArgumentException e) {
            throw new IOException("the invitation " + file + " is damaged; remove it and invite again", e);
        }
    }

    private Path file(String hash, String suffix) {
        return directory.resolve(hash + suffix);
    }
}
