package io.culvert.gateway.cli;

import io.culvert.gateway.admin.FailureCategory;
import io.culvert.gateway.admin.OperationException;
import io.culvert.siteconfig.rules.Language;
import io.culvert.siteconfig.rules.RuleFormat;
import io.culvert.siteconfig.rules.RulePlan;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Rules for firewalls and intrusion-prevention systems; none of it needs a gateway that runs. */
@Command(
        name = "rules",
        description = "Write rules for the firewalls and IPS between sites, and compare those of this host.",
        subcommands = {RulesCommand.Render.class, RulesCommand.Formats.class, RulesDiffCommand.class})
final class RulesCommand extends CommandGroup {

    /** Words of a format on the command line, also for completion. */
    static final class FormatWords implements Iterable<String> {
        @Override
        public java.util.Iterator<String> iterator() {
            return RuleFormat.words().iterator();
        }
    }

    @Command(
            name = "render",
            description = {
                "Print the rules for one product: the one connection to each peer, in the direction that dials, without TLS inspection;"
                        + " and that RPC and ports of appliances are stopped or reported.",
                "Names are looked up now, and written down with the time. \"culvert rules formats\" lists the products."
            })
    static final class Render extends SessionCommand {
        @Option(
                names = "--format",
                required = true,
                paramLabel = "FORMAT",
                completionCandidates = FormatWords.class,
                description = "One of: ${COMPLETION-CANDIDATES}.")
        private String format = "";

        @Mixin
        private final RulesSource source = new RulesSource();

        @Option(names = "--out", paramLabel = "FILE", description = "Write it to a file, whole or not at all.")
        private Optional<Path> out = Optional.empty();

        @Option(names = "--remove", description = "Print what takes the rules away again.")
        private boolean isRemoval;

        @Option(
                names = "--language",
                paramLabel = "en|ko",
                description = "The language of the request form: en (the default) or ko.")
        private Language language = Language.EN;

        Render(Session session) {
            super(session);
        }

        @Override
        public Integer call() throws Exception {
            RuleFormat wanted = RuleFormat.of(format.toLowerCase(Locale.ROOT))
                    .orElseThrow(() -> new OperationException(
                            FailureCategory.USAGE,
                            "there is no format \"" + format + "\"; the formats are "
                                    + String.join(", ", RuleFormat.words())));
            RulePlan plan = source.plan(session, isRemoval);
            if (plan.isPart() && wanted.isReplacing()) {
                session.err()
                        .println(
                                wanted.word()
                                        + (isRemoval
                                                ? ": this removes the rules of all peers; to remove some, load the others anew"
                                                : ": loading this replaces the rules of all peers by those of the ones named here"));
            }
            String text = isRemoval ? wanted.removal(plan, language) : wanted.rules(plan, language);
            if (out.isPresent()) {
                RuleFile.write(out.get(), text);
            } else {
                session.out().print(text);
            }
            return 0;
        }
    }

    /** A format as JSON has it. */
    record FormatView(String format, String product, String load, String checked) {
        static FormatView of(RuleFormat format) {
            return new FormatView(format.word(), format.product(), format.load(), format.checked());
        }
    }

    @Command(name = "formats", description = "List the products that rules are written for, and how that is checked.")
    static final class Formats extends SessionCommand {
        @Mixin
        private final OutputOption output = new OutputOption();

        Formats(Session session) {
            super(session);
        }

        @Override
        public Integer call() throws Exception {
            List<FormatView> formats =
                    Arrays.stream(RuleFormat.values()).map(FormatView::of).toList();
            if (output.json()) {
                session.printJson(formats);
                return 0;
            }
            Table table = new Table("FORMAT", "FOR", "LOADED BY", "CHECKED BY");
            formats.forEach(one -> table.row(one.format(), one.product(), one.load(), one.checked()));
            table.print(session.out(), "");
            return 0;
        }
    }
}
