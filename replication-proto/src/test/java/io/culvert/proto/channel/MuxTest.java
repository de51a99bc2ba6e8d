package io.culvert.proto.channel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.culvert.dedupe.chunk.Slice;
import io.culvert.proto.frame.Frame;
import io.culvert.proto.frame.FrameKind;
import io.culvert.proto.frame.ProtocolCode;
import io.culvert.proto.frame.ProtocolException;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

final class MuxTest {

    private final MuxPair pair;
    private final Mux dialer;
    private final Mux acceptor;

    MuxTest() throws ProtocolException {
        pair = new MuxPair();
        dialer = pair.dialer;
        acceptor = pair.acceptor;
    }

    @Test
    void idsAreOddForTheDialerAndEvenForTheAcceptorAndNeverUsedAgain() throws ProtocolException {
        assertThat(openFromDialer()).isOne();
        assertThat(acceptor.open(ChannelKind.CONTROL, Slice.empty())).isEqualTo(2);
        pair.settle();
        dialer.reset(1, ResetCode.CANCELLED, "");
        pair.settle();
        assertThat(openFromDialer()).isEqualTo(3);
    }

    @Test
    void anUrgentMessagePassesBulkOfItsOwnAndOtherChannels() throws ProtocolException {
        long one = openFromDialer();
        long two = openFromDialer();
        pair.settle();
        dialer.send(one, bytes(900_000), false);
        dialer.send(two, bytes(900_000), false);
        assertThat(kinds(dialer, 1)).containsExactly(FrameKind.DATA);
        dialer.send(two, bytes(10), true);
        Frame next = MuxPair.written(dialer).getFirst();
        assertThat(next.has(Frame.URGENT)).isTrue();
        assertThat(next.channel()).isEqualTo(two);
    }

    @Test
    void bulkIsHeldBackAndControlAndUrgentAreNot() throws ProtocolException {
        long id = openFromDialer();
        pair.settle();
        dialer.send(id, bytes(5000), false);
        dialer.send(id, bytes(10), true);
        dialer.ping(1);
        List<Frame> urgent = new java.util.ArrayList<>();
        Outgoing next;
        while ((next = dialer.next(Frame.MAX_PAYLOAD_BYTES, true)) != null) {
            assertThat(next.bulk()).isFalse();
            urgent.add(next.frame());
        }
        assertThat(urgent).extracting(Frame::kind).containsExactly(FrameKind.PING, FrameKind.DATA);
        assertThat(dialer.hasNext()).isTrue();
    }

    @Test
    void bulkChannelsShareByBytesWhateverTheirMessages() throws ProtocolException {
        long large = openFromDialer();
        long small = openFromDialer();
        pair.settle();
        for (int i = 0; i < 50; i++) {
            if (i < 4) {
                dialer.send(large, bytes(256 << 10), false);
            }
            dialer.send(small, bytes(20_000), false);
        }
        Map<Long, Integer> bytes = MuxPair.written(dialer).stream()
                .limit(40)
                .collect(Collectors.toMap(
                        Frame::channel,
                        frame -> Limits.costBytes(frame.payload().length()),
                        Integer::sum));
        assertThat(bytes.get(large))
                .isCloseTo(bytes.get(small), org.assertj.core.data.Offset.offset(Schedule.QUANTUM_BYTES));
    }

    @Test
    void aChannelWithoutCreditStopsNoOther() throws ProtocolException {
        long stalled = openFromDialer();
        long lively = openFromDialer();
        pair.settle();
        for (int i = 0; i < 40; i++) {
            dialer.send(stalled, bytes(200_000), false);
        }
        pair.settle();
        assertThat(dialer.unsentBytes(stalled)).isPositive();
        dialer.send(lively, bytes(2 << 20), false);
        assertThat(pair.settle())
                .anyMatch(effect -> effect instanceof Effect.Delivered delivered
                        && delivered.channel() == lively
                        && delivered.message().length() == 2 << 20);
    }

    @Test
    void aMessageOfTheLongestLengthGetsThroughASmallWindow() throws ProtocolException {
        for (int i = 0; i < 100; i++) {
            openFromDialer();
        }
        long id = openFromDialer();
        pair.settle();
        dialer.send(id, bytes(Limits.MAX_MESSAGE_BYTES), false);
        assertThat(pair.settle()).hasSize(1);
    }

