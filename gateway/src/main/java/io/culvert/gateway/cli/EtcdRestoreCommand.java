package io.culvert.gateway.cli;

import io.culvert.gateway.admin.EtcdStep;
import java.nio.file.Path;
import java.util.Optional;
import java.util.regex.Pattern;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Makes a member's data out of a backup of etcd, in this process: etcd and the gateway may be down. */
@Command(
        name = "restore",
        description = {
            "Make the data of a member of a new etcd cluster out of a backup, and say what is left to do on each host.",
            "For a cluster that has lost its data, or its quorum for good; a single lost member is replaced by \"culvert etcd"
                    + " replace-member\". Needs neither etcd nor a gateway that runs, but etcdctl (apt install etcd-client)."
        })
final class EtcdRestoreCommand extends SessionCommand {

    private static final Pattern TOKEN = Pattern.compile("[A-Za-z0-9._-]{1,100}");

    @Spec
    @SuppressWarnings("NullAway.Init") // set by picocli before the command runs
    private CommandSpec spec;

    @Mixin
    private final OutputOption output = new OutputOption();

    @Parameters(
            paramLabel = "FILE",
            arity = "0..1",
            description =
                    "A backup, or a snapshot of \"etcdctl snapshot save\"; else the newest in etcd-backups in the state"
                            + " directory.")
    private Optional<Path> file = Optional.empty();

    @Option(names = "--name", required = true, paramLabel = "NAME", description = "The member's name.")
    private String name = "";

    @Option(
            names = "--initial-cluster",
            required = true,
            paramLabel = "NAME=URL,...",
            description =
                    "All members of the new cluster, 1, 3, 5 or 7, with their peer URLs, as etcd's own option of that name.")
    private String initialCluster = "";

    @Option(
            names = "--data-dir",
            required = true,
            paramLabel = "DIR",
            description = "The member's data directory: empty, or not there yet.")
    private Path dataDir = Path.of("");

    @Option(
            names = "--initial-cluster-token",
            paramLabel = "TOKEN",
            description = "For the second and later members: the token that the first one was given. Else a new one.")
    private Optional<String> token = Optional.empty();

    EtcdRestoreCommand(Session session) {
        super(session);
    }

    @Override
    public Integer call() throws Exception {
        if (token.filter(text -> !TOKEN.matcher(text).matches()).isPresent()) {
            throw new ParameterException(
                    spec.commandLine(), "a token is 1 to 100 of letters, digits, \".\", \"_\" and \"-\"");
        }
        Path backup = file.isPresent() ? file.get().toAbsolutePath().normalize() : newest();
        LocalWork.EtcdRestored done = session.work()
                .restoreEtcd(new LocalWork.EtcdRestoreOrder(
                        backup, dataDir.toAbsolutePath().normalize(), name, initialCluster, token));
        if (output.json()) {
            session.printJson(done);
        } else {
            print(done);
        }
        return 0;
    }

    private Path newest() throws Exception {
        LocalWork.EtcdBackupFile newest =
                session.work().newestEtcdBackup(session.site().stateDir());
        session.err().println("the newest backup is " + newest.file() + ", made " + Words.time(newest.at()));
        return newest.file();
    }

    private void print(LocalWork.EtcdRestored done) {
        session.out()
                .println("made " + done.dataDir() + " for " + done.name() + " from " + done.backup() + ": "
                        + Words.bytes(done.databaseBytes()) + ", sum right, a new cluster of token " + done.token());
        session.out().println("\nNEXT");
        int number = 1;
        for (EtcdStep step : done.next()) {
            session.out().println(number++ + ". " + step.sentence());
            step.commands().forEach(line -> session.out().println("    " + line));
        }
    }
}
