package io.culvert.gateway.restore;

import io.culvert.dedupe.chunk.Slice;
import io.culvert.dedupe.manifest.Entry;
import io.culvert.dedupe.tree.RestoreNote;
import io.culvert.dedupe.tree.RestoreReport;
import io.culvert.dedupe.tree.TarTreeSink;
import io.culvert.dedupe.tree.TreeSink;
import io.culvert.dedupe.tree.TreeWriter;
import io.culvert.gateway.cli.LocalWork.RestoreSummary;
import io.culvert.gateway.replicate.RestoreStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Path;
import java.util.function.Consumer;

/** Reads restore streams to their end; {@code waiting} is told every now and then why nothing has come yet. */
public final class Restores {
    private static final int ZEROS_BYTES = 64 << 10;
    private static final int MAX_NOTES_SHOWN = 20;

    private Restores() {}

    /** Makes a tree in a directory that is new or empty. */
    public static RestoreSummary toDirectory(InputStream stream, Path directory, Consumer<String> waiting)
            throws IOException {
        try (TreeSink sink = TreeWriter.open(directory.toString(), TreeWriter.Existing.REFUSE)) {
            return toSink(stream, sink, waiting);
        }
    }

    /** Writes a tree as a pax tar; {@code out} stays open. */
    public static RestoreSummary toTar(InputStream stream, OutputStream out, Consumer<String> waiting)
            throws IOException {
        try (TreeSink sink = new TarTreeSink(out)) {
            return toSink(stream, sink, waiting);
        }
    }

    /** Writes the bytes of a volume or backup stream; in a file, holes stay holes. {@code out} stays open. */
    public static RestoreSummary toBytes(InputStream stream, OutputStream out, Consumer<String> waiting)
            throws IOException {
        Plain plain = new Plain(out);
        TreeItems items = new TreeItems(plain, waiting);
        RestoreStream.read(stream, items);
        plain.finish();
        requireEnd(items, stream);
        return new RestoreSummary(items.entries(), items.bytes(), 0, java.util.List.of());
    }

    private static RestoreSummary toSink(InputStream stream, TreeSink sink, Consumer<String> waiting)
            throws IOException {
        TreeItems items = new TreeItems(new Tree(sink), waiting);
        RestoreStream.read(stream, items);
        requireEnd(items, stream);
        RestoreReport report = sink.finish();
        long count =
                report.counts().values().stream().mapToLong(Long::longValue).sum();
        return new RestoreSummary(
                items.entries(),
                items.bytes(),
                count,
                report.notes().stream()
                        .limit(MAX_NOTES_SHOWN)
                        .map(RestoreNote::detail)
                        .toList());
    }

    /** Reads on to the end of the transport, which has a word of its own about whether all is well. */
    private static void requireEnd(TreeItems items, InputStream stream) throws IOException {
        if (!items.hasEnded() || stream.read() >= 0) {
            throw new IOException("the restore stream does not end where it says");
        }
    }

    private record Tree(TreeSink sink) implements TreeItems.Content {
        @Override
        public void begin(Entry entry) throws IOException {
            sink.begin(entry);
        }

        @Override
        public void data(Slice data) throws IOException {
            sink.data(data);
        }

        @Override
        public void hole(long lengthBytes) throws IOException {
            sink.hole(lengthBytes);
        }
    }

    /** The one entry of a volume or stream. */
    private static final class Plain implements TreeItems.Content {
        private final OutputStream out;
        private final byte[] zeros = new byte[ZEROS_BYTES];
        private boolean begun;
        private boolean endsInHole;

        Plain(OutputStream out) {
            this.out = out;
        }

        @Override
        public void begin(Entry entry) throws IOException {
            if (begun) {
                throw new IOException("a volume or stream has one entry, this restore stream has more");
            }
            begun = true;
        }

        @Override
        public void data(Slice data) throws IOException {
            endsInHole = false;
            out.write(data.array(), data.offset(), data.length());
        }

        @Override
        public void hole(long lengthBytes) throws IOException {
            if (out instanceof FileOutputStream file) {
                endsInHole = true;
                file.getChannel().position(file.getChannel().position() + lengthBytes);
                return;
            }
            for (long left = lengthBytes; left > 0; left -= Math.min(left, ZEROS_BYTES)) {
                out.write(zeros, 0, (int) Math.min(left, ZEROS_BYTES));
            }
        }

        /** A hole at the end needs a last byte to give the file its length. */
        void finish() throws IOException {
            if (endsInHole && out instanceof FileOutputStream file) {
                file.getChannel().position(file.getChannel().position() - 1);
                file.write(0);
            }
            out.flush();
        }
    }
}
