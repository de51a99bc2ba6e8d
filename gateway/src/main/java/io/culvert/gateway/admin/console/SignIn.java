package io.culvert.gateway.admin.console;

import io.github.bucket4j.Bandwidth;
import io.github.bucket4j.Bucket;
import io.github.bucket4j.TimeMeter;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;

/**
 * The way into the console: a code that was asked for on the gateway's own machine opens a session, once.
 *
 * <p>Of wrong codes {@link #MAX_WRONG_A_MINUTE} a minute are told so, the others that they are too many. Neither keeps a
 * right one out: a code has 256 bits, nobody finds one by trying, and nobody shall lock others out by trying. Thread-safe.
 */
public final class SignIn {
    static final int MAX_WRONG_A_MINUTE = 30;

    /** How long a code is good. */
    public static final Duration CODE_LIFE = SignInCodes.LIFE;

    /** What became of a code. */
    public sealed interface Outcome {
        /** It was right. @param token what the bearer of the session shows from now on */
        record Opened(String token) implements Outcome {}

        /** There is no such code, or not any more. */
        record Wrong() implements Outcome {}

        /** The same, for who should try later. */
        record TooMany() implements Outcome {}
    }

    /** A code for a person. @param expires when it is good no more */
    public record Code(String text, Instant expires) {}

    private final SignInCodes codes;
    private final Sessions sessions;
    private final Bucket wrong;

    /**
     * @param random of which secrets are made
     * @param tickerNanos a clock that only runs forwards, such as {@link System#nanoTime}
     */
    public SignIn(InstantSource clock, RandomGenerator random, LongSupplier tickerNanos) {
        this.codes = new SignInCodes(clock, random);
        this.sessions = new Sessions(clock, random);
        this.wrong = Bucket.builder()
                .addLimit(Bandwidth.builder()
                        .capacity(MAX_WRONG_A_MINUTE)
                        .refillGreedy(MAX_WRONG_A_MINUTE, Duration.ofMinutes(1))
                        .build())
                .withCustomTimePrecision(new Ticker(tickerNanos))
                .build();
    }

    /** A new code, for who may open the admin socket. */
    public Code mint() {
        return codes.mint();
    }

    /** Takes a code for a session. */
    public Outcome open(String code) {
        if (codes.redeem(code)) {
            return new Outcome.Opened(sessions.open());
        }
        return wrong.tryConsume(1) ? new Outcome.Wrong() : new Outcome.TooMany();
    }

    /** When the session ends unless it is used; nothing if there is none. */
    public Optional<Instant> look(String token) {
        return sessions.look(token);
    }

    /** The same, for something that a person did: the session is idle from now on. */
    public Optional<Instant> use(String token) {
        return sessions.use(token);
    }

    /** Signs out. */
    public void end(String token) {
        sessions.end(token);
    }

    private record Ticker(LongSupplier nanos) implements TimeMeter {
        @Override
        public long currentTimeNanos() {
            return nanos.getAsLong();
        }

        @Override
        public boolean isWallClockBased() {
            return false;
        }
    }
}
