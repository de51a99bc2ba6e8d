package io.culvert.gateway.cli;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import picocli.CommandLine.Command;

final class CommandsTest {

    @Test
    void aCommandThatIsNamedIsNeededAlone() {
        assertThat(Commands.needed("restore", "id", "--to", "d")).containsExactly(RestoreCommand.class);
        assertThat(Commands.needed("--config", "help", "--debug", "status")).containsExactly(StatusCommand.class);
        assertThat(Commands.needed("--config=f", "peer", "list")).containsExactly(PeerCommand.class);
    }

    @Test
    void allAreNeededToTellOfThemOrToSayWhatIsNearAWrongName() {
        assertThat(Commands.needed()).hasSizeGreaterThan(10);
        assertThat(Commands.needed("help", "restore")).isEqualTo(Commands.needed());
        assertThat(Commands.needed("completion", "bash")).isEqualTo(Commands.needed());
        assertThat(Commands.needed("--help")).isEqualTo(Commands.needed());
        assertThat(Commands.needed("restor")).isEqualTo(Commands.needed());
        assertThat(Commands.needed("--config")).isEqualTo(Commands.needed());
    }

    @Test
    void eachIsFoundByTheNameThatItGivesItself() {
        for (Class<?> command : Commands.needed()) {
            String name = command.getAnnotation(Command.class).name();
            assertThat(Commands.named(name, "--help")).contains(name);
            assertThat(Commands.needed(name)).contains(command);
        }
    }
}
