package io.culvert.gateway.relay;

import io.culvert.dedupe.chunk.Slice;
import io.culvert.gateway.relay.portmap.Binding;
import io.culvert.gateway.stream.Channel;
import io.culvert.gateway.stream.StreamException;
import java.io.IOException;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The far end of learning: tells a peer that may connect to an appliance what the appliance's portmapper says of its programs. */
public final class ProgramsServer {

    private static final Logger LOG = LoggerFactory.getLogger(ProgramsServer.class);

    private final Offers offers;
    private final TargetPrograms targets;

    public ProgramsServer(Offers offers, TargetPrograms targets) {
        this.offers = offers;
        this.targets = targets;
    }

    /** Answers one question. */
    public void serve(Channel channel, Slice question) throws StreamException, InterruptedException {
        channel.send(answer(channel.peer(), question));
        channel.finish();
        channel.receive(); // up to the asker's finish
    }

    private Slice answer(String peer, Slice question) {
        try {
            return switch (offers.portmapper(peer, ProgramsMessage.appliance(question))) {
                case Offers.Portmapper.Refused refused -> refused(peer, refused.why());
                case Offers.Portmapper.Granted granted -> ProgramsMessage.answer(learn(granted.target()));
            };
        } catch (IOException e) {
            return refused(peer, String.valueOf(e.getMessage()));
        }
    }

    private List<Binding> learn(PortmapperTarget target) throws IOException {
        return targets.learn(target);
    }

    private static Slice refused(String peer, String why) {
        LOG.atDebug().addKeyValue("peer", peer).log("a question for programs is refused: {}", why);
        return ProgramsMessage.refusal(why);
    }
}
