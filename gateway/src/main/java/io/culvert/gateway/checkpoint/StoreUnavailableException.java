package io.culvert.gateway.checkpoint;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** The store does not answer, or refuses; the message is one sentence for people. */
public final class StoreUnavailableException extends IOException {
    private static final long serialVersionUID = 1L;

    private final String sentence;
    private final EtcdFailure.Kind kind;

    StoreUnavailableException(String sentence, @Nullable Throwable cause) {
        super(sentence, cause);
        this.sentence = sentence;
        this.kind = EtcdFailure.Kind.TRANSIENT;
    }

    StoreUnavailableException(EtcdFailure failure, @Nullable Throwable cause) {
        super(failure.sentence(), cause);
        this.sentence = failure.sentence();
        this.kind = failure.kind();
    }

    /** Returns what a person reads. */
    public String sentence() {
        return sentence;
    }

    /** Whether it answers, and refuses until a person acts. */
    public boolean isRefusal() {
        return kind == EtcdFailure.Kind.REFUSED;
    }

    EtcdFailure.Kind kind() {
        return kind;
    }
}
