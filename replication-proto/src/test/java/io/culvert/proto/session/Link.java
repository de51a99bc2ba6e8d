package io.culvert.proto.session;

import io.culvert.proto.v1.ReceiverMessage;
import io.culvert.proto.v1.SenderMessage;
import java.util.HashSet;
import java.util.Set;

/**
 * A connection: in each direction what is sent arrives in order, late, or, once it was cut, not at all. Each end learns
 * of a cut at a time of its own.
 */
final class Link {

    /** What an end does with what comes. */
    interface End<M> {
        void arrived(M message);

        /** Nothing will come any more. */
        void lost();
    }

    private static final int LATENCY = 12;
    private static final int NOTICE = 250;

    private final Clockwork clock;
    private final Set<End<?>> told = new HashSet<>();
    private End<SenderMessage> receiver;
    private End<ReceiverMessage> sender;
    private long toReceiver;
    private long toSender;
    private long stalledUntil;
    private boolean cut;

    Link(Clockwork clock, End<ReceiverMessage> sender, End<SenderMessage> receiver) {
        this.clock = clock;
        this.sender = sender;
        this.receiver = receiver;
    }

    void send(SenderMessage message) {
        toReceiver = arrival(toReceiver);
        clock.at(toReceiver, () -> {
            if (!cut) {
                receiver.arrived(message);
            }
        });
    }

    void send(ReceiverMessage message) {
        toSender = arrival(toSender);
        clock.at(toSender, () -> {
            if (!cut) {
                sender.arrived(message);
            }
        });
    }

    private long arrival(long before) {
        return Math.max(Math.max(before, stalledUntil), clock.soon(LATENCY));
    }

    /** Nothing arrives before that time. What was sent already is late too, for it is under way behind it. */
    void stall(long until) {
        stalledUntil = Math.max(stalledUntil, until);
        toReceiver = Math.max(toReceiver, until);
        toSender = Math.max(toSender, until);
    }

    /** What is under way is gone. */
    void cut() {
        if (!cut) {
            cut = true;
            clock.at(clock.soon(NOTICE), () -> tell(sender));
            clock.at(clock.soon(NOTICE), () -> tell(receiver));
        }
    }

    private void tell(End<?> end) {
        if (told.add(end)) {
            end.lost();
        }
    }
}
