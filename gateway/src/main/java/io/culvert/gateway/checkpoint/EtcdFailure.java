package io.culvert.gateway.checkpoint;

import io.culvert.gateway.log.KernelWords;
import io.grpc.Status;
import java.io.IOException;
import java.net.URI;
import java.util.Locale;
import javax.net.ssl.SSLException;

/**
 * What a failed call to etcd means.
 *
 * @param kind what to do about it
 * @param sentence what a person reads
 */
public record EtcdFailure(Kind kind, String sentence) {

    public enum Kind {
        /** Ask the next member; the call may have taken effect. */
        TRANSIENT,
        /** The lease that the call named is gone; nothing took effect. */
        LEASE_GONE,
        /** etcd refuses, and goes on to until a person acts; nothing took effect. */
        REFUSED
    }

    public static EtcdFailure of(Status status, URI endpoint) {
        String detail = detail(status);
        return switch (status.getCode()) {
            case NOT_FOUND ->
                new EtcdFailure(Kind.LEASE_GONE, "etcd no longer knows this gateway's lease (" + detail + ")");
            case RESOURCE_EXHAUSTED ->
                detail.contains("space exceeded")
                        ? new EtcdFailure(
                                Kind.REFUSED,
                                "etcd's database is full and refuses writes (NOSPACE): run culvert etcd compact and"
                                        + " culvert etcd defrag; work resumes by itself after that")
                        : new EtcdFailure(Kind.TRANSIENT, "etcd at " + endpoint + " is overloaded (" + detail + ")");
            case UNAUTHENTICATED, PERMISSION_DENIED ->
                new EtcdFailure(
                        Kind.REFUSED,
                        "etcd at " + endpoint + " does not let this gateway in (" + detail + "): check its"
                                + " user, role and certificate");
            case INVALID_ARGUMENT, UNIMPLEMENTED, OUT_OF_RANGE, ALREADY_EXISTS, FAILED_PRECONDITION ->
                new EtcdFailure(Kind.REFUSED, "etcd at " + endpoint + " refused a request (" + detail + ")");
            case OK, CANCELLED, UNKNOWN, DEADLINE_EXCEEDED, ABORTED, INTERNAL, UNAVAILABLE, DATA_LOSS ->
                new EtcdFailure(Kind.TRANSIENT, "etcd at " + endpoint + " does not answer (" + detail + ")");
        };
    }

    private static String tls(String said) {
        String upper = said.toUpperCase(Locale.ROOT);
        boolean refusedByEtcd = upper.contains("ALERT") && upper.contains("CERTIFICATE");
        return "TLS: " + (refusedByEtcd ? "it refuses this gateway's certificate, " : "") + said;
    }

    private static String detail(Status status) {
        for (Throwable cause = status.getCause(); cause != null; cause = cause.getCause()) {
            if (cause instanceof SSLException) {
                return tls(String.valueOf(cause.getMessage()));
            }
        }
        Throwable cause = status.getCause();
        String what = status.getCode() == Status.Code.DEADLINE_EXCEEDED ? "no reply in time" : status.getDescription();
        String code = status.getCode().name().toLowerCase(Locale.ROOT).replace('_', ' ');
        if (cause == null || cause.getMessage() == null) {
            return what == null ? code : what;
        }
        return cause instanceof IOException ? KernelWords.of(cause.getMessage()) : what + ": " + cause.getMessage();
    }
}
