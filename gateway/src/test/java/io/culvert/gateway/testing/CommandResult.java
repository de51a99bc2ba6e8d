package io.culvert.gateway.testing;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.culvert.gateway.admin.JobView;
import io.culvert.gateway.admin.ViewJson;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** How a command ended and what it printed. */
public record CommandResult(String command, int code, byte[] output, String messages) {

    public String text() {
        return new String(output, StandardCharsets.UTF_8);
    }

    public JsonNode json() throws IOException {
        return ViewJson.MAPPER.readTree(output);
    }

    /** The one job that {@code replicate --wait --output json} printed. */
    public JobView job() throws IOException {
        List<JobView> jobs = List.of(ViewJson.MAPPER.readValue(output, JobView[].class));
        assertThat(jobs).as(toString()).hasSize(1);
        return jobs.getFirst();
    }

    public CommandResult succeeded() {
        assertThat(code).as(toString()).isZero();
        return this;
    }

    /** The contract of interface.md: this exit code, exactly one line on standard error beside progress, no stack trace. */
    public CommandResult failed(int exitCode, String... parts) {
        assertThat(code).as(toString()).isEqualTo(exitCode);
        assertThat(messages.lines().filter(line -> !line.isBlank() && !isProgress(line)))
                .as(toString())
                .hasSize(1);
        assertThat(messages).as(toString()).doesNotContain("Exception", "\tat ").contains(parts);
        return this;
    }

    private boolean isProgress(String line) {
        boolean tells = command.contains(" --wait") || command.contains(" verify") || command.contains(" etcd migrate");
        return tells && !line.startsWith("culvert: ");
    }

    @Override
    public String toString() {
        return command + " ended with " + code + "; stderr: " + messages.strip();
    }
}
