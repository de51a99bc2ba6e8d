package io.culvert.gateway.relay;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.culvert.gateway.log.LogLimit;
import io.culvert.gateway.relay.Figures.Trouble;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

final class FiguresTest {

    private static final Instant NOW = Instant.parse("2026-11-21T03:00:00Z");

    private final AtomicLong nanos = new AtomicLong();
    private volatile Instant now = NOW;
    private final Figures figures = new Figures(() -> now, nanos::get);
    private final Logger logger = (Logger) LoggerFactory.getLogger(Figures.class);
    private final ListAppender<ILoggingEvent> logged = new ListAppender<>();

    @BeforeEach
    void start() {
        logger.setLevel(Level.INFO);
        logged.start();
        logger.addAppender(logged);
        figures.keep(Set.of("dd"));
    }

    @AfterEach
    void stop() {
        logger.detachAppender(logged);
        logger.setLevel(null);
    }

    private ApplianceFigures dd() {
        return figures.of("dd").figures();
    }

    private static FlowView seen(long toPeer, long fromPeer, long plain, long sent) {
        return new FlowView(
                "far",
                "dd",
                2049,
                true,
                "10.1.1.1:700",
                NOW,
                toPeer,
                fromPeer,
                0,
                0,
                Optional.empty(),
                new FlowView.Dedup("on", plain, sent));
    }

    @Test
    void sumsAreThoseOfAllConnectionsAndNeverGoBack() {
        OfAppliance.Share one = figures.opened("dd");
        OfAppliance.Share two = figures.opened("dd");
        one.settle(seen(100, 10, 90, 30));
        two.settle(seen(1, 2, 1, 1));
        one.settle(seen(150, 10, 140, 40));
        one.settle(seen(100, 10, 90, 30)); // seen by another thread before, and told late
        one.settle(seen(150, 11, 140, 40));
        assertThat(dd()).isEqualTo(new ApplianceFigures(2, 0, 151, 13, 141, 41, 0, Optional.empty(), Optional.empty()));
    }

    @Test
    void theLastErrorIsKeptWithItsTimeAndAllAreCounted() {
        figures.failed(Trouble.RESET, "dd", "far", "first");
        now = NOW.plusSeconds(5);
        figures.failed(Trouble.REFUSED, "dd", "far", "second\nforged line " + "x".repeat(10_000));
        assertThat(dd().failures()).isEqualTo(2);
        assertThat(dd().lastError().orElseThrow().at()).isEqualTo(now);
        assertThat(dd().lastError().orElseThrow().sentence())
                .startsWith("second?forged line xxx")
                .hasSize(ShortText.MAX_SENTENCE);
        assertThat(logged.list).extracting(ILoggingEvent::getLevel).containsExactly(Level.INFO, Level.WARN);
        assertThat(logged.list.getLast().getFormattedMessage()).doesNotContain("\n");
    }

    @Test
    void anApplianceIsUnreachableSinceTheFirstFailureUntilItIsReached() {
        figures.unreachable("dd", "refused");
        now = NOW.plusSeconds(5);
        figures.unreachable("dd", "no answer");
        assertThat(dd().unreachable()).contains(new LastError(NOW, "no answer"));
        figures.reached("dd");
        assertThat(dd().unreachable()).isEmpty();
    }

    @Test
    void namesThatAPeerMakesUpAreNotRememberedAndShareOneLimit() {
        for (int i = 0; i < 10_000; i++) {
            figures.failed(Trouble.REFUSED, "made-up-" + i, "far", "no such appliance " + i);
            figures.unreachable("made-up-" + i, "why");
        }
        assertThat(figures.all()).containsOnlyKeys("dd");
        assertThat(dd()).isEqualTo(ApplianceFigures.NONE);
        assertThat(logged.list).hasSize(LogLimit.MOST);
    }

    @Test
    void aClientThatTriesAgainAndAgainDoesNotFillTheLogNorHideOtherTrouble() {
        for (int i = 0; i < 1_000; i++) {
            figures.failed(Trouble.STRANGER, "dd", "far", "stranger");
        }
        figures.failed(Trouble.REFUSED, "dd", "far", "refused");
        figures.look();
        assertThat(messages()).hasSize(LogLimit.MOST + 1).endsWith("refused");
        nanos.addAndGet(LogLimit.WINDOW.toNanos());
        figures.look();
        figures.look();
        assertThat(messages())
                .hasSize(LogLimit.MOST + 2)
                .last()
                .asString()
                .startsWith("and 990 more tries of clients that are not listed");
        assertThat(dd().failures()).isEqualTo(1_001);
    }

    private List<String> messages() {
        return logged.list.stream().map(ILoggingEvent::getFormattedMessage).toList();
    }

    @Test
    void whatIsNoLongerInTheSiteFileIsForgotten() {
        OfAppliance.Share share = figures.opened("dd");
        figures.keep(Set.of("dd", "other"));
        assertThat(figures.all()).containsOnlyKeys("dd", "other");
        assertThat(dd().opened()).as("what stays goes on").isEqualTo(1);
        figures.keep(Set.of("other"));
        share.settle(seen(1, 1, 1, 1));
        assertThat(figures.all()).containsOnlyKeys("other");
    }
}
