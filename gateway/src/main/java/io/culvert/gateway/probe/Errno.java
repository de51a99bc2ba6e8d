package io.culvert.gateway.probe;

/** The numbers of Linux's errors (errno(3)) that a probe tells apart. */
final class Errno {
    static final int NONE = 0;
    static final int EPERM = 1;
    static final int EAGAIN = 11;
    static final int EACCES = 13;
    static final int EPIPE = 32;
    static final int EMSGSIZE = 90;
    static final int ENETUNREACH = 101;
    static final int ECONNRESET = 104;
    static final int ETIMEDOUT = 110;
    static final int ECONNREFUSED = 111;
    static final int EHOSTUNREACH = 113;
    static final int EINPROGRESS = 115;

    private Errno() {}

    static String words(int errno) {
        return switch (errno) {
            case EPERM, EACCES -> "this host does not let it be sent (a filter here?)";
            case EMSGSIZE -> "it is larger than the interface takes";
            case ENETUNREACH -> "this host has no route to it";
            case ECONNRESET -> "it was reset";
            case ETIMEDOUT -> "it timed out";
            case ECONNREFUSED -> "it was refused";
            case EHOSTUNREACH -> "the host is unreachable";
            default -> "errno " + errno;
        };
    }
}
