package io.culvert.gateway.admin;

/**
 * An operation could not be done.
 *
 * <p>The message is the sentence that a person reads: what failed, why, and what to do about it; one line, no stack, no
 * class name. The category decides exit code and HTTP problem type.
 */
public final class OperationException extends Exception {
    private static final long serialVersionUID = 1L;

    private final FailureCategory category;

    public OperationException(FailureCategory category, String sentence) {
        this(category, sentence, null);
    }

    /** With the cause, which only {@code --debug} and the log show. */
    public OperationException(
            FailureCategory category, String sentence, @org.jspecify.annotations.Nullable Throwable cause) {
        super(sentence, cause);
        this.category = category;
    }

    public FailureCategory category() {
        return category;
    }

    /** The sentence; never null. */
    public String sentence() {
        return String.valueOf(getMessage());
    }
}
