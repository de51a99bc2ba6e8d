package io.culvert.gateway.identity;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** An invitation or a join that is refused, with the one reason; the message is a sentence for people. */
public final class JoinRefusedException extends IOException {
    private static final long serialVersionUID = 1L;
    private final JoinRefusal reason;

    JoinRefusedException(JoinRefusal reason, String sentence) {
        this(reason, sentence, null);
    }

    JoinRefusedException(JoinRefusal reason, String sentence, @Nullable Throwable cause) {
        super(sentence, cause);
        this.reason = reason;
    }

    public JoinRefusal reason() {
        return reason;
    }
}
