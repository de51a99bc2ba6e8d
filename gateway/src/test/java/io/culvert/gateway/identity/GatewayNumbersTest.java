package io.culvert.gateway.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class GatewayNumbersTest {
    @TempDir
    Path directory;

    @Test
    void aSiteOfBeforeHasOneGatewayWithTheNumberOne() throws IOException {
        GatewayNumbers numbers = GatewayNumbers.open(directory);

        assertThat(numbers.own()).isOne();
        assertThat(numbers.known()).containsExactly(1);
    }

    @Test
    void theOwnNumberIsKnown() throws IOException {
        GatewayNumbers.write(directory, 9_999, Set.of(3));

        assertThat(GatewayNumbers.open(directory).own()).isEqualTo(9_999);
        assertThat(GatewayNumbers.open(directory).known()).containsExactly(3, 9_999);
    }

    @Test
    void whatWasNotedOnceIsKnownForEver() throws IOException {
        GatewayNumbers numbers = GatewayNumbers.open(directory);

        assertThat(numbers.note(12)).isTrue();
        assertThat(numbers.note(3)).isTrue();
        assertThat(numbers.note(12)).isFalse();
        assertThat(numbers.note(1)).isFalse();

        assertThat(numbers.known()).containsExactly(1, 3, 12);
        assertThat(GatewayNumbers.open(directory).known()).containsExactly(1, 3, 12);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "0", "10000", "-1", "one", "1  2", "01"})
    void damageIsFoundAndTheFileNamed(String text) throws IOException {
        Files.writeString(directory.resolve(GatewayNumbers.KNOWN_FILE), text);

        assertThatThrownBy(() -> GatewayNumbers.open(directory))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("gateways is damaged");
    }

    @Test
    void twoOwnNumbersAreDamage() throws IOException {
        Files.writeString(directory.resolve(GatewayNumbers.OWN_FILE), "1 2");

        assertThatThrownBy(() -> GatewayNumbers.open(directory)).hasMessageContaining("more than one number");
    }
}
