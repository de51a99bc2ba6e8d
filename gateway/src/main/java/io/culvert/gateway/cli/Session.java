package io.culvert.gateway.cli;

import com.fasterxml.jackson.databind.SerializationFeature;
import io.culvert.gateway.admin.FailureCategory;
import io.culvert.gateway.admin.OperationException;
import io.culvert.gateway.admin.ViewJson;
import io.culvert.gateway.admin.client.GatewayClient;
import io.culvert.siteconfig.ConfigException;
import io.culvert.siteconfig.SiteConfig;
import io.culvert.siteconfig.SiteConfigLoader;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** One run of the command line: its terminal, its site file, its way to the gateway. */
final class Session {
    static final String CONFIG_VARIABLE = "CULVERT_CONFIG";
    private static final Path DEFAULT_CONFIG = Path.of("/etc/culvert/site.yaml");

    private final Terminal terminal;
    private final LocalWork work;
    private @Nullable Path config;
    private boolean debug;

    Session(Terminal terminal, LocalWork work) {
        this.terminal = terminal;
        this.work = work;
    }

    Terminal terminal() {
        return terminal;
    }

    LocalWork work() {
        return work;
    }

    PrintStream out() {
        return terminal.results();
    }

    PrintStream err() {
        return terminal.messages();
    }

    void useConfig(Path file) {
        config = file;
    }

    void useDebug() {
        debug = true;
    }

    boolean debug() {
        return debug;
    }

    /** The site file that holds: --config, then CULVERT_CONFIG, then the usual place. */
    Path siteFile() {
        if (config != null) {
            return config;
        }
        return Optional.ofNullable(terminal.environment().get(CONFIG_VARIABLE))
                .filter(text -> !text.isBlank())
                .map(Path::of)
                .orElse(DEFAULT_CONFIG);
    }

    SiteConfig site() throws ConfigException {
        return SiteConfigLoader.load(siteFile());
    }

    /** @throws OperationException if this user may not even read where the gateway listens */
    GatewayClient gateway() throws ConfigException, OperationException {
        try (InputStream readable = Files.newInputStream(siteFile())) {
            readable.available();
        } catch (AccessDeniedException e) {
            throw new OperationException(
                    FailureCategory.REFUSED,
                    "this user may not read " + siteFile()
                            + ": run the command as root or as a member of the file's group,"
                            + " which is culvert where the files of systemd/ are used"
                            + " (\"usermod -aG culvert USER\", then a new login)",
                    e);
        } catch (IOException e) {
            // The loader names it.
        }
        return new GatewayClient(site().stateDir().resolve("admin.sock"));
    }

    /** Prints the JSON form of {@code value}, alone on standard output. */
    void printJson(Object value) throws OperationException {
        try {
            out().println(ViewJson.MAPPER
                    .writer()
                    .with(SerializationFeature.INDENT_OUTPUT)
                    .writeValueAsString(value));
        } catch (IOException e) {
            throw new OperationException(FailureCategory.FAILED, "the result cannot be printed: " + e.getMessage(), e);
        }
    }
}
