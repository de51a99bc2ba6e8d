package io.culvert.proto.channel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.culvert.dedupe.chunk.Slice;
import io.culvert.proto.frame.BytePool;
import io.culvert.proto.frame.Frame;
import io.culvert.proto.frame.FrameKind;
import io.culvert.proto.frame.ProtocolCode;
import io.culvert.proto.frame.ProtocolException;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;

/** Each way to break the protocol closes the stream by its own name. */
final class MuxViolationTest {

    private final MuxPair pair;
    private final Mux mux;

    MuxViolationTest() throws ProtocolException {
        pair = new MuxPair();
        mux = pair.acceptor;
    }

    @Test
    void anythingBeforeTheHello() {
        Mux fresh = new Mux(Side.ACCEPTOR, Hello.of("busan", 1), "seoul", new BytePool(), new WindowBudget());
        assertViolation(fresh, Frames.ping(1), ProtocolCode.HELLO_MISSING);
    }

    @Test
    void aSecondHello() {
        assertViolation(mux, Frames.hello(Hello.of("seoul", 1)), ProtocolCode.HELLO_REPEATED);
    }

    @Test
    void aHelloThatIsNone() {
        Mux fresh = new Mux(Side.ACCEPTOR, Hello.of("busan", 1), "seoul", new BytePool(), new WindowBudget());
        Frame frame = new Frame(0, FrameKind.HELLO, 0, 1, 0, Slice.of(new byte[] {1, 2, 3}));
        assertViolation(fresh, frame, ProtocolCode.HELLO_INVALID);
    }

    @Test
    void aHelloBeyondItsBound() {
        Mux fresh = new Mux(Side.ACCEPTOR, Hello.of("busan", 1), "seoul", new BytePool(), new WindowBudget());
        Frame frame = new Frame(0, FrameKind.HELLO, 0, 1, 0, Slice.of(new byte[Hello.MAX_HELLO_BYTES + 1]));
        assertViolation(fresh, frame, ProtocolCode.FRAME_TOO_LONG);
    }

    @Test
    void aVersionThatThisSideDoesNotSpeakIsNamedWithBothRanges() {
        Mux fresh = new Mux(Side.ACCEPTOR, Hello.of("busan", 1), "seoul", new BytePool(), new WindowBudget());
        Frame hello = Frames.hello(new Hello("seoul", 7, 9, Set.of(), Limits.OURS, 1));
        ProtocolException e = assertViolation(fresh, hello, ProtocolCode.UNKNOWN_VERSION);
        assertThat(e).hasMessageContaining("seoul speaks versions 7 to 9, busan speaks 1 to 1");
    }

    @Test
    void theHighestCommonVersionIsUsed() throws ProtocolException {
        Hello own = new Hello("busan", 1, 5, Set.of(), Limits.OURS, 1);
        assertThat(own.commonVersion(new Hello("seoul", 3, 4, Set.of(), Limits.OURS, 1)))
                .isEqualTo(4);
    }

    @Test
    void aHelloOfAnotherSiteThanTheCertificate() {
        Mux fresh = new Mux(Side.ACCEPTOR, Hello.of("busan", 1), "seoul", new BytePool(), new WindowBudget());
        assertViolation(fresh, Frames.hello(Hello.of("jeju", 1)), ProtocolCode.WRONG_SITE);
    }

    @Test
    void framesOfAChannelThatWasNeverOpened() {
        for (Frame frame : List.of(
                Frames.data(1, 0, 0, Slice.empty()),
                Frames.finish(1),
                Frames.credit(1, 5, false),
                Frames.reset(1, ResetCode.CANCELLED, ""))) {
            assertViolation(freshPair().acceptor, frame, ProtocolCode.UNKNOWN_CHANNEL);
        }
        assertViolation(freshPair().acceptor, Frames.data(0, 0, 0, Slice.empty()), ProtocolCode.UNKNOWN_CHANNEL);
    }

    @Test
    void anIdThatWasUsedBefore() throws ProtocolException {
        mux.receive(open(3));
        assertViolation(mux, open(1), ProtocolCode.REUSED_CHANNEL);
    }

    @Test
    void anIdOfTheOtherSide() {
        assertViolation(mux, open(2), ProtocolCode.WRONG_PARITY);
    }

    @Test
    void moreChannelsThanTheHelloAllowed() throws ProtocolException {
        for (int i = 0; i < Limits.MAX_CHANNELS; i++) {
            mux.receive(open(2L * i + 1));
        }
        assertThat(mux.openChannels()).isEqualTo(Limits.MAX_CHANNELS);
        assertViolation(mux, open(2L * Limits.MAX_CHANNELS + 1), ProtocolCode.TOO_MANY_CHANNELS);
    }

