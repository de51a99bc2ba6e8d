package io.culvert.gateway.admin.console;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Random;
import org.junit.jupiter.api.Test;

final class SignInTest {
    private final SetClock clock = new SetClock();
    private final SignIn signIn = new SignIn(clock, new Random(1), clock::nanos);

    @Test
    void aCodeOpensASession() {
        assertThat(signIn.open(signIn.mint().text()))
                .isInstanceOfSatisfying(
                        SignIn.Outcome.Opened.class,
                        opened -> assertThat(signIn.look(opened.token())).isPresent());
    }

    @Test
    void wrongCodesAreCountedByTheMinute() {
        for (int i = 0; i < SignIn.MAX_WRONG_A_MINUTE; i++) {
            assertThat(signIn.open("wrong " + i)).isEqualTo(new SignIn.Outcome.Wrong());
        }
        assertThat(signIn.open("wrong")).isEqualTo(new SignIn.Outcome.TooMany());
        clock.pass(Duration.ofMinutes(1));
        assertThat(signIn.open("wrong")).isEqualTo(new SignIn.Outcome.Wrong());
    }

    @Test
    void nobodyIsLockedOutByWhoTries() {
        String code = signIn.mint().text();
        for (int i = 0; i <= SignIn.MAX_WRONG_A_MINUTE; i++) {
            signIn.open("wrong " + i);
        }
        assertThat(signIn.open(code)).isInstanceOf(SignIn.Outcome.Opened.class);
        assertThat(signIn.open(code)).as("a code that was used is wrong").isEqualTo(new SignIn.Outcome.TooMany());
    }

    @Test
    void aTokenIsNoCodeAndACodeNoToken() {
        String code = signIn.mint().text();
        assertThat(signIn.look(code)).isEmpty();
        assertThat(signIn.open(code)).isInstanceOfSatisfying(SignIn.Outcome.Opened.class, opened -> {
            assertThat(opened.token()).isNotEqualTo(code);
            assertThat(signIn.open(opened.token())).isEqualTo(new SignIn.Outcome.Wrong());
            signIn.end(opened.token());
            assertThat(signIn.use(opened.token())).isEmpty();
        });
    }
}
