package io.culvert.gateway.admin.console;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

final class SignInCodesTest {
    private static final Duration MOMENT = Duration.ofMillis(1);

    private final SetClock clock = new SetClock();
    private final SignInCodes codes = new SignInCodes(clock, new Random(1));

    @Test
    void aCodeIsGoodOnce() {
        String code = codes.mint().text();
        assertThat(codes.redeem(code)).isTrue();
        assertThat(codes.redeem(code)).isFalse();
    }

    @Test
    void aCodeIsGoodForFiveMinutes() {
        SignIn.Code old = codes.mint();
        SignIn.Code justInTime = codes.mint();
        assertThat(old.expires()).isEqualTo(clock.instant().plus(Duration.ofMinutes(5)));
        clock.pass(SignInCodes.LIFE.minus(MOMENT));
        assertThat(codes.redeem(justInTime.text())).isTrue();
        clock.pass(MOMENT);
        assertThat(codes.redeem(old.text())).isFalse();
    }

    @Test
    void noCodeLivesLongerBecauseTheClockIsSetBack() {
        SignIn.Code code = codes.mint();
        clock.set(Duration.ofHours(-1));
        assertThat(codes.redeem(code.text())).isFalse();
    }

    @Test
    void theOldestGivesWayToTheSeventeenth() {
        List<SignIn.Code> minted = new ArrayList<>();
        for (int i = 0; i <= SignInCodes.MAX_OUTSTANDING; i++) {
            minted.add(codes.mint());
        }
        assertThat(codes.redeem(minted.getFirst().text())).isFalse();
        assertThat(minted.stream().skip(1)).allMatch(code -> codes.redeem(code.text()));
    }

    @Test
    void theyHave256BitsAndDiffer() {
        HashSet<String> seen = new HashSet<>();
        for (int i = 0; i < 1_000; i++) {
            String code = codes.mint().text();
            assertThat(Base64.getUrlDecoder().decode(code)).hasSize(32);
            assertThat(seen.add(code)).isTrue();
        }
    }

    @Test
    void nothingLikeACodeIsNone() {
        codes.mint();
        assertThat(codes.redeem("")).isFalse();
        assertThat(codes.redeem("x".repeat(1_000))).isFalse();
    }
}
