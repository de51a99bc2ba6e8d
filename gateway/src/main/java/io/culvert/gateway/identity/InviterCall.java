package io.culvert.gateway.identity;

import io.culvert.gateway.identity.EnrolmentMethods.Incoming;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;

/** One call to the site that made a token, on a connection that only its pinned CA opens; a failure has its name. */
final class InviterCall {
    private static final Duration DEADLINE = Duration.ofSeconds(20);

    private InviterCall() {}

    /**
     * Blocks for up to 20 seconds.
     *
     * @throws JoinRefusedException with the reason, by this side or by the other
     * @throws UnreachableException if nothing answers there
     */
    static <Q, A> A make(
            MethodDescriptor<Incoming<Q>, Incoming<A>> method,
            Q request,
            int maxReplyBytes,
            Token token,
            PinnedAuthority pinned)
            throws IOException {
        try {
            var reply = OneCall.to(token.endpoint(), TlsContexts.forJoining(pinned))
                    .make(method, new Incoming.Value<>(request), maxReplyBytes, DEADLINE);
            return switch (reply) {
                case Incoming.Value<A> value -> value.message();
                case Incoming.Refused<A> none ->
                    throw new JoinRefusedException(
                            JoinRefusal.MALFORMED_MESSAGE,
                            "the reply of " + token.inviter() + " is refused: " + none.why());
            };
        } catch (StatusRuntimeException e) {
            throw named(token, e);
        }
    }

    private static IOException named(Token token, StatusRuntimeException e) {
        Optional<PeerRefusedException> refused = PeerRefusedException.in(e);
        if (refused.isPresent()) {
            return refusedHere(token, refused.get());
        }
        Optional<JoinRefusal> there = Refusals.named(JoinRefusal.class, e.getTrailers());
        if (there.isPresent()) {
            return new JoinRefusedException(
                    there.get(), token.inviter() + " refuses: " + Refusals.sentence(e.getStatus()), e);
        }
        Status.Code code = e.getStatus().getCode();
        if (code == Status.Code.UNAVAILABLE || code == Status.Code.DEADLINE_EXCEEDED) {
            return new UnreachableException(
                    "nothing answered as a Culvert gateway at " + token.endpoint() + " (" + rootSentence(e)
                            + "); check that " + token.inviter()
                            + " runs and that TCP gets there: `culvert probe --host "
                            + token.endpoint().host() + " --port "
                            + token.endpoint().port() + "`",
                    e);
        }
        return new JoinRefusedException(
                JoinRefusal.FAILED_THERE,
                token.inviter() + " failed: " + code + " " + Refusals.sentence(e.getStatus()),
                e);
    }

    private static JoinRefusedException refusedHere(Token token, PeerRefusedException refused) {
        JoinRefusal reason = switch (refused.reason()) {
            case EXPIRED, NOT_YET_VALID -> JoinRefusal.CLOCK_SKEW;
            case WRONG_CA, WRONG_SITE, REVOKED, NO_CERTIFICATE, UNKNOWN_PEER, MALFORMED_CERTIFICATE ->
                JoinRefusal.WRONG_CA;
        };
        return new JoinRefusedException(
                reason,
                "what answers at " + token.endpoint() + " is not the site that made this token, so the secret was not"
                        + " sent: " + refused.getMessage(),
                refused);
    }

    private static String rootSentence(Throwable failure) {
        Throwable root = failure;
        for (int depth = 0; depth < 16 && root.getCause() != null; depth++) {
            root = root.getCause();
        }
        return root.getMessage() == null ? "the connection was closed" : root.getMessage();
    }
}