    @Test
    void anOpeningBeyondItsBound() {
        Frame frame = Frames.open(1, ChannelKind.CONTROL, 1, Slice.of(new byte[Limits.MAX_OPEN_BYTES + 1]));
        assertViolation(mux, frame, ProtocolCode.FRAME_TOO_LONG);
    }

    @Test
    void dataBeyondTheCredit() throws ProtocolException {
        mux.receive(open(1));
        int half = Limits.INITIAL_CREDIT_BYTES / 2;
        mux.receive(Frames.data(1, 0, 0, Slice.of(new byte[half])));
        assertViolation(mux, Frames.data(1, 0, 0, Slice.of(new byte[half])), ProtocolCode.CREDIT_EXCEEDED);
    }

    @Test
    void emptyMessagesBeyondTheCredit() throws ProtocolException {
        mux.receive(open(1));
        for (int i = 0; i < Limits.INITIAL_CREDIT_BYTES / Limits.FRAME_COST_BYTES; i++) {
            mux.receive(Frames.data(1, 0, 0, Slice.empty()));
        }
        assertViolation(mux, Frames.data(1, 0, 0, Slice.empty()), ProtocolCode.CREDIT_EXCEEDED);
    }

    @Test
    void urgentDataBeyondItsCredit() throws ProtocolException {
        mux.receive(open(1));
        Frame frame = Frames.data(1, Frame.URGENT, 0, Slice.of(new byte[Limits.MAX_URGENT_BYTES]));
        for (int i = 0; i < 3; i++) {
            mux.receive(frame);
        }
        assertViolation(mux, frame, ProtocolCode.CREDIT_EXCEEDED);
    }

    @Test
    void dataBeyondTheCreditOfAChannelThatWasResetHere() throws ProtocolException {
        mux.receive(open(1));
        mux.reset(1, ResetCode.CANCELLED, "");
        Frame half = Frames.data(1, 0, 0, Slice.of(new byte[Limits.INITIAL_CREDIT_BYTES / 2]));
        assertThat(mux.receive(half)).isEmpty();
        assertViolation(mux, half, ProtocolCode.CREDIT_EXCEEDED);
    }

    @Test
    void moreCreditThanThereCanBe() throws ProtocolException {
        mux.receive(open(1));
        assertViolation(mux, Frames.credit(1, Limits.MAX_CREDIT_BYTES, false), ProtocolCode.CREDIT_OVERFLOW);
        assertViolation(
                freshPair().acceptor,
                Frames.open(1, ChannelKind.READ, Long.MAX_VALUE, Slice.empty()),
                ProtocolCode.CREDIT_OVERFLOW);
    }

    @Test
    void creditOfNothing() throws ProtocolException {
        mux.receive(open(1));
        assertViolation(mux, Frames.credit(1, 0, false), ProtocolCode.MALFORMED_FRAME);
    }

    @Test
    void messagesBeyondTheirBoundOrThatDoNotAddUp() throws ProtocolException {
        Slice some = Slice.of(new byte[1000]);
        int max = ChannelKind.CONTROL.maxMessageBytes();
        assertInvalidMessage(Frames.data(1, Frame.MORE, max + 1, some));
        assertInvalidMessage(Frames.data(1, Frame.MORE, 1000, some));
        assertInvalidMessage(Frames.data(1, Frame.MORE, 5000, Slice.empty()));
        assertInvalidMessage(Frames.data(1, 0, 1000, some));
        assertInvalidMessage(Frames.data(1, Frame.MORE, 1500, some), Frames.data(1, 0, 0, some));
        assertInvalidMessage(Frames.data(1, Frame.MORE, 2500, some), Frames.data(1, 0, 0, some));
        assertInvalidMessage(Frames.data(1, Frame.MORE, 2000, some), Frames.data(1, Frame.MORE, 0, some));
        assertInvalidMessage(Frames.data(1, Frame.MORE, 2000, some), Frames.finish(1));
        assertInvalidMessage(Frames.data(1, Frame.URGENT, 0, Slice.of(new byte[Limits.MAX_URGENT_BYTES + 1])));
        assertInvalidMessage(Frames.data(1, Frame.URGENT | Frame.MORE, 2000, some));
    }

    private static void assertInvalidMessage(Frame... frames) throws ProtocolException {
        Mux acceptor = freshPair().acceptor;
        acceptor.receive(open(1));
        for (int i = 0; i < frames.length - 1; i++) {
            acceptor.receive(frames[i]);
        }
        assertViolation(acceptor, frames[frames.length - 1], ProtocolCode.MESSAGE_INVALID);
    }

