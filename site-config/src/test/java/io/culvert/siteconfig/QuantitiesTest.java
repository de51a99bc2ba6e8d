package io.culvert.siteconfig;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.time.Duration;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class QuantitiesTest {
    @ParameterizedTest
    @CsvSource({
        "0B, 0",
        "1B, 1",
        "1kB, 1000",
        "1KiB, 1024",
        "20TiB, 21990232555520",
        "20TB, 20000000000000",
        "1.5GiB, 1610612736",
        "1.5 GiB, 1610612736",
        "0.3B, 0",
        "8191PiB, 9222246136947933184"
    })
    void readsSizesInBytes(String text, long bytes) {
        assertThat(ByteSize.parse(text)).isEqualTo(new ByteSize(bytes));
    }

    @ParameterizedTest
    @CsvSource({
        "64kbit/s, 64000",
        "200Mbit/s, 200000000",
        "1Gbit/s, 1000000000",
        "25MB/s, 200000000",
        "1MiB/s, 8388608",
        "2.5Gbit/s, 2500000000"
    })
    void readsBandwidthsInBitsPerSecond(String text, long bitsPerSecond) {
        assertThat(Bandwidth.parse(text)).isEqualTo(new Bandwidth(bitsPerSecond));
        assertThat(Bandwidth.parse(text).bytesPerSecond()).isEqualTo(bitsPerSecond / 8);
    }

    @ParameterizedTest
    @CsvSource({"300s, PT300S", "5m, PT5M", "1h, PT1H", "14d, PT336H", "2w, PT336H", "1.5h, PT90M", "0s, PT0S"})
    void readsDurations(String text, Duration duration) {
        assertThat(Durations.parse(text)).isEqualTo(duration);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "20",
                "TiB",
                "-1B",
                "20 T iB",
                "1e3B",
                "1,5GiB",
                "٣GiB",
                "8192PiB",
                "9999999999999999999B",
                " 1B",
                "1B ",
                "1.B",
                ".5B"
            })
    void refusesWhatIsNoSize(String text) {
        assertThatIllegalArgumentException().isThrownBy(() -> ByteSize.parse(text));
    }

    @ParameterizedTest
    @CsvSource({"100Mbps, 100Mbit/s", "100mbit/s, 100Mbit/s", "10gbps, 10Gbit/s", "1Mb/s, 1MB/s"})
    void guessesTheBandwidthThatWasMeant(String text, String meant) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Bandwidth.parse(text))
                .withMessageContaining("did you mean `" + meant + "`?");
    }

    @ParameterizedTest
    @CsvSource({"90min, 90m", "2hours, 2h", "14 days, 14d", "3H, 3h", "1sec, 1s"})
    void guessesTheDurationThatWasMeant(String text, String meant) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Durations.parse(text))
                .withMessageContaining("did you mean `" + meant + "`?");
    }

    @Test
    void writesWhatItReadsBack() {
        Random random = new Random(1);
        for (int i = 0; i < 10_000; i++) {
            long value = random.nextLong() >>> (1 + random.nextInt(62));
            assertThat(ByteSize.parse(new ByteSize(value).toString())).isEqualTo(new ByteSize(value));
            long rate = Bandwidth.MIN_BITS_PER_SECOND + value / 2;
            assertThat(Bandwidth.parse(new Bandwidth(rate).toString())).isEqualTo(new Bandwidth(rate));
            Duration duration = Duration.ofSeconds(value % 3_000_000_000L);
            assertThat(Durations.parse(Durations.format(duration))).isEqualTo(duration);
        }
    }

    @Test
    void writesTheLargestUnitThatDivides() {
        assertThat(ByteSize.parse("20TiB")).hasToString("20TiB");
        assertThat(ByteSize.parse("1536MiB")).hasToString("1536MiB");
        assertThat(Bandwidth.parse("200Mbit/s")).hasToString("200Mbit/s");
        assertThat(Durations.format(Duration.ofDays(14))).isEqualTo("2w");
    }
}
