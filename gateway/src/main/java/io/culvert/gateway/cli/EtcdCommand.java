package io.culvert.gateway.cli;

import io.culvert.gateway.admin.EtcdBackup;
import io.culvert.gateway.admin.EtcdCompaction;
import io.culvert.gateway.admin.EtcdCopy;
import io.culvert.gateway.admin.EtcdDefragmentation;
import io.culvert.gateway.admin.EtcdView;
import io.culvert.gateway.admin.FailureCategory;
import io.culvert.gateway.admin.OperationException;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
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
                "From there it is copied to the peers that the site file names with checkpoints: {etcd: {backup:"
                        + " {replicateTo: [...]}}}, as dataset culvert-etcd; that is waited for, 15 s at most.",
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
                                + Words.bytes(made.fileBytes()) + ", checked, " + where(made));
            }
            for (EtcdCopy copy : made.copies()) {
                notCopied(made, copy);
            }
            return 0;
        }

        private static String where(EtcdBackup made) {
            return made.copies().isEmpty()
                    ? "on this host only"
                    : made.copies().stream().map(Backup::where).collect(Collectors.joining(", "));
        }

        private static String where(EtcdCopy copy) {
            String place = copy.peer() + "/" + copy.pool();
            return switch (copy.state()) {
                case COPIED ->
                    "copied to " + place + " as snapshot " + copy.snapshot().orElse("");
                case UNDER_WAY -> "not yet at " + place + " (" + copy.reason() + ")";
                case ELSEWHERE, FAILED, REFUSED -> "not copied to " + place + " (" + copy.reason() + ")";
            };
        }

        private static void notCopied(EtcdBackup made, EtcdCopy copy) throws OperationException {
            String sentence = "the backup is made, " + made.file() + ", and not copied to " + copy.peer() + "/"
                    + copy.pool() + ": " + copy.reason();
            switch (copy.state()) {
                case COPIED, UNDER_WAY, ELSEWHERE -> {}
                case FAILED -> throw new OperationException(FailureCategory.FAILED, sentence);
                case REFUSED -> throw new OperationException(FailureCategory.REFUSED, sentence);
            }
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
