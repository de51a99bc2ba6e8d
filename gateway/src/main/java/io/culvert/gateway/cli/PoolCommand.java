package io.culvert.gateway.cli;

import io.culvert.gateway.admin.Identifiers;
import io.culvert.gateway.admin.PoolView;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** The pools of this site. */
@Command(
        name = "pool",
        description = "List and show the pools of this site.",
        subcommands = {PoolCommand.ListPools.class, PoolCommand.Show.class})
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
}
