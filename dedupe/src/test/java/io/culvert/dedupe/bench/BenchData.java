package io.culvert.dedupe.bench;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.Random;
import java.util.stream.Stream;

/** Inputs that every JDK has: its own classes, and noise. */
final class BenchData {

    private BenchData() {}

    /** The classes of {@code java.base}, one after the other: real content, about as compressible as programs are. */
    static byte[] classes(int length) {
        byte[] data = new byte[length];
        FileSystem runtime = FileSystems.getFileSystem(URI.create("jrt:/"));
        try (Stream<Path> files = Files.walk(runtime.getPath("modules"))) {
            Iterator<Path> regular = files.filter(Files::isRegularFile).iterator();
            int at = 0;
            while (at < length && regular.hasNext()) {
                try (InputStream in = Files.newInputStream(regular.next())) {
                    at += in.readNBytes(data, at, length - at);
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return data;
    }

    static byte[] noise(int length) {
        byte[] data = new byte[length];
        new Random(1).nextBytes(data);
        return data;
    }
}
