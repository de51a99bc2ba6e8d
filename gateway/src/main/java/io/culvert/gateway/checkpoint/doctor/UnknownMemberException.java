package io.culvert.gateway.checkpoint.doctor;

import java.io.IOException;

/** The cluster has no such member; the message says which it has, a sentence. */
public final class UnknownMemberException extends IOException {
    private static final long serialVersionUID = 1L;

    UnknownMemberException(String sentence) {
        super(sentence);
    }
}
