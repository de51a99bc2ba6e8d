package io.culvert.gateway.replicate;

import io.culvert.dedupe.chunk.ChunkRef;
import io.culvert.dedupe.chunk.Fingerprint;
import io.culvert.dedupe.manifest.Extent;
import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Keeps the extents of one file until it is known that the file did not change while it was read; beyond a bound in a
 * temporary file, so that a volume of any size takes no more memory than a small one.
 *
 * <pre>record := long length (negative: a hole) [32 bytes fingerprint]</pre>
 */
final class ExtentSpool implements AutoCloseable {

    /** Extents held in memory. */
    static final int MAX_IN_MEMORY = 16 * 1024;

    private final Path directory;
    private final List<Extent> memory = new ArrayList<>();
    private @Nullable Path file;
    private @Nullable DataOutputStream overflow;
    private long overflowCount;
    private long lengthBytes;

    /** Overflows into a new file in {@code directory}. */
    ExtentSpool(Path directory) {
        this.directory = directory;
    }

    /** Sum of the lengths. */
    long lengthBytes() {
        return lengthBytes;
    }

    void data(ChunkRef chunk) throws IOException {
        add(new Extent.Data(chunk));
    }

    void hole(long bytes) throws IOException {
        add(new Extent.Hole(bytes));
    }

    private void add(Extent extent) throws IOException {
        lengthBytes += extent.lengthBytes();
        if (memory.size() < MAX_IN_MEMORY) {
            memory.add(extent);
            return;
        }
        DataOutputStream out = overflow;
        if (out == null) {
            Path created = Files.createTempFile(directory, "extents", ".tmp");
            file = created;
            out = new DataOutputStream(new BufferedOutputStream(new ScratchOutput(created), 1 << 16));
            overflow = out;
        }
        switch (extent) {
            case Extent.Data data -> {
                out.writeLong(data.lengthBytes());
                out.write(data.chunk().fingerprint().toBytes());
            }
            case Extent.Hole hole -> out.writeLong(-hole.lengthBytes());
        }
        overflowCount++;
    }

    /** Takes extents in order. */
    @FunctionalInterface
    interface ExtentSink {
        void accept(Extent extent) throws IOException, InterruptedException;
    }

    /** Hands out all extents in the order they came. */
    void replay(ExtentSink sink) throws IOException, InterruptedException {
        for (Extent extent : memory) {
            sink.accept(extent);
        }
        Path spilled = file;
        DataOutputStream out = overflow;
        if (spilled == null || out == null) {
            return;
        }
        out.flush();
        byte[] name = new byte[Fingerprint.LENGTH_BYTES];
        try (DataInputStream in =
                new DataInputStream(new BufferedInputStream(Files.newInputStream(spilled), 1 << 16))) {
            for (long i = 0; i < overflowCount; i++) {
                long length = in.readLong();
                if (length < 0) {
                    sink.accept(new Extent.Hole(-length));
                } else {
                    in.readFully(name);
                    sink.accept(new Extent.Data(new ChunkRef(Fingerprint.read(name, 0), (int) length)));
                }
            }
        }
    }

    /** Forgets all, to be used for another try or file. */
    void clear() throws IOException {
        memory.clear();
        lengthBytes = 0;
        overflowCount = 0;
        DataOutputStream out = overflow;
        overflow = null;
        if (out != null) {
            out.close();
        }
        if (file != null) {
            Files.deleteIfExists(file);
            file = null;
        }
    }

    @Override
    public void close() throws IOException {
        clear();
    }
}
