package io.culvert.gateway.replicate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.culvert.dedupe.chunk.ChunkRef;
import io.culvert.dedupe.chunk.Slice;
import io.culvert.dedupe.manifest.PathBytes;
import io.culvert.gateway.stream.Channel;
import io.culvert.gateway.stream.ChannelResetException;
import io.culvert.proto.channel.ChannelKind;
import io.culvert.proto.channel.ResetCode;
import io.culvert.proto.v1.ReadReply;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import org.junit.jupiter.api.Test;

final class ReadClientTest {

    private static final Slice REQUEST = request();

    private static Slice request() {
        try {
            return ReadClient.request("20261121T220000-00000000", List.of());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void pathsThatAreTooLongForOneRequestAreRefusedInWords() {
        List<PathBytes> paths = Collections.nCopies(9, PathBytes.of("directory/".repeat(200) + "x"));
        assertThatThrownBy(() -> ReadClient.request("20261121T220000-00000000", paths))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("9 paths are too long")
                .hasMessageContaining("the directory above");
    }

    private static final Slice END =
            Slice.of(ReadReply.newBuilder().setEnd(1).build().toByteArray());

    /** What the peer does with each reader. */
    private final BlockingQueue<AnsweringChannel.Answer> answers = new LinkedBlockingQueue<>();

    private final ReadClient client = new ReadClient(new Streams() {
        @Override
        public Channel open(String peer, ChannelKind kind, Slice openPayload) {
            return new AnsweringChannel(answers.remove());
        }

        @Override
        public Wire wire(String peer) {
            return new Wire(0, 0);
        }
    });

    /** Takes the end of a snapshot, of which nothing else comes here. */
    private static final class Sink implements RestoreSink {
        private boolean ended;

        @Override
        public void leaf(Slice leaf) {}

        @Override
        public void data(ChunkRef chunk, Slice data) {}

        @Override
        public void end() {
            ended = true;
        }
    }

    private static AnsweringChannel.Answer reset(ResetCode code, String reason) {
        return () -> {
            throw new ChannelResetException("busan", code, reason, true);
        };
    }

    @Test
    void aPeerThatHasNoPlaceIsAskedAgainAndTheReasonTold() throws Exception {
        answers.add(reset(ResetCode.LIMIT, "busan serves no more of READ now than 8 at a time"));
        answers.add(() -> Optional.of(END));
        List<String> told = new ArrayList<>();
        Sink sink = new Sink();

        client.read("busan", REQUEST, sink, told::add);

        assertThat(sink.ended).isTrue();
        assertThat(told).containsExactly("busan serves no more of READ now than 8 at a time");
    }

    @Test
    void anyOtherEndOfTheChannelIsAFailure() {
        answers.add(reset(ResetCode.FAILED, "a pool failed"));
        assertThatThrownBy(() -> client.read("busan", REQUEST, new Sink(), why -> {}))
                .isInstanceOf(ChannelResetException.class)
                .hasMessageContaining("a pool failed");
        answers.add(Optional::empty);
        assertThatThrownBy(() -> client.read("busan", REQUEST, new Sink(), why -> {}))
                .isInstanceOf(IOException.class)
                .hasMessage("busan ended the snapshot before its end");
    }

    @Test
    void whoComesWhenAllPlacesAreTakenIsToldAndComesWhenOneIsLeft() throws Exception {
        BlockingQueue<Slice> stalled = new LinkedBlockingQueue<>();
        List<Thread> readers = new ArrayList<>();
        for (int i = 0; i < ReadClient.MAX_READS; i++) {
            answers.add(() -> Optional.of(stalled.take()));
            readers.add(Thread.startVirtualThread(() -> read(new Sink())));
        }
        while (!answers.isEmpty()) {
            Thread.onSpinWait();
        }
        answers.add(() -> Optional.of(END));
        BlockingQueue<String> told = new LinkedBlockingQueue<>();
        Sink last = new Sink();

        Thread waiter = Thread.startVirtualThread(() -> {
            try {
                client.read("busan", REQUEST, last, told::add);
            } catch (IOException | InterruptedException e) {
                throw new AssertionError(e);
            }
        });
        assertThat(told.take()).contains("4 snapshots are read from peers");
        assertThat(answers).as("a channel that was not opened").hasSize(1);
        stalled.add(END);
        waiter.join();

        assertThat(last.ended).isTrue();
        stalled.addAll(List.of(END, END, END));
        for (Thread reader : readers) {
            reader.join();
        }
    }

    private void read(Sink sink) {
        try {
            client.read("busan", REQUEST, sink, why -> {});
        } catch (IOException | InterruptedException e) {
            throw new AssertionError(e);
        }
    }
}
