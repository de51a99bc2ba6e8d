package io.culvert.dedupe.tree;

import java.io.IOException;

/** A system call that failed; the message is one line with the errno's name, the call and the path. */
public final class PosixException extends IOException {

    private static final long serialVersionUID = 1L;

    private final int errno;
    private final String operation;

    private final String line;

    PosixException(int errno, String operation, String path) {
        this(operation + " " + path + ": " + describe(errno), errno, operation);
    }

    private PosixException(String line, int errno, String operation) {
        super(line);
        this.errno = errno;
        this.operation = operation;
        this.line = line;
    }

    /** The message. */
    String line() {
        return line;
    }

    /** True if the kernel's answer was {@code expected}. */
    public boolean is(Errno expected) {
        return errno == expected.number();
    }

    /** The C function, such as {@code openat}. */
    public String operation() {
        return operation;
    }

    private static String describe(int errno) {
        return Errno.of(errno)
                .map(known -> known.sentence() + " (" + known + ")")
                .orElse("errno " + errno);
    }
}
