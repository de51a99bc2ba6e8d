package io.culvert.gateway.admin;

/** What kind of failure it is: decides the exit code (interface.md) and the HTTP problem (RFC 9457). */
public enum FailureCategory {
    /** What was asked makes no sense: a wrong name, number or combination. */
    USAGE("usage", "Wrong usage", 2, 400),
    /** It was tried and failed. */
    FAILED("failed", "Failed", 1, 500),
    /** Policy forbids it: a lock, a fence, a moving source, a missing grant. */
    REFUSED("refused", "Refused", 3, 409),
    /** A peer, etcd or the local gateway cannot be reached. */
    UNREACHABLE("unreachable", "Unreachable", 4, 503),
    /** There is no such dataset, job, snapshot, pool or peer. */
    NOT_FOUND("not-found", "Not found", 1, 404);

    private static final String TYPE_PREFIX = "urn:culvert:problem:";

    private final String word;
    private final String title;
    private final int exitCode;
    private final int httpStatus;

    FailureCategory(String word, String title, int exitCode, int httpStatus) {
        this.word = word;
        this.title = title;
        this.exitCode = exitCode;
        this.httpStatus = httpStatus;
    }

    public String title() {
        return title;
    }

    public int exitCode() {
        return exitCode;
    }

    public int httpStatus() {
        return httpStatus;
    }

    /** The {@code type} of a problem document. */
    public String problemType() {
        return TYPE_PREFIX + word;
    }

    /** Returns the category of a problem document, {@link #FAILED} for a type of another version. */
    public static FailureCategory ofProblemType(String type) {
        for (FailureCategory category : values()) {
            if (category.problemType().equals(type)) {
                return category;
            }
        }
        return FAILED;
    }
}
