package io.culvert.gateway.cli;

import io.culvert.gateway.admin.FailureCategory;
import io.culvert.gateway.admin.Identifiers;
import io.culvert.gateway.admin.OperationException;
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
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Makes a site. */
@Command(name = "init", description = "Make a site in a directory: site.yaml, the gateway's key and the site's CA.")
final class InitCommand extends SessionCommand {
    @Option(names = "--site", required = true, paramLabel = "NAME", description = "The site's name.")
    private String site = "";

    @Option(names = "--dir", required = true, paramLabel = "DIR", description = "The directory, which is made.")
    private Path directory = Path.of("");

    InitCommand(Session session) {
        super(session);
    }

    @Override
    public Integer call() throws Exception {
        Identifiers.SITE.require(site);
        Path absolute = directory.toAbsolutePath().normalize();
        Path file = absolute.resolve("site.yaml");
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
        return 0;
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
