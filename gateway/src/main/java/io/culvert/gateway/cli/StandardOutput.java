package io.culvert.gateway.cli;

import java.io.FileOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** What standard output is, as Linux tells it. */
final class StandardOutput {
    private static final Path FILE = Path.of("/proc/self/fd/1");
    private static final Path FLAGS = Path.of("/proc/self/fdinfo/1");

    /** O_APPEND of fcntl.h, which fdinfo prints in octal. */
    private static final long APPEND = 02000;

    private StandardOutput() {}

    /**
     * Whether bytes can be left out instead of writing zeros: it is a regular file, nothing lies behind the current
     * position, and it was not opened for appending, which would put every write to the end.
     */
    static boolean takesHoles(FileOutputStream standard) {
        try {
            return Files.isRegularFile(FILE)
                    && standard.getChannel().position() >= standard.getChannel().size()
                    && !isAppending(Files.readAllLines(FLAGS));
        } catch (IOException e) {
            return false; // zeros are right everywhere
        }
    }

    private static boolean isAppending(List<String> fdinfo) throws IOException {
        for (String line : fdinfo) {
            if (line.startsWith("flags:")) {
                return (Long.parseLong(line.substring("flags:".length()).strip(), 8) & APPEND) != 0;
            }
        }
        throw new IOException(FLAGS + " tells no flags");
    }
}
