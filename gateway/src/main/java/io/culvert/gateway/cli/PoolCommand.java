package io.culvert.gateway.cli;

import io.culvert.gateway.admin.FailureCategory;
import io.culvert.gateway.admin.Identifiers;
import io.culvert.gateway.admin.JobView;
import io.culvert.gateway.admin.OperationException;
import io.culvert.gateway.admin.PoolRenameView;
import io.culvert.gateway.admin.PoolView;
import io.culvert.gateway.admin.client.GatewayClient;
import io.culvert.siteconfig.ConfigException;
import io.culvert.siteconfig.PoolRename;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Path;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** The pools of this site. */
@Command(
        name = "pool",
        description = "List, show and rename the pools of this site, and move datasets between them.",
        subcommands = {
            PoolCommand.ListPools.class,
            PoolCommand.Show.class,
            PoolCommand.Rename.class,
            PoolCommand.Move.class
        })
final class PoolCommand extends CommandGroup {

    @Command(name = "list", description = "List the pools of this site.")
    static final class ListPools extends SessionCommand {
        @Mixin
        private final OutputOption output = new OutputOption();

        ListPools(Session session) {
            super(session);
        }

        @Override
        public Integer call() throws Exception {
            List<PoolView> pools = session.gateway().pools();
            if (output.json()) {
                session.printJson(pools);
                return 0;
            }
            Table table = new Table("POOL", "STATE", "USED>", "FREE>", "RAW>", "CHUNKS>", "SNAPSHOTS>", "PATH");
            for (PoolView p : pools) {
                table.row(
                        p.name(),
                        Words.word(p.state()),
                        Words.bytes(p.usedBytes()),
                        Words.bytes(p.freeBytes()),
                        Words.bytes(p.rawBytes()),
                        Words.count(p.chunks()),
                        Words.count(p.snapshots()),
                        p.path());
            }
            table.print(session.out(), "this site has no pools; name one under \"pools:\" in " + session.siteFile());
            return 0;
        }
    }

    @Command(name = "show", description = "Show one pool.")
    static final class Show extends SessionCommand {
        @Mixin
        private final OutputOption output = new OutputOption();

        @Parameters(paramLabel = "POOL", description = "The pool's name.")
        private String name = "";

        Show(Session session) {
            super(session);
        }

        @Override
        public Integer call() throws Exception {
            PoolView p = session.gateway().pool(Identifiers.NAME.require(name));
            if (output.json()) {
                session.printJson(p);
                return 0;
            }
            new Facts()
                    .fact("pool", p.name())
                    .fact("path", p.path())
                    .fact("state", Words.word(p.state()))
                    .fact("why", p.reason())
                    .fact("quota", Words.bytes(p.quotaBytes()))
                    .fact("used", Words.bytes(p.usedBytes()))
                    .fact("free", Words.bytes(p.freeBytes()))
                    .fact("before compression", Words.bytes(p.rawBytes()))
                    .fact("chunks", Words.count(p.chunks()))
                    .fact("containers", Words.count(p.containers()))
                    .fact("snapshots", Words.count(p.snapshots()))
                    .print(session.out());
            return 0;
        }
    }

    @Command(
            name = "rename",
            description = {
                "Call a pool of this site otherwise: in the site file, of which nothing else is changed, and in the gateway,"
                        + " at once. What is under way in it goes on; its snapshots, and what is known of jobs, stay.",
                "Peers that write to it are told the new name when they next name the old one, and change their site file;"
                        + " then they go on where they were. At a site of several gateways, give the command at each."
            })
    static final class Rename extends SessionCommand {
        @Mixin
        private final OutputOption output = new OutputOption();

        @Parameters(index = "0", paramLabel = "POOL", description = "The pool's name.")
        private String from = "";

        @Parameters(index = "1", paramLabel = "NAME", description = "Its new name, one that no pool here ever had.")
        private String to = "";

        Rename(Session session) {
            super(session);
        }

        @Override
        public Integer call() throws Exception {
            PoolRenameView found =
                    session.gateway().renamePool(Identifiers.NAME.require(from), Identifiers.POOL.require(to), true);
            if (!found.renamed()) {
                change(found);
            }
            PoolRenameView done = found.renamed() ? found : session.gateway().renamePool(from, to, false);
            if (output.json()) {
                session.printJson(done);
                return 0;
            }
            found.changes().forEach(session.out()::println);
            session.out().println("pool " + from + " is called " + to + " now");
            if (!done.writers().isEmpty()) {
                session.out()
                        .println("to change pool: " + from + " to pool: " + to + " in replicateTo of their site files: "
                                + String.join(", ", done.writers()));
            }
            done.gateways()
                    .forEach(gateway -> session.out()
                            .println("to run at gateway " + gateway + " too, unless it was: culvert pool rename " + from
                                    + " " + to));
            return 0;
        }

        /** With the rights of who gives the command: the gateway may not write its site file where systemd runs it. */
        private static void change(PoolRenameView found) throws ConfigException, OperationException {
            if (found.changes().isEmpty()) {
                return; // it was changed already
            }
            PoolRename rename = PoolRename.of(Path.of(found.siteFile()), found.from(), found.to());
            try {
                rename.apply();
            } catch (IOException e) {
                String why = e instanceof AccessDeniedException ? "this user may not write it" : e.getMessage();
                throw new OperationException(
                        FailureCategory.REFUSED,
                        found.siteFile() + " was not changed: " + why
                                + "; nothing is renamed. Run the command as who may"
                                + " change it, or change it and then run the command again: "
                                + String.join("; ", found.changes()),
                        e);
            }
        }
    }

    @Command(
            name = "move",
            description = {
                "Move all snapshots of a dataset into another pool of this site, the oldest first, and wait for the end. Each is"
                        + " copied whole and verified, and only then removed where it was; what was cut off is gone on with by the"
                        + " same command.",
                "Who writes the dataset goes on in the pool that his site file names: change that first."
            })
    static final class Move extends SessionCommand {
        @Mixin
        private final OutputOption output = new OutputOption();

        @Parameters(paramLabel = "DATASET", description = "The dataset, this site's or one that a peer writes here.")
        private String dataset = "";

        @Option(names = "--to", required = true, paramLabel = "POOL", description = "The pool that it moves to.")
        private String to = "";

        Move(Session session) {
            super(session);
        }

        @Override
        public Integer call() throws Exception {
            GatewayClient gateway = session.gateway();
            JobView job = gateway.moveDataset(Identifiers.NAME.require(dataset), Identifiers.NAME.require(to));
            return new JobWatch(session, gateway).untilEnded(List.of(job), output);
        }
    }
}
