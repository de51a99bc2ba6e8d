package io.culvert.gateway.admin.console;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

final class SessionsTest {
    private static final Duration MOMENT = Duration.ofMillis(1);

    private final SetClock clock = new SetClock();
    private final Sessions sessions = new Sessions(clock, new Random(1));

    @Test
    void oneEndsAnHourAfterItsLastUse() {
        String token = sessions.open();
        clock.pass(Sessions.IDLE.minus(MOMENT));
        assertThat(sessions.use(token)).contains(clock.instant().plus(Sessions.IDLE));
        clock.pass(Sessions.IDLE.minus(MOMENT));
        assertThat(sessions.look(token)).contains(clock.instant().plus(MOMENT));
        clock.pass(MOMENT);
        assertThat(sessions.use(token)).isEmpty();
    }

    @Test
    void oneEndsTwelveHoursAfterItWasOpenedHoweverOftenItIsUsed() {
        String token = sessions.open();
        for (int i = 0; i < 23; i++) {
            clock.pass(Duration.ofMinutes(30));
            assertThat(sessions.use(token)).isPresent();
        }
        assertThat(sessions.look(token)).contains(clock.instant().plus(Duration.ofMinutes(30)));
        clock.pass(Duration.ofMinutes(30));
        assertThat(sessions.use(token)).isEmpty();
    }

    @Test
    void oneThatIsEndedIsNoneAndOthersGoOn() {
        String mine = sessions.open();
        String other = sessions.open();
        sessions.end(mine);
        sessions.end("nobody's");
        assertThat(sessions.look(mine)).isEmpty();
        assertThat(sessions.look(other)).isPresent();
    }

    @Test
    void theLongestIdleGivesWayToTheSixtyFifth() {
        List<String> tokens = new ArrayList<>();
        for (int i = 0; i < Sessions.MAX_SESSIONS; i++) {
            clock.pass(MOMENT);
            tokens.add(sessions.open());
        }
        clock.pass(MOMENT);
        sessions.use(tokens.getFirst());
        tokens.add(sessions.open());
        assertThat(sessions.look(tokens.get(1))).isEmpty();
        assertThat(tokens).filteredOn(token -> sessions.look(token).isPresent()).hasSize(Sessions.MAX_SESSIONS);
    }

    @Test
    void noneIsKeptForAClockThatWasSetBack() {
        String token = sessions.open();
        clock.set(Duration.ofDays(-1));
        assertThat(sessions.look(token)).isEmpty();
    }

    @Test
    void aClockThatIsSetRightByALittleEndsNone() {
        String token = sessions.open();
        clock.set(Duration.ofSeconds(-2));
        assertThat(sessions.look(token)).isPresent();
    }
}
