package io.culvert.gateway.stream;

import io.grpc.Metadata;
import io.grpc.Status;
import org.jspecify.annotations.Nullable;

/** How a call that is refused says why: status UNAUTHENTICATED, one sentence, and the reason's name in a trailer. */
final class Refusal {

    private static final Metadata.Key<String> REASON =
            Metadata.Key.of("culvert-refused", Metadata.ASCII_STRING_MARSHALLER);

    private static final String ELSEWHERE = "elsewhere";
    private static final int MAX_TEXT = 512;

    private Refusal() {}

    static Status status(PeerRefusedException refused) {
        return Status.UNAUTHENTICATED.withDescription(refused.getMessage());
    }

    static Metadata trailers(PeerRefusedException refused) {
        Metadata trailers = new Metadata();
        trailers.put(REASON, refused.reason());
        return trailers;
    }

    /** With this gRPC begins to list the handlers of a connection, which says nothing to people. */
    private static final String PIPELINE = " Channel Pipeline: [";

    /** What a closed call says, for people. */
    static String describe(Status status, Metadata trailers) {
        String reason = trailers.get(REASON);
        StringBuilder text = new StringBuilder();
        if (reason != null && !reason.equals(ELSEWHERE)) {
            text.append("refused by the peer: ").append(reason).append(": ");
        }
        String description = status.getDescription();
        Throwable cause = status.getCause();
        if (cause == null || !isWrapping(description)) {
            text.append(description != null ? description : status.getCode().toString());
        }
        for (int depth = 0; cause != null && depth < 4; depth++) {
            String message = String.valueOf(cause.getMessage());
            if (text.indexOf(message) < 0 && !isWrapping(message)) {
                text.append(text.isEmpty() ? "" : ": ").append(message);
            }
            cause = cause.getCause();
        }
        int pipeline = text.indexOf(PIPELINE);
        text.setLength(Math.min(pipeline < 0 ? text.length() : pipeline, MAX_TEXT));
        return text.toString().replaceAll("\\s+", " ");
    }

    /** What gRPC and the TLS engine put around the cause, which says more to people. */
    private static boolean isWrapping(@Nullable String text) {
        return text != null && (text.startsWith("io exception") || text.startsWith("General OpenSslEngine problem"));
    }

    /** Another gateway of the site has the stream to who calls. */
    static Metadata elsewhere() {
        Metadata trailers = new Metadata();
        trailers.put(REASON, ELSEWHERE);
        return trailers;
    }

    static boolean isElsewhere(Metadata trailers) {
        return ELSEWHERE.equals(trailers.get(REASON));
    }

    /** Whether the far side named a reason, so that it is worth keeping. */
    static boolean isNamed(Metadata trailers) {
        return trailers.containsKey(REASON);
    }
}
