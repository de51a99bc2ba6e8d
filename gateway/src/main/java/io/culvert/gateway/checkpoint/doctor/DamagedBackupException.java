package io.culvert.gateway.checkpoint.doctor;

import java.io.IOException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** A backup of etcd is not what its sum says. */
public final class DamagedBackupException extends IOException {
    private static final long serialVersionUID = 1L;

    DamagedBackupException(Path file, @Nullable Throwable cause) {
        super(file + " is damaged: it is no whole copy of etcd's database", cause);
    }
}
