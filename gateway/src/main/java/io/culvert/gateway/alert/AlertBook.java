package io.culvert.gateway.alert;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What was told and is not cleared, and what waits to be sent: a small JSON file of the state directory. It is replaced whole and forced, so a
 * crash leaves the old one or the new one.
 */
final class AlertBook {
    static final String FILE = "alerts.json";

    private final Path file;

    AlertBook(Path stateDir) {
        this.file = stateDir.resolve(FILE);
    }

    /**
     * One state of it.
     *
     * @param waiting by the kind of channel
     */
    record Pages(List<AlarmWatch.Told> told, Map<String, List<Alert>> waiting) {
        static final Pages EMPTY = new Pages(List.of(), Map.of());

        Pages {
            told = List.copyOf(told);
            TreeMap<String, List<Alert>> copy = new TreeMap<>();
            waiting.forEach((kind, alerts) -> copy.put(kind, List.copyOf(alerts)));
            waiting = copy;
        }
    }

    /** @throws IOException if there is one that cannot be read, or that lacks something */
    Pages read() throws IOException {
        if (!Files.exists(file)) {
            return Pages.EMPTY;
        }
        Pages pages = AlertJson.MAPPER.readValue(file.toFile(), Pages.class);
        if (pages == null) {
            throw new IOException(file + " holds nothing");
        }
        return pages;
    }

    void write(Pages pages) throws IOException {
        Path fresh = file.resolveSibling("." + FILE + ".new");
        try (FileChannel out = FileChannel.open(
                fresh, StandardOpenOption.CREATE, StandardOpenOption.TRUNCATE_EXISTING, StandardOpenOption.WRITE)) {
            ByteBuffer bytes = ByteBuffer.wrap(AlertJson.MAPPER.writeValueAsBytes(pages));
            while (bytes.hasRemaining()) {
                out.write(bytes);
            }
            out.force(true);
        }
        Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        try (FileChannel directory = FileChannel.open(file.toAbsolutePath().getParent())) {
            directory.force(true);
        }
    }
}
