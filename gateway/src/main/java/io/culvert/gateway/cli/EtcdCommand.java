package io.culvert.gateway.cli;

import io.culvert.gateway.admin.EtcdBackup;
import io.culvert.gateway.admin.EtcdCompaction;
import io.culvert.gateway.admin.EtcdDefragmentation;
import io.culvert.gateway.admin.EtcdView;
import java.util.List;
import java.util.Locale;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** The site's etcd. */
@Command(
        name = "etcd",
        description = "Look after the site's etcd.",
        subcommands = {
            EtcdCommand.Status.class,
            EtcdCommand.Backup.class,
            EtcdRestoreCommand.class,
            EtcdCommand.Defragment.class,
            EtcdCommand.Compact.class,
            EtcdReplaceMemberCommand.class,
            EtcdMigrateCommand.class
        })
final class EtcdCommand extends CommandGroup {

    private static final int UNREACHABLE = 4;

    @Command(
            name = "status",
            description = {
                "Show the members, and everything that is watched: its value, its limit, and what to do.",
                "Exits with 4 if no member answers, or too few to write."
            })
    static final class Status extends SessionCommand {
        @Mixin
        private final OutputOption output = new OutputOption();

        Status(Session session) {
            super(session);
        }

        @Override
        public Integer call() throws Exception {
            EtcdView etcd = session.gateway().etcd();
            if (output.json()) {
                session.printJson(etcd);
            } else {
                print(etcd);
            }
            return isWritable(etcd) ? 0 : UNREACHABLE;
        }

        private static boolean isWritable(EtcdView etcd) {
            return etcd.checks().stream()
                    .filter(check -> List.of("members", "leader").contains(check.name()))
                    .noneMatch(check -> check.verdict() == EtcdView.Verdict.CRITICAL);
        }

        private void print(EtcdView etcd) {
            new Facts()
                    .fact("etcd", Words.word(etcd.verdict()))
                    .fact("cluster", Words.or(etcd.clusterId()))
                    .fact("leader", Words.or(etcd.leader()))
                    .fact("revision", Words.count(etcd.revision()))
                    .print(session.out());
            session.out().println("\nMEMBERS");
            Table members = new Table(
                    "NAME", "ROLE", "ENDPOINT", "VERSION", "DATABASE>", "IN USE>", "TERM>", "APPLIED>", "WHY");
            for (EtcdView.Member m : etcd.members()) {
                boolean answers = m.reason().isEmpty();
                members.row(
                        m.name(),
                        answers ? Words.word(m.role()) : "silent",
                        m.endpoint(),
                        Words.or(m.version()),
                        answers ? Words.bytes(m.databaseBytes()) : "-",
                        answers ? Words.bytes(m.inUseBytes()) : "-",
                        answers ? Words.count(m.raftTerm()) : "-",
                        answers ? Words.count(m.appliedIndex()) : "-",
                        Words.or(m.reason()));
            }
            members.print(session.out(), "none");
            session.out().println("\nCHECKS");
            Table checks = new Table("CHECK", "VERDICT", "VALUE", "LIMIT", "WHAT TO DO");
            for (EtcdView.Check c : etcd.checks()) {
                checks.row(c.name(), Words.word(c.verdict()), c.value(), c.limit(), Words.or(c.advice()));
            }
            checks.print(session.out(), "none");
        }
    }

    @Command(
            name = "backup",
            description = {
                "Copy etcd's database to the host of the gateway: checked, compressed, below etcd-backups in its state"
                        + " directory. The newest 24 are kept.",
                "\"culvert etcd restore\" makes a member's data of it."
            })
    static final class Backup extends SessionCommand {
        @Mixin
        private final OutputOption output = new OutputOption();

        Backup(Session session) {
            super(session);
        }

        @Override
        public Integer call() throws Exception {
            EtcdBackup made = session.gateway().backUpEtcd();
            if (output.json()) {
                session.printJson(made);
            } else {
                session.out()
                        .println(made.file() + ": revision " + Words.count(made.revision()) + ", "
                                + Words.bytes(made.databaseBytes()) + ", compressed to "
                                + Words.bytes(made.fileBytes()) + ", checked");
            }
            return 0;
        }
    }

    @Command(
            name = "compact",
            description = {
                "Drop what was overwritten or deleted from the history of etcd.",
                "The room is used again; \"culvert etcd defrag\" gives it back to the disks."
            })
    static final class Compact extends SessionCommand {
        @Mixin
        private final OutputOption output = new OutputOption();

        Compact(Session session) {
            super(session);
        }

        @Override
        public Integer call() throws Exception {
            EtcdCompaction done = session.gateway().compactEtcd();
            if (output.json()) {
                session.printJson(done);
            } else {
                session.out().println("compacted up to revision " + Words.count(done.revision()));
            }
            return 0;
        }
    }

    @Command(
            name = "defrag",
            description = {
                "Give room that etcd does not use back to the disks, and clear the alarm of a full database.",
                "One member after the other, the leader last, and only while all of them answer. A member serves nobody"
                        + " meanwhile: of a single one, writes wait for about a second for each 100 MiB."
            })
    static final class Defragment extends SessionCommand {
        @Mixin
        private final OutputOption output = new OutputOption();

        Defragment(Session session) {
            super(session);
        }

        @Override
        public Integer call() throws Exception {
            EtcdDefragmentation done = session.gateway().defragmentEtcd(member -> {
                if (!output.json()) {
                    session.out()
                            .println(member.member() + ": " + Words.bytes(member.beforeBytes()) + ", now "
                                    + Words.bytes(member.afterBytes())
                                    + String.format(Locale.ROOT, " (%.1f s)", member.seconds()));
                }
            });
            if (output.json()) {
                session.printJson(done);
            }
            return 0;
        }
    }
}
