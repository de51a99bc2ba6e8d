package io.culvert.gateway.replicate;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;

/** Writes a file of the state directory; a failure says which file and what to do, as the system's own words do not. */
final class ScratchOutput extends OutputStream {

    private final Path file;
    private final OutputStream out;

    ScratchOutput(Path file) throws IOException {
        this.file = file;
        this.out = Files.newOutputStream(file);
    }

    @Override
    public void write(int b) throws IOException {
        write(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
        try {
            out.write(bytes, offset, length);
        } catch (IOException e) {
            throw new IOException(
                    file + " cannot be written: " + e.getMessage()
                            + "; make room in the state directory and run the job again",
                    e);
        }
    }

    @Override
    public void close() throws IOException {
        out.close();
    }
}
