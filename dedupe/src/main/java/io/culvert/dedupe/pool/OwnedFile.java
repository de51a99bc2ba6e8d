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
        guard.enter();
        try {
            file.write(source, offsetBytes);
        } finally {
            guard.leave();
        }
    }

    @Override
    public long sizeBytes() throws IOException {
        return file.sizeBytes();
    }

    @Override
    public void truncate(long sizeBytes) throws IOException {
        guard.enter();
        try {
            file.truncate(sizeBytes);
        } finally {
            guard.leave();
        }
    }

    @Override
    public void force() throws IOException {
        guard.enter();
        try {
            file.force();
            guard.check();
        } finally {
            guard.leave();
        }
    }

    @Override
    public void close() throws IOException {
        file.close();
    }
}
