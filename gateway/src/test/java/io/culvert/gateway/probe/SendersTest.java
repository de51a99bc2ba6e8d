package io.culvert.gateway.probe;

import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.gateway.probe.Answer.Sender;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Who sent a reset, by the hop limits with which it is seen. */
final class SendersTest {

    private int trials;

    private Sender sender(int hosts, int reset) throws Exception {
        trials = 0;
        Sender sender = Senders.sender(hosts, least -> {
            trials++;
            return Optional.of(reset >= least);
        });
        assertThat(trials).isLessThanOrEqualTo(4);
        return sender;
    }

    @Test
    void aResetThatComesWithTheHostsHopLimitIsTheHosts() throws Exception {
        assertThat(sender(60, 60)).isEqualTo(Sender.HOST);
        assertThat(sender(255, 255)).isEqualTo(Sender.HOST);
    }

    @Test
    void oneThatMadeFewerHopsIsFromNearerWhateverItBeganWith() throws Exception {
        assertThat(sender(60, 61)).isEqualTo(Sender.NEARER);
        assertThat(sender(60, 64)).isEqualTo(Sender.NEARER);
        assertThat(sender(60, 126)).isEqualTo(Sender.NEARER);
        assertThat(sender(60, 253)).isEqualTo(Sender.NEARER);
        assertThat(sender(124, 127)).isEqualTo(Sender.NEARER);
        assertThat(sender(250, 253)).isEqualTo(Sender.NEARER);
    }

    @Test
    void oneThatOnlyBeganWithMoreIsNotFromNearer() throws Exception {
        assertThat(sender(60, 251)).isEqualTo(Sender.UNKNOWN);
        assertThat(sender(60, 124)).isEqualTo(Sender.UNKNOWN);
        assertThat(sender(64, 255)).isEqualTo(Sender.UNKNOWN);
        assertThat(sender(128, 255)).isEqualTo(Sender.UNKNOWN);
    }

    @Test
    void nobodyIsNamedWhereNothingWasSeen() throws Exception {
        assertThat(Senders.sender(60, least -> Optional.empty())).isEqualTo(Sender.UNKNOWN);
        assertThat(Senders.sender(60, least -> least == 61 ? Optional.of(true) : Optional.empty()))
                .as("what it began with is not known")
                .isEqualTo(Sender.UNKNOWN);
    }
}
