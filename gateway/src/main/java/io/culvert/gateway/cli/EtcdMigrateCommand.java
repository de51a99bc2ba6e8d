package io.culvert.gateway.cli;

import io.culvert.siteconfig.SiteConfig;
import io.culvert.siteconfig.SiteConfigLoader;
import java.nio.file.Path;
import java.util.Optional;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Moves the checkpoints of a site whose gateways do not run, in this process. */
@Command(
        name = "migrate",
        description = {
            "Move a site's checkpoints to another store: from a file to an etcd, from one etcd to another, and back. Jobs go on"
                    + " from them there.",
            "Stop every gateway of the site, copy the site file, change \"checkpoints\" in the copy, name it with --to, and start"
                    + " with it afterwards. What was copied is read back before it counts. The old store stays as it was, and no"
                    + " gateway starts on it. A run that was ended goes on when it is run again.",
            "The way back is the same with --from and --to exchanged. If the new store is lost, --reopen takes up what was left in"
                    + " the old one; receivers know what came later."
        })
final class EtcdMigrateCommand extends SessionCommand {

    /** What is done. */
    static final class Aim {
        @Option(
                names = "--to",
                paramLabel = "FILE",
                description = "The site file with the new store, else like the old one.")
        private Optional<Path> to = Optional.empty();

        @Option(
                names = "--reopen",
                description = "Take the store of the site file up again as it was when it was moved away.")
        private boolean reopen;
    }

    @Spec
    @SuppressWarnings("NullAway.Init") // set by picocli before the command runs
    private CommandSpec spec;

    @ArgGroup(multiplicity = "1")
    private Aim aim = new Aim();

    @Option(
            names = "--from",
            paramLabel = "FILE",
            description = "The site file with the old store; that of --config if not given.")
    private Optional<Path> from = Optional.empty();

    @Option(
            names = "--force",
            description =
                    "Also into a store that was left for another one or got a part of another migration, whose content"
                            + " is replaced; and from one with keys that are not known.")
    private boolean force;

    @Mixin
    private final OutputOption output = new OutputOption();

    EtcdMigrateCommand(Session session) {
        super(session);
    }

    @Override
    public Integer call() throws Exception {
        if (aim.reopen) {
            if (from.isPresent() || force) {
                throw new ParameterException(
                        spec.commandLine(), "--reopen takes the store of --config, and neither --from nor --force");
            }
            reopen();
        } else {
            move(aim.to.orElseThrow());
        }
        return 0;
    }

    private void reopen() throws Exception {
        LocalWork.EtcdReopened done = session.work().reopenCheckpoints(session.site());
        if (output.json()) {
            session.printJson(done);
        } else {
            session.out()
                    .println("the store of " + session.siteFile() + " counts again, in epoch " + done.epoch()
                            + "; start the gateway, and let none start with the other one");
        }
    }

    private void move(Path to) throws Exception {
        Path old = from.orElseGet(session::siteFile);
        SiteConfig before = SiteConfigLoader.load(old);
        SiteConfig after = SiteConfigLoader.load(to);
        LocalWork.EtcdMigrated done;
        try (Farewell farewell = Farewell.print(
                session.err(), "interrupted; no checkpoint is lost: run the same command again, which goes on")) {
            done = session.work()
                    .migrateCheckpoints(
                            new LocalWork.EtcdMigrateOrder(before, after, force),
                            step -> session.err().println(step));
        }
        done.damaged().forEach(sentence -> session.err().println("left behind: " + sentence));
        if (output.json()) {
            session.printJson(done);
        } else {
            print(done, old, to);
        }
    }

    private void print(LocalWork.EtcdMigrated done, Path old, Path to) {
        if (done.before().isPresent()) {
            session.out()
                    .println("the checkpoints were moved to " + done.to() + " at "
                            + Words.time(done.before().get()) + "; nothing was done now");
            return;
        }
        session.out()
                .println("moved to " + done.to() + ": " + Words.count(done.checkpoints()) + " checkpoints, "
                        + Words.count(done.endedJobs()) + " ended jobs, " + Words.count(done.notes())
                        + " notes; read back, the same; epoch " + done.epoch());
        session.out().println("\nNEXT");
        session.out().println("1. have the gateway start with the new site file");
        session.out().println("    cp -p " + old + " " + old + ".before");
        session.out().println("    cp " + to + " " + old);
        session.out().println("    systemctl start culvert");
        if (!done.others().isEmpty()) {
            session.out()
                    .println("2. change \"checkpoints\" in the site files of the other gateways ("
                            + String.join(
                                    ", ",
                                    done.others().stream().map(String::valueOf).toList())
                            + ") likewise before they start");
        }
    }
}
