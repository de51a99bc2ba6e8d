package io.culvert.gateway.owner;

import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.siteconfig.SiteConfig;
import io.culvert.siteconfig.SiteConfigLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is wrong with what one gateway has is known at the others: soon, and with few writes. */
final class AilmentsTest {

    private static final Thing PEER = Thing.peer("busan");
    private static final Ailment DOWN = new Ailment(PEER.id(), false, Instant.EPOCH, "it cannot be reached");
    private static final Ailment STILL = new Ailment(PEER.id(), false, Instant.EPOCH, "it cannot be reached, still");

    @TempDir
    @SuppressWarnings("NullAway.Init") // set by JUnit
    private Path directory;

    private final FakeBook book = new FakeBook();

    private record Gateway(Keeper keeper, Whereabouts whereabouts) {}

    private Gateway gateway(int number, Whereabouts whereabouts) throws Exception {
        Path file = directory.resolve("site.yaml");
        Files.writeString(file, "site: seoul\nstateDir: " + directory + "\n");
        SiteConfig config = SiteConfigLoader.load(file);
        Duty duty = new Duty() {
            @Override
            public void take(Thing thing, Book.@Nullable Claim claim) {}

            @Override
            public void leave(Thing thing, String why) {}
        };
        Keeper.Able all = new Keeper.Able() {
            @Override
            public boolean pool(String name) {
                return true;
            }

            @Override
            public boolean source(String dataset) {
                return true;
            }
        };
        Keeper keeper = new Keeper(
                new Keeper.Surroundings(
                        number,
                        () -> Set.of(1, 2),
                        () -> config,
                        () -> Set.of(PEER.name()),
                        all,
                        peer -> 0,
                        () -> book.now() * 1_000_000_000L),
                book.session(number),
                duty,
                whereabouts,
                InstantSource.system(),
                Runnable::run);
        return new Gateway(keeper, whereabouts);
    }

    private void pass(int seconds, Gateway... gateways) {
        for (int i = 0; i < seconds; i++) {
            book.pass();
            for (Gateway one : gateways) {
                one.keeper().look();
            }
        }
    }

    @Test
    void theOthersKnowWithinSecondsAndAReasonThatChangesIsShownNowAndThen() throws Exception {
        Gateway one = gateway(1, new Whereabouts());
        Gateway two = gateway(2, new Whereabouts());
        pass(20, one, two);
        boolean first = one.whereabouts().isHere(PEER);
        Gateway owner = first ? one : two;
        Gateway other = first ? two : one;
        assertThat(other.whereabouts().ailment(PEER)).isEmpty();

        owner.keeper().suffers(List.of(DOWN));
        int seconds = 0;
        while (other.whereabouts().ailment(PEER).isEmpty() && seconds < 10) {
            pass(1, one, two);
            seconds++;
        }
        assertThat(seconds).isLessThanOrEqualTo(6);
        assertThat(other.whereabouts().ailment(PEER)).isEqualTo(Optional.of(DOWN));
        assertThat(owner.whereabouts().ailment(PEER)).as("it asks itself").isEmpty();

        owner.keeper().suffers(List.of(STILL));
        pass(3, one, two);
        assertThat(other.whereabouts().ailment(PEER)).isEqualTo(Optional.of(DOWN));
        pass(3, one, two);
        assertThat(other.whereabouts().ailment(PEER)).isEqualTo(Optional.of(STILL));

        owner.keeper().suffers(List.of());
        pass(6, one, two);
        assertThat(other.whereabouts().ailment(PEER)).isEmpty();
    }
}
