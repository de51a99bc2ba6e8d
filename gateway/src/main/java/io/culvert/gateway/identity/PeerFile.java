package io.culvert.gateway.identity;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One peer as a JSON file {@code <name>.json} of at most {@value #MAX_BYTES} bytes.
 *
 * <pre>
 *   {"version": 1, "name": "busan", "endpoint": "gw.busan.example:8443", "dials": true,
 *    "authorities": ["-----BEGIN CERTIFICATE-----…"], "revokedSerials": ["7b3…"],
 *    "enrolledAt": "2026-11-21T03:00:00Z", "revokedAt": "…" only if revoked,
 *    "enrolment": 1, "revision": 3 as {@link PeerRecord} says; both 1 if absent,
 *    "check": SHA-256 of all of this without "check", written compactly}
 * </pre>
 *
 * The check is there because a flipped bit in a revocation would trust again.
 */
final class PeerFile {
    static final int MAX_BYTES = 96 << 10;
    static final String SUFFIX = ".json";
    private static final ObjectMapper JSON = new ObjectMapper().enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);

    private PeerFile() {}

    static byte[] encode(PeerRecord record) throws IOException {
        ObjectNode root = unchecked(record);
        root.put("check", check(root));
        return JSON.writerWithDefaultPrettyPrinter().writeValueAsBytes(root);
    }

    /** The SHA-256 of the content: equal for equal records, wherever they were written. */
    static byte[] hash(PeerRecord record) throws IOException {
        return Secrets.sha256(JSON.writeValueAsBytes(unchecked(record)));
    }

    private static ObjectNode unchecked(PeerRecord record) {
        Peer peer = record.peer();
        ObjectNode root = JSON.createObjectNode();
        root.put("version", 1);
        root.put("name", peer.name());
        root.put("endpoint", peer.endpoint().toString());
        root.put("dials", peer.dials());
        peer.authorities().forEach(ca -> root.withArray("authorities").add(Pem.text(ca)));
        var serials = root.putArray("revokedSerials");
        peer.revokedSerials().stream().sorted().forEach(serials::add);
        root.put("enrolledAt", peer.enrolledAt().toString());
        peer.revokedAt().ifPresent(at -> root.put("revokedAt", at.toString()));
        root.put("enrolment", record.enrolment());
        root.put("revision", record.revision());
        return root;
    }

    /** @throws IOException naming the file and what is wrong in it: a registry is never read in part */
    static PeerRecord read(Path file) throws IOException {
        try {
            PeerRecord record = decode(DurableFiles.read(file, MAX_BYTES));
            String name = record.peer().name();
            if (!file.endsWith(name + SUFFIX)) {
                throw new IOException("it holds the peer " + name);
            }
            return record;
        } catch (IOException e) {
            throw new IOException(
                    "the peer file " + file + " cannot be used: " + e.getMessage()
                            + "; restore it, or remove it and enrol again",
                    e);
        }
    }

    /** @throws IOException saying what is wrong in it */
    static PeerRecord decode(byte[] content) throws IOException {
        try {
            JsonNode root = JSON.readTree(content);
            requireCheck(root);
            return new PeerRecord(number(root, "enrolment"), number(root, "revision"), decode(root));
        } catch (JsonProcessingException e) {
            throw new IOException("not JSON: " + e.getOriginalMessage(), e);
        } catch (IllegalArgumentException | DateTimeParseException e) {
            throw new IOException(String.valueOf(e.getMessage()), e);
        }
    }

    private static long number(JsonNode root, String field) {
        return root.path(field).asLong(1);
    }

    private static void requireCheck(JsonNode root) throws IOException {
        if (!(root instanceof ObjectNode object)) {
            throw new IOException("not a JSON object");
        }
        ObjectNode unchecked = object.deepCopy();
        JsonNode check = unchecked.remove("check");
        if (check == null || !check.asText().equals(check(unchecked))) {
            throw new IOException("it was changed or damaged: its check is wrong");
        }
    }

    private static String check(ObjectNode unchecked) throws IOException {
        return HexFormat.of().formatHex(Secrets.sha256(JSON.writeValueAsBytes(unchecked)));
    }

    private static Peer decode(JsonNode root) throws IOException {
        if (root.path("version").asInt() != 1) {
            throw new IOException("version must be 1");
        }
        String name = text(root, "name");
        List<X509Certificate> authorities = new ArrayList<>();
        for (JsonNode pem : root.path("authorities")) {
            X509Certificate authority = Pem.certificate(pem.asText());
            if (!AuthorityCertificate.siteOf(authority).equals(name)) {
                throw new IOException("a CA certificate in it is not that of " + name);
            }
            authorities.add(authority);
        }
        Set<String> serials = new HashSet<>();
        root.path("revokedSerials").forEach(serial -> serials.add(serial.asText()));
        return new Peer(
                name,
                Endpoint.of(text(root, "endpoint")),
                root.path("dials").asBoolean(),
                authorities,
                serials,
                Instant.parse(text(root, "enrolledAt")),
                instantOrNull(root.path("revokedAt")));
    }

    private static @Nullable Instant instantOrNull(JsonNode node) {
        return node.isTextual() ? Instant.parse(node.asText()) : null;
    }

    private static String text(JsonNode root, String field) throws IOException {
        JsonNode node = root.path(field);
        if (!node.isTextual()) {
            throw new IOException("\"" + field + "\" must be a string");
        }
        return node.asText();
    }
}
