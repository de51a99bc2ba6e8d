package io.culvert.gateway.cli;

import io.culvert.gateway.admin.FailureCategory;
import io.culvert.gateway.admin.OperationException;
import io.culvert.siteconfig.rules.RulePlan;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Compares the rules that are loaded on this host, or in a list of another, with those that should be. */
@Command(
        name = "diff",
        description = {
            "Compare what nftables or iptables have loaded with what \"culvert rules render\" would write: exit code 0 if it is the same,"
                    + " 1 with a list of what is missing and what is extra.",
            "It reads them as root, or takes a list of another host: of \"nft -j list table inet culvert\", or of \"iptables-save;"
                    + " ip6tables-save\"."
        })
final class RulesDiffCommand extends SessionCommand {
    private static final int MAX_BYTES = 16 << 20;

    /** What rules can be read from. */
    enum Kind {
        nftables,
        iptables
    }

    @Option(names = "--format", paramLabel = "FORMAT", description = "nftables (the default) or iptables.")
    private Kind kind = Kind.nftables;

    @Option(names = "--file", paramLabel = "LOADED", description = "What is loaded, as the programs above list it.")
    private Optional<Path> file = Optional.empty();

    @Mixin
    private final RulesSource source = new RulesSource();

    @Mixin
    private final OutputOption output = new OutputOption();

    RulesDiffCommand(Session session) {
        super(session);
    }

    @Override
    public Integer call() throws Exception {
        RulePlan plan = source.plan(session, false);
        String listed = file.isPresent() ? fromFile(file.get()) : loaded();
        RulesDifference difference;
        try {
            difference = switch (kind) {
                case nftables -> RulesDifference.ofNftables(plan, listed);
                case iptables -> RulesDifference.ofIptables(plan, listed);
            };
        } catch (IOException e) {
            throw new OperationException(
                    FailureCategory.FAILED,
                    file.map(Path::toString).orElse("what is loaded") + " cannot be compared: " + e.getMessage(),
                    e);
        }
        if (output.json()) {
            session.printJson(difference);
        } else {
            print(difference);
        }
        return difference.same() ? 0 : FailureCategory.FAILED.exitCode();
    }

    private void print(RulesDifference difference) {
        if (difference.same()) {
            session.out().println("the same");
        }
        difference.missing().forEach(rule -> session.out().println("missing  " + rule));
        difference.extra().forEach(rule -> session.out().println("extra    " + rule));
        difference
                .reordered()
                .forEach(chain -> session.out().println("order    " + chain + ": all rules, in another order"));
    }

    private static String fromFile(Path file) throws OperationException {
        try (var in = Files.newInputStream(file)) {
            byte[] content = in.readNBytes(MAX_BYTES + 1);
            if (content.length > MAX_BYTES) {
                throw new IOException("it is longer than 16 MiB");
            }
            return new String(content, StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new OperationException(FailureCategory.FAILED, file + " cannot be read: " + e.getMessage(), e);
        }
    }

    private String loaded() throws OperationException, InterruptedException {
        return switch (kind) {
            case nftables -> session.work().loadedNftables();
            case iptables -> session.work().loadedIptables();
        };
    }
}
