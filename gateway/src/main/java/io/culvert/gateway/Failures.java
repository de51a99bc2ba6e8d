package io.culvert.gateway;

import io.culvert.dedupe.chunk.CorruptChunkException;
import io.culvert.gateway.admin.FailureCategory;
import io.culvert.gateway.admin.OperationException;
import io.culvert.gateway.identity.IdentityExistsException;
import io.culvert.gateway.identity.JoinRefusedException;
import io.culvert.gateway.identity.UnreachableException;
import io.culvert.gateway.replicate.MovingSourceException;
import io.culvert.gateway.replicate.RefusedException;
import io.culvert.gateway.stream.PeerDownException;
import io.culvert.gateway.stream.StreamException;
import io.culvert.proto.v1.Refused;
import java.io.IOException;

/** The one place that decides what a failure means to the person who asked. */
final class Failures {

    private Failures() {}

    /** The failure with its category; the message is the sentence that is read. */
    static OperationException of(IOException cause) {
        FailureCategory category = switch (cause) {
            case RefusedException refused -> category(refused.code());
            case MovingSourceException moving -> FailureCategory.REFUSED;
            case JoinRefusedException join -> FailureCategory.REFUSED;
            case UnreachableException unreachable -> FailureCategory.UNREACHABLE;
            case IdentityExistsException exists -> FailureCategory.REFUSED;
            case StreamException stream -> FailureCategory.UNREACHABLE;
            case CorruptChunkException corrupt -> FailureCategory.FAILED;
            case java.net.ConnectException connect -> FailureCategory.UNREACHABLE;
            default -> FailureCategory.FAILED;
        };
        return new OperationException(category, sentence(cause), cause);
    }

    private static String sentence(IOException cause) {
        String what = String.valueOf(cause.getMessage());
        return cause instanceof PeerDownException down
                ? what + "; start the gateway there with \"systemctl start culvert\"; \"culvert peer list\" here shows"
                        + " when " + down.peer() + " is back"
                : what;
    }

    private static FailureCategory category(Refused.Code code) {
        return switch (code) {
            case NOT_GRANTED, FENCED, UNKNOWN_POOL, PROTOCOL -> FailureCategory.REFUSED;
            case UNAVAILABLE -> FailureCategory.UNREACHABLE;
            case POOL_FULL, CORRUPT, INCOMPLETE, UNSPECIFIED, UNRECOGNIZED -> FailureCategory.FAILED;
        };
    }

    static OperationException notFound(String sentence) {
        return new OperationException(FailureCategory.NOT_FOUND, sentence);
    }

    static OperationException usage(String sentence) {
        return new OperationException(FailureCategory.USAGE, sentence);
    }

    static OperationException interrupted() {
        Thread.currentThread().interrupt();
        return new OperationException(FailureCategory.FAILED, "the gateway is ending");
    }
}
