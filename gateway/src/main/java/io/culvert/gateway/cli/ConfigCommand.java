package io.culvert.gateway.cli;

import io.culvert.siteconfig.SiteConfigLoader;
import java.nio.file.Path;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** The site file. */
@Command(name = "config", description = "Check a site file.", subcommands = ConfigCommand.Check.class)
final class ConfigCommand extends CommandGroup {

    @Command(name = "check", description = "Read a site file and list every problem at once.")
    static final class Check extends SessionCommand {
        @Parameters(paramLabel = "FILE", arity = "0..1", description = "The site file; else the one that holds here.")
        private java.util.Optional<Path> file = java.util.Optional.empty();

        Check(Session session) {
            super(session);
        }

        @Override
        public Integer call() throws Exception {
            Path checked = file.orElseGet(session::siteFile);
            var site = SiteConfigLoader.load(checked);
            session.err()
                    .println(checked + ": no problems; site " + site.site() + ", "
                            + site.pools().size() + " pools, " + site.datasets().size() + " datasets");
            AddressAdvice.lines(site, AddressAdvice::isHere)
                    .forEach(line -> session.err().println(line));
            return 0;
        }
    }
}
