package io.culvert.gateway.identity;

import io.culvert.proto.v1.JoinReply;
import io.culvert.proto.v1.JoinRequest;
import io.grpc.ServerCall;
import java.io.IOException;
import java.time.Duration;

/**
 * How this site and another come to trust each other: one invites, the other joins with the token.
 *
 * <p>{@code replication-proto/src/main/proto/culvert/v1/enrolment.proto} draws the exchange.
 */
public final class Enrolment {
    private final InvitingSide inviting;
    private final JoiningSide joining;

    Enrolment(SiteAuthority authority, PeerRegistry registry, Endpoint advertised) {
        this.inviting = new InvitingSide(authority, registry, advertised);
        this.joining = new JoiningSide(authority, registry, advertised);
    }

    /**
     * Makes a one-time token for the site {@code peer}: one line to hand over by a safe way.
     *
     * @param life how long it may be used, at most 7 days
     * @throws JoinRefusedException if that peer is enrolled, or too many invitations are kept
     */
    public String invite(String peer, Duration life) throws IOException {
        return inviting.invite(peer, life).encode();
    }

    /**
     * Joins the site that made the token, dialling it later too. Blocks for up to 20 seconds.
     *
     * @throws JoinRefusedException with the reason, by this site or by the other
     * @throws UnreachableException if nothing answers there
     */
    public Peer join(String token) throws IOException {
        return join(token, true);
    }

    /** Joins; {@code dials} says whether this site will dial the other, or be dialled. */
    public Peer join(String token, boolean dials) throws IOException {
        return joining.join(JoinToken.decode(token), dials);
    }

    /** What the server's method Join does. */
    UnprovenCalls.Answer<JoinRequest, JoinReply> answers() {
        return new UnprovenCalls.Answer<>() {
            @Override
            public void beforeReading() throws IOException {
                inviting.requireInvitation();
            }

            @Override
            public JoinReply answer(JoinRequest message, ServerCall<?, ?> call) throws IOException {
                return inviting.answer(message);
            }
        };
    }
}