    @Test
    void dataAfterTheFinish() throws ProtocolException {
        mux.receive(open(1));
        mux.receive(Frames.finish(1));
        assertViolation(mux, Frames.data(1, 0, 0, Slice.empty()), ProtocolCode.AFTER_FINISH);
    }

    @Test
    void aSecondFinish() throws ProtocolException {
        mux.receive(open(1));
        mux.receive(Frames.finish(1));
        assertViolation(mux, Frames.finish(1), ProtocolCode.AFTER_FINISH);
    }

    @Test
    void morePingsThanCanBeMeant() throws ProtocolException {
        for (int i = 0; i < Limits.MAX_PENDING_PONGS; i++) {
            mux.receive(Frames.ping(i));
        }
        assertViolation(mux, Frames.ping(1), ProtocolCode.PING_FLOOD);
    }

    @Test
    void bytesThatAreNoFrame() {
        Frame malformed = new Frame(
                0, FrameKind.MALFORMED, 0, ProtocolCode.UNKNOWN_KIND.wire(), 0, Frame.textPayload("kind of frame 57"));
        assertThat(assertViolation(mux, malformed, ProtocolCode.UNKNOWN_KIND)).hasMessageContaining("57");
    }

    @Test
    void anUnknownKindOfChannelHarmsOnlyThatChannel() throws ProtocolException {
        mux.receive(open(1));
        assertThat(mux.receive(new Frame(3, FrameKind.OPEN, 0, 99, 1000, Slice.empty())))
                .isEmpty();
        assertThat(MuxPair.written(mux)).anySatisfy(frame -> {
            assertThat(frame.kind()).isEqualTo(FrameKind.RESET);
            assertThat(frame.channel()).isEqualTo(3);
            assertThat(ResetCode.ofWire(frame.code())).isEqualTo(ResetCode.UNSUPPORTED);
        });
        assertThat(mux.receive(Frames.data(1, 0, 0, Slice.of(new byte[9])))).hasSize(1);
    }

    @Test
    void anyFramesInAnyOrderAreTakenOrRefusedByName() {
        long seed = RandomGenerator.getDefault().nextLong();
        SplittableRandom random = new SplittableRandom(seed);
        FrameKind[] kinds = FrameKind.values();
        for (int life = 0; life < 3_000; life++) {
            Mux victim = freshPair().acceptor;
            try {
                for (int i = 0; i < 60; i++) {
                    Frame frame = new Frame(
                            random.nextInt(10),
                            random.nextInt(3) > 0 ? FrameKind.DATA : kinds[random.nextInt(kinds.length)],
                            random.nextInt(8) == 0 ? random.nextInt() : random.nextInt(4),
                            random.nextInt(6),
                            random.nextInt(4) == 0 ? random.nextLong() : random.nextInt(9000),
                            Slice.of(new byte[random.nextInt(9000)]));
                    victim.receive(i < 3 ? open(2L * i + 1) : frame);
                    victim.next(5000, false);
                }
            } catch (ProtocolException e) {
                assertThat(e.code()).isNotNull();
                assertThat(victim.isClosed()).isTrue();
            } catch (RuntimeException e) {
                throw new AssertionError("seed " + seed + " life " + life, e);
            }
        }
    }

    private static MuxPair freshPair() {
        try {
            return new MuxPair();
        } catch (ProtocolException e) {
            throw new AssertionError(e);
        }
    }

    private static Frame open(long id) {
        return Frames.open(id, ChannelKind.CONTROL, 100_000, Slice.empty());
    }

    /** The frame closes the machine by this name, and the goodbye is the last that it says. */
    private static ProtocolException assertViolation(Mux mux, Frame frame, ProtocolCode code) {
        ProtocolException e = catchThrowableOfType(ProtocolException.class, () -> mux.receive(frame));
        assertThat(e).as("%s", frame).isNotNull();
        assertThat(e.code()).as(e.getMessage()).isEqualTo(code);
        assertThat(e.code().violation()).isTrue();
        assertThat(mux.isClosed()).isTrue();
        mux.goodbye(e.code(), e.detail());
        assertThat(MuxPair.written(mux)).singleElement().satisfies(goodbye -> {
            assertThat(goodbye.kind()).isEqualTo(FrameKind.GOODBYE);
            assertThat(ProtocolCode.ofWire(goodbye.code())).isEqualTo(code);
        });
        return e;
    }
}