    @Test
    void theWindowGrowsWithUseUpToItsBoundAndTheBudgetIsGivenBack() throws ProtocolException {
        long id = openFromDialer();
        pair.settle();
        long most = 0;
        for (int round = 0; round < 200; round++) {
            while (dialer.hasRoom(id, false)) {
                dialer.send(id, bytes(256 << 10), false);
            }
            List<Effect> effects = pair.settle();
            most = Math.max(most, (long) effects.size() * (256 << 10));
            effects.forEach(effect -> {
                if (effect instanceof Effect.Delivered delivered) {
                    acceptor.consumed(id, delivered.creditBytes(), delivered.urgent());
                }
            });
        }
        assertThat(most).isBetween(15L << 20, 16L << 20);
    }

    @Test
    void aWindowNarrowsToItsShareWhenAnotherStreamOfTheGatewayIsBusy() throws ProtocolException {
        WindowBudget budget = new WindowBudget(16 << 20);
        MuxPair first = new MuxPair(budget);
        MuxPair second = new MuxPair(budget);
        long one = first.dialer.open(ChannelKind.REPLICATION, Slice.empty());
        first.settle();
        assertThat(mostInFlight(first, one)).isBetween(15L << 20, 16L << 20);
        long other = second.dialer.open(ChannelKind.REPLICATION, Slice.empty());
        second.settle();
        for (int i = 0; i < 4; i++) {
            mostInFlight(first, one);
            mostInFlight(second, other);
        }
        assertThat(mostInFlight(first, one)).isBetween(7L << 20, 9L << 20);
        assertThat(mostInFlight(second, other)).isBetween(7L << 20, 9L << 20);
        assertThat(budget.lentBytes()).isLessThanOrEqualTo(16 << 20);

        second.acceptor.close();

        assertThat(budget.lentBytes()).isLessThanOrEqualTo(9 << 20);
        mostInFlight(first, one);
        assertThat(mostInFlight(first, one)).isBetween(15L << 20, 16L << 20);
    }

    /** Sends as much as the window lets through and consumes it, many times; returns the most that one round brought. */
    private static long mostInFlight(MuxPair pair, long id) throws ProtocolException {
        long last = 0;
        for (int round = 0; round < 100; round++) {
            while (pair.dialer.hasRoom(id, false)) {
                pair.dialer.send(id, bytes(256 << 10), false);
            }
            List<Effect> effects = pair.settle();
            last = (long) effects.size() * (256 << 10);
            effects.forEach(effect -> {
                if (effect instanceof Effect.Delivered delivered) {
                    pair.acceptor.consumed(id, delivered.creditBytes(), delivered.urgent());
                }
            });
        }
        return last;
    }

    @Test
    void aResetDropsWhatWaitsAndBothSidesForget() throws ProtocolException {
        long id = openFromDialer();
        pair.settle();
        dialer.send(id, bytes(100), false);
        dialer.reset(id, ResetCode.REFUSED, "no grant");
        assertThat(pair.settle()).containsExactly(new Effect.Reset(id, ResetCode.REFUSED, "no grant"));
        assertThat(dialer.openChannels() + acceptor.openChannels()).isZero();
        assertThat(dialer.canSend(id)).isFalse();
    }

    @Test
    void aResetBehindTheLastMessageStillSaysTheFinish() throws ProtocolException {
        long id = openFromDialer();
        dialer.finish(id);
        dialer.reset(id, ResetCode.CANCELLED, "done");
        assertThat(MuxPair.written(dialer))
                .extracting(Frame::kind)
                .containsExactly(FrameKind.OPEN, FrameKind.FINISH, FrameKind.RESET);
    }

    @Test
    void resetsThatCrossAreFine() throws ProtocolException {
        long id = openFromDialer();
        pair.settle();
        dialer.reset(id, ResetCode.CANCELLED, "");
        acceptor.reset(id, ResetCode.FAILED, "");
        assertThat(pair.settle()).isEmpty();
        assertThat(dialer.openChannels() + acceptor.openChannels()).isZero();
    }

    @Test
    void creditAndResetThatCrossTheEndAreIgnored() throws ProtocolException {
        long id = openFromDialer();
        pair.settle();
        dialer.finish(id);
        acceptor.finish(id);
        pair.settle();
        assertThat(acceptor.receive(Frames.credit(id, 5, false))).isEmpty();
        assertThat(acceptor.receive(Frames.reset(id, ResetCode.CANCELLED, ""))).isEmpty();
    }

