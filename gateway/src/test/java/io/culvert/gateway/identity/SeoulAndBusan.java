package io.culvert.gateway.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** What a test of two sites begins with: seoul and busan, each with a clock of its own, not enrolled. */
abstract class SeoulAndBusan {
    final TestClock clock = new TestClock();
    final TestClock busanClock = new TestClock();

    @TempDir
    Path directory;

    TestSite seoul;
    TestSite busan;

    @BeforeEach
    final void openSites() throws IOException {
        seoul = new TestSite(directory, "seoul", clock);
        busan = new TestSite(directory, "busan", busanClock);
    }

    @AfterEach
    final void closeSites() {
        seoul.close();
        busan.close();
    }

    /** A token of seoul for this site, good for an hour. */
    final String invite(String site) throws IOException {
        return seoul.identity.enrolment().invite(site, Duration.ofHours(1));
    }

    /** Tries to join and is refused for this reason. */
    static JoinRefusedException assertRefused(TestSite joiner, String token, JoinRefusal reason) {
        JoinRefusedException refused = catchThrowableOfType(
                JoinRefusedException.class, () -> joiner.identity.enrolment().join(token));
        assertThat(refused).isNotNull();
        assertThat(refused.reason()).as(refused.getMessage()).isEqualTo(reason);
        return refused;
    }
}
