package io.culvert.dedupe.pool;

import java.io.IOException;
import java.nio.ByteBuffer;

/** A file of an {@link OwnedDisk} that is open for writing. */
final class OwnedFile implements DiskFile {

    private final DiskFile file;
    private final OwnerGuard guard;

    OwnedFile(DiskFile file, OwnerGuard guard) {
        this.file = file;
        this.guard = guard;
    }

    @Override
    public int read(ByteBuffer target, long offsetBytes) throws IOException {
        return file.read(target, offsetBytes);
    }

    @Override
    public void write(ByteBuffer source, long offsetBytes) throws IOException {
        guard.make(() -> {
            file.write(source, offsetBytes);
            return true;
        });
    }

    @Override
    public long sizeBytes() throws IOException {
        return file.sizeBytes();
    }

    @Override
    public void truncate(long sizeBytes) throws IOException {
        guard.make(() -> {
            file.truncate(sizeBytes);
            return true;
        });
    }

    @Override
    public void force() throws IOException {
        guard.make(() -> {
            file.force();
            guard.check();
            return true;
        });
    }

    @Override
    public void close() throws IOException {
        file.close();
    }
}
