package io.culvert.gateway.probe;

import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;

/**
 * What the steps of one probe found; a verdict follows from this alone.
 *
 * @param target the host as it was named
 * @param here this host's address towards it, for rules; empty if unknown
 * @param attempts one for each port
 * @param exchanges what happened to bytes, in the order in which they were sent
 * @param refusal what the peer says of why it does not let this site in
 * @param gaps what a verdict cannot rest on
 */
record Facts(
        String target,
        String here,
        Names names,
        Echo echo,
        Optional<Route> route,
        List<Attempt> attempts,
        List<Exchange> exchanges,
        Optional<Portmapper> portmapper,
        Optional<Bulk> bulk,
        List<Handshake> handshakes,
        Optional<Rates> rates,
        Optional<Outage> outage,
        Optional<String> refusal,
        Gaps gaps) {

    Facts {
        attempts = List.copyOf(attempts);
        exchanges = List.copyOf(exchanges);
        handshakes = List.copyOf(handshakes);
    }

    /** The same without what is known of the peer as a whole, whichever its address. */
    Facts ofAddress() {
        return new Facts(
                target,
                here,
                names,
                echo,
                route,
                attempts,
                exchanges,
                portmapper,
                bulk,
                handshakes,
                Optional.empty(),
                outage,
                Optional.empty(),
                gaps);
    }

    /**
     * What was not found out.
     *
     * @param cut what was left out, or cut short, because time was short
     * @param doubts what else was not tried, or is not clear, a sentence each
     */
    record Gaps(List<String> cut, List<String> doubts) {
        Gaps {
            cut = List.copyOf(cut);
            doubts = List.copyOf(doubts);
        }

        boolean isNone() {
            return cut.isEmpty() && doubts.isEmpty();
        }
    }

    /** The host's addresses. @param problem why there are none */
    record Names(List<String> addresses, String problem) {
        Names {
            addresses = List.copyOf(addresses);
        }
    }

    /**
     * Echo requests.
     *
     * @param untested why none was sent; empty if they were
     * @param hopLimit that the answers came with
     * @param error that came in place of an answer
     */
    record Echo(
            String untested,
            int sent,
            int answered,
            OptionalDouble roundTripMillis,
            OptionalInt hopLimit,
            Optional<IcmpError> error) {

        static Echo untested(String why) {
            return new Echo(why, 0, 0, OptionalDouble.empty(), OptionalInt.empty(), Optional.empty());
        }

        boolean isAlive() {
            return answered > 0;
        }
    }

    /** A traceroute. @param hops addresses in order, empty for one that did not answer */
    record Route(List<String> hops, boolean arrived) {
        Route {
            hops = List.copyOf(hops);
        }

        /** The farthest that answered, with its number; nothing if none did. */
        Optional<String> last() {
            for (int i = hops.size() - 1; i >= 0; i--) {
                if (!hops.get(i).isEmpty()) {
                    return Optional.of(hops.get(i) + " (hop " + (i + 1) + ")");
                }
            }
            return Optional.empty();
        }
    }

    /** A connection that was tried. @param port with what it means if it is not open */
    record Attempt(ProbePort port, Answer answer, long millis) {}

    /** Which bytes were sent. */
    enum Payload {
        /** That are no RPC, as many as the call has. */
        BENIGN,
        /** A GETPORT of NFS, as a client of the portmapper sends it. */
        CALL,
        /** The same as the first, behind the call, in a connection of its own. */
        BENIGN_AFTER
    }

    /** What became of the bytes. */
    enum Fate {
        /** The far side has them, and the connection is there. */
        ACKED,
        /** The far side has them, and closed the connection as programs do that do not understand. */
        CLOSED,
        /** They stay in the send queue, though sent again. */
        STUCK,
        /** The connection was reset. */
        RESET,
        /** There was no connection to send them in. */
        UNCONNECTED
    }

    /** What became of more bytes in the same connection. */
    enum FollowUp {
        ACKED,
        STUCK,
        NOT_SENT
    }

    /**
     * Bytes sent to a port.
     *
     * @param unackedBytes left in the send queue (Send-Q)
     * @param unackedSegments TCP_INFO's
     * @param retransmitted segments sent again
     * @param answerBytes that came back
     * @param gap what the far side sent before it closed is missing here
     * @param sender of a reset
     * @param connect how the connection came about
     */
    record Exchange(
            int port,
            Payload payload,
            Fate fate,
            int sentBytes,
            int unackedBytes,
            int unackedSegments,
            int retransmitted,
            long answerBytes,
            boolean gap,
            FollowUp followUp,
            Answer.Sender sender,
            Answer connect) {

        Exchange from(Answer.Sender who) {
            return with(gap, who);
        }

        Exchange withGap() {
            return with(true, sender);
        }

        private Exchange with(boolean lost, Answer.Sender who) {
            return new Exchange(
                    port,
                    payload,
                    fate,
                    sentBytes,
                    unackedBytes,
                    unackedSegments,
                    retransmitted,
                    answerBytes,
                    lost,
                    followUp,
                    who,
                    connect);
        }

        /** A call that was acknowledged and got no answer, in a connection that lives. */
        boolean isUnanswered() {
            return payload == Payload.CALL
                    && fate == Fate.ACKED
                    && answerBytes == 0
                    && !gap
                    && followUp == FollowUp.ACKED;
        }

        /** Whether the far side had the bytes. */
        boolean passed() {
            return fate == Fate.ACKED || fate == Fate.CLOSED || isResetThere();
        }

        /** Programs that do not understand may close so, rpcbind for one. */
        boolean isResetThere() {
            return fate == Fate.RESET && sender != Answer.Sender.NEARER;
        }

        boolean isResetOnTheWay() {
            return fate == Fate.RESET && sender == Answer.Sender.NEARER;
        }
    }

    /** A call to UDP port 111. */
    enum Portmapper {
        ANSWERED,
        SILENT,
        REFUSED
    }

    /** What becomes of full packets. */
    enum Packets {
        PASS,
        /** They are not acknowledged, while smaller ones are. */
        VANISH,
        /** Neither is known: no connection, one that ended too early, or not even small ones were acknowledged. */
        UNCLEAR
    }

    /**
     * More bytes than a packet holds.
     *
     * @param interfaceMtu what Linux takes for the path's; 0 if there was no connection
     * @param largestBytes the largest packets that pass, if they were searched for
     * @param inward it is what comes from the far side that vanishes
     */
    record Bulk(int port, int interfaceMtu, Packets packets, OptionalInt largestBytes, boolean inward) {

        boolean stalled() {
            return packets == Packets.VANISH;
        }
    }

    /** How far TLS came. */
    enum Tls {
        DONE,
        /** The connection was reset or closed behind the ClientHello, and nothing came before that. */
        CUT_OFF,
        /** What came is no TLS. */
        NOT_TLS,
        /** The far side ended it with an alert or closed. */
        REFUSED,
        /** Nothing came in time. */
        STALLED
    }

    /**
     * A TLS handshake, or the attempt.
     *
     * @param expected a gateway of a known site, or a service under a known CA, is to answer
     * @param trouble why the certificate is not to be trusted; empty if it is, or nothing is expected
     * @param issuerKnown the certificate is signed by the CA that is expected
     * @param culvertIssuer it says that a site's CA issued it
     * @param certificateAsked the far side asked for a client certificate
     * @param why it was not done
     * @param cutOff more, if it was cut off
     */
    record Handshake(
            int port,
            Tls state,
            boolean expected,
            String issuer,
            boolean issuerKnown,
            boolean culvertIssuer,
            String trouble,
            String alpn,
            boolean certificateAsked,
            String version,
            String why,
            Optional<CutOff> cutOff) {

        Handshake with(CutOff how) {
            return with(why, Optional.of(how));
        }

        /** Another attempt went otherwise. @param how a clause */
        Handshake and(String how) {
            return with(why + "; " + how, cutOff);
        }

        private Handshake with(String reason, Optional<CutOff> how) {
            return new Handshake(
                    port,
                    state,
                    expected,
                    issuer,
                    issuerKnown,
                    culvertIssuer,
                    trouble,
                    alpn,
                    certificateAsked,
                    version,
                    reason,
                    how);
        }
    }

    /**
     * How TLS is cut off behind the ClientHello, and how other connections to the same port fare.
     *
     * @param reset by a reset, not by a FIN
     * @param sender of the reset
     * @param idle a connection in which nothing is sent
     * @param text one in which text is sent
     * @param bare one in which a ClientHello is sent that names neither server nor protocol
     */
    record CutOff(boolean reset, Answer.Sender sender, Reaction idle, Reaction text, Reaction bare) {}

    /**
     * How fast bytes went.
     *
     * @param lossPercent of what was sent had to be sent again, in the worse direction
     */
    record Rates(double sentPerSecond, double receivedPerSecond, double lossPercent, double roundTripMillis) {}

    /**
     * The far port did not open any more behind a call.
     *
     * @param echoDied echo requests had been answered before, and were not any more
     * @param otherPort that had been open; 0 if there was none
     * @param otherDied it did not open any more either
     * @param back seconds from the call until the port opened again; empty if that was not seen
     * @param watchedSeconds how long it was watched
     * @param route a traceroute in the meantime
     */
    record Outage(
            int callPort,
            boolean echoDied,
            int otherPort,
            boolean otherDied,
            OptionalDouble back,
            double watchedSeconds,
            Optional<Route> route) {}
}
