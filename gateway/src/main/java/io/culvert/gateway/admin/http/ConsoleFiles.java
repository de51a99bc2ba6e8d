package io.culvert.gateway.admin.http;

import io.vertx.core.buffer.Buffer;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Map;
import java.util.TreeMap;

/**
 * The console's own files, read once from the classes: a page at {@code /} that names each of the others by a hash of its
 * bytes, so that those may be kept for good.
 */
final class ConsoleFiles {
    private static final String PLACE = "/io/culvert/gateway/console/";
    private static final String ASSETS = "/assets/";
    private static final int HASH_CHARS = 16;
    private static final Map<String, String> MEDIA_TYPES = Map.of(
            "main.js", "text/javascript; charset=utf-8",
            "console.css", "text/css; charset=utf-8",
            "icon.svg", "image/svg+xml");

    /** @param content handed over */
    private record Asset(String mediaType, Buffer content) {}

    private final Map<String, Asset> byPath = new TreeMap<>();
    private final Buffer page;

    ConsoleFiles() throws IOException {
        String text = new String(read("index.html"), StandardCharsets.UTF_8);
        for (Map.Entry<String, String> file : MEDIA_TYPES.entrySet()) {
            byte[] content = read(file.getKey());
            String path = ASSETS + hash(content) + "/" + file.getKey();
            byPath.put(path, new Asset(file.getValue(), Buffer.buffer(content)));
            text = text.replace("\"/" + file.getKey() + "\"", "\"" + path + "\"");
        }
        page = Buffer.buffer(text);
    }

    void mount(Router router) {
        router.get("/")
                .handler(rc -> rc.response()
                        .putHeader("Content-Type", "text/html; charset=utf-8")
                        .putHeader("Cache-Control", "no-store")
                        .end(page));
        router.get(ASSETS + "*").handler(this::asset);
    }

    private void asset(RoutingContext rc) {
        Asset asset = byPath.get(rc.request().path());
        if (asset == null) {
            rc.next();
            return;
        }
        rc.response()
                .putHeader("Content-Type", asset.mediaType())
                .putHeader("Cache-Control", "public, max-age=31536000, immutable")
                .end(asset.content());
    }

    private static byte[] read(String name) throws IOException {
        try (InputStream in = ConsoleFiles.class.getResourceAsStream(PLACE + name)) {
            if (in == null) {
                throw new IOException("this build has no console (" + PLACE + name + "); build it again: mvn package");
            }
            return in.readAllBytes();
        }
    }

    private static String hash(byte[] content) {
        try {
            return HexFormat.of()
                    .formatHex(MessageDigest.getInstance("SHA-256").digest(content))
                    .substring(0, HASH_CHARS);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }
}
