package io.culvert.proto.channel;

import io.culvert.dedupe.chunk.Slice;
import io.culvert.proto.frame.BytePool;
import io.culvert.proto.frame.Frame;
import io.culvert.proto.frame.ProtocolException;
import java.util.ArrayList;
import java.util.List;

/** A machine that dialled and one that accepted, both ready, and a line that carries at once. */
final class MuxPair {

    final Mux dialer = new Mux(Side.DIALER, Hello.of("seoul", 1), "busan", new BytePool(), new WindowBudget());
    final Mux acceptor;

    MuxPair() throws ProtocolException {
        this(new WindowBudget());
    }

    /** @param budget of the gateway that accepts */
    MuxPair(WindowBudget budget) throws ProtocolException {
        acceptor = new Mux(Side.ACCEPTOR, Hello.of("busan", 2), "seoul", new BytePool(), budget);
        dialer.greet();
        acceptor.greet();
        settle();
    }

    /** Carries frames both ways until none is left; returns what the acceptor got of it. */
    List<Effect> settle() throws ProtocolException {
        List<Effect> effects = new ArrayList<>();
        boolean moved = true;
        while (moved) {
            moved = false;
            Outgoing next;
            while ((next = dialer.next(Frame.MAX_PAYLOAD_BYTES, false)) != null) {
                effects.addAll(acceptor.receive(copy(next.frame())));
                moved = true;
            }
            while ((next = acceptor.next(Frame.MAX_PAYLOAD_BYTES, false)) != null) {
                dialer.receive(copy(next.frame()));
                moved = true;
            }
        }
        return effects;
    }

    /** What the machine would write now, as far as its credit lasts. */
    static List<Frame> written(Mux mux) {
        List<Frame> frames = new ArrayList<>();
        Outgoing next;
        while ((next = mux.next(Frame.MAX_PAYLOAD_BYTES, false)) != null) {
            frames.add(next.frame());
        }
        return frames;
    }

    private static Frame copy(Frame frame) {
        return new Frame(
                frame.channel(),
                frame.kind(),
                frame.flags(),
                frame.code(),
                frame.value(),
                Slice.of(frame.payload().toArray()));
    }
}