    @Test
    void theFinishComesBehindEverythingThatWaits() throws ProtocolException {
        long id = openFromDialer();
        pair.settle();
        dialer.send(id, bytes(600_000), false);
        dialer.send(id, bytes(10), true);
        dialer.finish(id);
        assertThat(dialer.canSend(id)).isFalse();
        assertThat(pair.settle())
                .hasExactlyElementsOfTypes(Effect.Delivered.class, Effect.Delivered.class, Effect.Finished.class);
    }

    @Test
    void theFinishWaitsForUrgentMessagesThatWaitForCredit() throws ProtocolException {
        long id = openFromDialer();
        pair.settle();
        for (int i = 0; i < 4; i++) {
            dialer.send(id, bytes(Limits.MAX_URGENT_BYTES), true);
        }
        dialer.finish(id);
        List<Effect> first = pair.settle();
        assertThat(first).hasSize(3).hasOnlyElementsOfType(Effect.Delivered.class);
        first.forEach(effect -> acceptor.consumed(id, ((Effect.Delivered) effect).creditBytes(), true));
        assertThat(pair.settle()).hasExactlyElementsOfTypes(Effect.Delivered.class, Effect.Finished.class);
    }

    @Test
    void pingsAreAnsweredWithTheirToken() throws ProtocolException {
        acceptor.ping(42);
        List<Frame> frames = MuxPair.written(acceptor);
        dialer.receive(frames.getFirst());
        assertThat(acceptor.receive(MuxPair.written(dialer).getFirst())).containsExactly(new Effect.Ponged(42));
    }

    @Test
    void theGoodbyeIsTheLastAndClosesBoth() throws ProtocolException {
        openFromDialer();
        dialer.goodbye(ProtocolCode.STOPPING, "seoul stops");
        assertThat(pair.settle()).containsExactly(new Effect.Ended(ProtocolCode.STOPPING, "seoul stops"));
        assertThat(dialer.isClosed()).isTrue();
        assertThat(acceptor.isClosed()).isTrue();
        assertThat(acceptor.canOpen()).isFalse();
        assertThat(ProtocolCode.STOPPING.violation()).isFalse();
    }

    @Test
    void opensNoMoreChannelsThanThePeerAccepts() {
        for (int i = 0; i < Limits.MAX_CHANNELS; i++) {
            openFromDialer();
        }
        assertThat(dialer.canOpen()).isFalse();
        assertThatThrownBy(this::openFromDialer).hasMessageContaining("1024");
    }

    @Test
    void refusesWhatItsOwnSideMayNotSend() throws ProtocolException {
        long id = dialer.open(ChannelKind.CONTROL, Slice.empty());
        int max = ChannelKind.CONTROL.maxMessageBytes();
        assertThatThrownBy(() -> dialer.send(id, bytes(max + 1), false)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> dialer.send(id, bytes(Limits.MAX_URGENT_BYTES + 1), true))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> dialer.open(ChannelKind.CONTROL, bytes(Limits.MAX_OPEN_BYTES + 1)))
                .isInstanceOf(IllegalArgumentException.class);
        for (int i = 0; i < Limits.MAX_WAITING_MESSAGES; i++) {
            dialer.send(id, bytes(1), false);
        }
        assertThat(dialer.hasRoom(id, false)).isFalse();
        assertThatThrownBy(() -> dialer.send(id, bytes(1), false)).hasMessageContaining("64 messages");
    }

    @Test
    void codesSurviveTheWire() {
        for (ProtocolCode code : ProtocolCode.values()) {
            assertThat(ProtocolCode.ofWire(code.wire())).isEqualTo(code);
        }
        for (ResetCode code : ResetCode.values()) {
            assertThat(ResetCode.ofWire(code.wire())).isEqualTo(code);
        }
        for (ChannelKind kind : ChannelKind.values()) {
            assertThat(ChannelKind.ofWire(kind.wire())).contains(kind);
        }
        assertThat(ProtocolCode.ofWire(9999)).isEqualTo(ProtocolCode.OTHER);
        assertThat(ResetCode.ofWire(-1)).isEqualTo(ResetCode.OTHER);
    }

    private long openFromDialer() {
        return dialer.open(ChannelKind.REPLICATION, Slice.empty());
    }

    private static List<FrameKind> kinds(Mux mux, int count) {
        return java.util.stream.Stream.generate(() -> mux.next(Frame.MAX_PAYLOAD_BYTES, false))
                .limit(count)
                .map(next -> next == null ? FrameKind.MALFORMED : next.frame().kind())
                .toList();
    }

    private static Slice bytes(int length) {
        return Slice.of(new byte[length]);
    }
}
