package io.culvert.gateway.identity;

import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusException;
import io.grpc.StatusRuntimeException;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Refusals as they go over gRPC: the reason's name in the trailer {@code culvert-refused}, the sentence as the status'
 * description.
 *
 * <p>What comes in is not believed beyond its form: an unknown name is no refusal, and a sentence is cut to
 * {@value #MAX_SENTENCE_CHARS} printable ASCII characters.
 */
public final class Refusals {
    static final int MAX_SENTENCE_CHARS = 512;
    static final Metadata.Key<String> REASON = Metadata.Key.of("culvert-refused", Metadata.ASCII_STRING_MARSHALLER);

    private Refusals() {}

    /**
     * Finds the refusal behind a failed call to a peer: by this side (in the handshake) or by the other (in trailers).
     *
     * @param peer the peer that was dialled
     * @return nothing if the call failed for another cause, such as an unreachable host
     */
    public static Optional<PeerRefusedException> in(Throwable failure, String peer) {
        Optional<PeerRefusedException> here = PeerRefusedException.in(failure);
        if (here.isPresent()) {
            return here;
        }
        return switch (failure) {
            case StatusRuntimeException e -> in(e.getStatus(), e.getTrailers(), peer);
            case StatusException e -> in(e.getStatus(), e.getTrailers(), peer);
            default -> Optional.empty();
        };
    }

    /** The same for a call that ended with a status and trailers. */
    public static Optional<PeerRefusedException> in(Status status, @Nullable Metadata trailers, String peer) {
        Throwable cause = status.getCause();
        Optional<PeerRefusedException> here = cause == null ? Optional.empty() : PeerRefusedException.in(cause);
        return here.isPresent()
                ? here
                : named(PeerRefusal.class, trailers)
                        .map(reason -> new PeerRefusedException(
                                reason,
                                PeerRefusedException.By.THERE,
                                peer,
                                "peer " + peer + " refuses this site (" + reason + "): \"" + sentence(status) + "\""));
    }

    static Status status(PeerRefusedException refused) {
        return Status.UNAUTHENTICATED.withDescription(refused.getMessage());
    }

    static Metadata trailers(Enum<?> reason) {
        Metadata trailers = new Metadata();
        trailers.put(REASON, reason.name());
        return trailers;
    }

    /** The reason in the trailers, if it is one that this version knows. */
    static <E extends Enum<E>> Optional<E> named(Class<E> kind, @Nullable Metadata trailers) {
        String name = trailers == null ? null : trailers.get(REASON);
        return name == null ? Optional.empty() : byName(kind, name);
    }

    /** Takes {@code WRONG_CA} and, as the stream writes it, {@code wrong-ca}. */
    static <E extends Enum<E>> Optional<E> byName(Class<E> kind, String name) {
        String canonical = name.toUpperCase(Locale.ROOT).replace('-', '_');
        return Arrays.stream(kind.getEnumConstants())
                .filter(reason -> reason.name().equals(canonical))
                .findFirst();
    }

    /** The other side's sentence, fit to be printed. */
    static String sentence(Status status) {
        String text = status.getDescription() == null ? "" : status.getDescription();
        String cut = text.length() > MAX_SENTENCE_CHARS ? text.substring(0, MAX_SENTENCE_CHARS) : text;
        return cut.replaceAll("[^ -~]", "?");
    }
}
