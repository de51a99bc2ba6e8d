package io.culvert.gateway.cli;

import io.culvert.gateway.admin.FailureCategory;
import io.culvert.gateway.admin.Identifiers;
import io.culvert.gateway.admin.OperationException;
import io.culvert.siteconfig.Checkpoints;
import io.culvert.siteconfig.ConfigException;
import io.culvert.siteconfig.HostPort;
import io.culvert.siteconfig.SiteConfig;
import io.culvert.siteconfig.SiteConfigLoader;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Makes a site, or one more gateway of a site. */
@Command(
        name = "init",
        description =
                "Make a site in a directory: site.yaml, the gateway's key and the site's CA. With --join, make one"
                        + " more gateway of a site that runs.")
final class InitCommand extends SessionCommand {

    /** What is made. */
    static final class Kind {
        @Option(names = "--site", paramLabel = "NAME", description = "The name of a new site.")
        private String site = "";

        @Option(
                names = "--join",
                paramLabel = "TOKEN",
                description = "What \"culvert gateway add\" printed at a gateway of the site.")
        private String token = "";
    }

    @Spec
    @SuppressWarnings("NullAway.Init") // set by picocli before the command runs
    private CommandSpec spec;

    @ArgGroup(multiplicity = "1")
    private Kind kind = new Kind();

    @Option(names = "--dir", required = true, paramLabel = "DIR", description = "The directory, which is made.")
    private Path directory = Path.of("");

    @Option(
            names = "--advertise",
            paramLabel = "HOST:PORT",
            description =
                    "With --join: where peers reach the new gateway; this host's name and the other gateway's port"
                            + " if not given.")
    private String advertise = "";

    InitCommand(Session session) {
        super(session);
    }

    @Override
    public Integer call() throws Exception {
        Path absolute = directory.toAbsolutePath().normalize();
        Path file = absolute.resolve("site.yaml");
        if (kind.token.isEmpty()) {
            makeSite(absolute, file);
        } else {
            makeGateway(absolute, file);
        }
        return 0;
    }

    private void makeSite(Path absolute, Path file) throws Exception {
        if (!advertise.isEmpty()) {
            throw new ParameterException(
                    spec.commandLine(), "--advertise goes with --join; a new site's site.yaml has it");
        }
        String site = Identifiers.SITE.require(kind.site);
        if (Files.exists(file)) {
            throw new OperationException(
                    FailureCategory.REFUSED, file + " is there already; nothing was changed. Choose another directory");
        }
        makeDirectory(absolute);
        String authority = session.work().makeIdentity(absolute, site);
        write(file, SiteTemplate.of(site, absolute));
        SiteConfigLoader.load(file);
        session.err().println("made the site " + site + " in " + absolute + "; its CA is " + authority);
        session.err().println("next: look through " + file + ", then run: culvert gateway --config " + file);
    }

    private void makeGateway(Path absolute, Path file) throws Exception {
        String token = Identifiers.TOKEN.require(kind.token.strip());
        if (!advertise.isEmpty()) {
            requireHostPort();
        }
        makeDirectory(absolute);
        LocalWork.JoinedGateway made =
                session.work().joinGateway(token, absolute, advertise.isEmpty() ? SiteTemplate.hostName() : advertise);
        if (made.isFinished()) {
            session.err()
                    .println(
                            "an earlier run had received all that is needed and was broken off; it is finished now, and"
                                    + " the token given now was not sent");
        }
        session.err()
                .println("made the gateway " + made.name() + " in " + absolute + " with " + made.peers()
                        + " peers; the site's CA is " + made.authority());
        adviseOn(file);
        session.err().println("then run: culvert gateway --config " + file);
    }

    /** Says what only a person can settle in a site file that comes from another host. */
    private void adviseOn(Path file) {
        session.err()
                .println("next: look through " + file
                        + ", which is the other gateway's with stateDir and advertise set for"
                        + " this place: addresses of this host, pools, and files that it names and that must be here too,"
                        + " such as the certificates for etcd");
        try {
            SiteConfig config = SiteConfigLoader.load(file);
            if (config.checkpoints() instanceof Checkpoints.Embedded) {
                session.err()
                        .println(
                                "its checkpoints are embedded, which no other gateway sees: gateways of one site share an"
                                        + " etcd (checkpoints: {etcd: …}), or each has datasets of its own");
            }
        } catch (ConfigException e) {
            e.problems().forEach(problem -> session.err().println(problem));
        }
    }

    private void requireHostPort() {
        try {
            HostPort.parse(advertise);
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), "--advertise: " + e.getMessage(), e);
        }
    }

    private static void makeDirectory(Path directory) throws OperationException {
        try {
            Files.createDirectories(
                    directory, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwxr-x---")));
        } catch (IOException e) {
            throw new OperationException(
                    FailureCategory.FAILED,
                    directory + " cannot be made: " + Words.of(e) + "; choose another --dir",
                    e);
        }
    }

    /** Durable, and whole or not there. */
    private static void write(Path file, String text) throws IOException {
        Path draft = file.resolveSibling("." + file.getFileName() + ".new");
        try (FileChannel channel = FileChannel.open(
                draft,
                Set.of(StandardOpenOption.CREATE, StandardOpenOption.WRITE, StandardOpenOption.TRUNCATE_EXISTING),
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-r-----")))) {
            ByteBuffer bytes = ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
            while (bytes.hasRemaining()) {
                channel.write(bytes);
            }
            channel.force(true);
        }
        Files.move(draft, file, StandardCopyOption.ATOMIC_MOVE);
    }
}
