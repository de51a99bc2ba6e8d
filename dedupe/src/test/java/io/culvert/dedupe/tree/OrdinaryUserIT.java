package io.culvert.dedupe.tree;

import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.dedupe.manifest.PathBytes;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** A process without privileges beside files that are not its own; setpriv makes it when the tests run as root. */
class OrdinaryUserIT {

    private static final int NOBODY = 65_534;

    private static final boolean ROOT = OwnerNames.effectiveUid() == 0;

    @Test
    void namesWhatItMayNotReadAndWhatItCouldNotRestore() throws Exception {
        try (Scratch scratch = new Scratch()) {
            Files.setPosixFilePermissions(scratch.path(), PosixFilePermissions.fromString("rwxrwxrwx"));
            makeSource(scratch.directory("source"));

            String notRestored = ROOT ? "{OWNER=4, MODE=1, DEVICE=1}" : "{}";
            String program = ROOT ? "mode 755 FILE program" : "mode 4755 FILE program";
            assertThat(run(scratch, makeClasses(scratch)))
                    .containsExactly(
                            "UNREADABLE closed",
                            "UNREADABLE secret",
                            "not restored: " + notRestored,
                            "mode 755 DIRECTORY .",
                            "mode 0 DIRECTORY closed",
                            "in the target: UNREADABLE closed",
                            "mode 777 SYMLINK link",
                            program);
        }
    }

    private static void makeSource(String source) throws IOException {
        Path root = Path.of(source);
        Files.createDirectory(root.resolve("closed"));
        Files.writeString(root.resolve("closed/in"), "unseen");
        Files.setPosixFilePermissions(root.resolve("closed"), PosixFilePermissions.fromString("---------"));
        Files.writeString(root.resolve("secret"), "unseen");
        Files.setPosixFilePermissions(root.resolve("secret"), PosixFilePermissions.fromString("---------"));
        Files.writeString(root.resolve("program"), "seen");
        Files.createSymbolicLink(root.resolve("link"), Path.of("program"));
        Posix posix = new Posix(source);
        int fd = posix.openRoot();
        if (ROOT) {
            posix.makeNode(
                    fd,
                    "device".getBytes(StandardCharsets.UTF_8),
                    Stat.TYPE_BLOCK_DEVICE,
                    NativeBuffers.device(7, 99),
                    PathBytes.ROOT);
        }
        int program = posix.openFile(fd, "program".getBytes(StandardCharsets.UTF_8), PathBytes.ROOT);
        new PosixAttributes(posix).changeMode(program, PosixAttributes.Kind.PLAIN, 04755, PathBytes.ROOT);
        posix.close(program, PathBytes.ROOT);
        posix.close(fd, PathBytes.ROOT);
    }

    /** Copies the classes to where nobody may read them; returns the class path. */
    private static String makeClasses(Scratch scratch) throws IOException, URISyntaxException {
        List<String> path = new ArrayList<>();
        for (Class<?> from : List.of(TreeWriter.class, OrdinaryUserMain.class)) {
            Path origin = Path.of(
                    from.getProtectionDomain().getCodeSource().getLocation().toURI());
            Path copy = Path.of(scratch.at("classes" + path.size()));
            try (Stream<Path> files = Files.walk(origin)) {
                for (Path file : files.toList()) {
                    Files.copy(file, copy.resolve(origin.relativize(file).toString()));
                }
            }
            path.add(copy.toString());
        }
        return String.join(":", path);
    }

    private static List<String> run(Scratch scratch, String classPath) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>();
        if (ROOT) {
            command.addAll(List.of("setpriv", "--reuid=" + NOBODY, "--regid=" + NOBODY, "--clear-groups"));
        }
        command.addAll(List.of(
                ProcessHandle.current().info().command().orElseThrow(),
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                classPath,
                OrdinaryUserMain.class.getName(),
                scratch.at("source"),
                scratch.at("target")));
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(said).isZero();
        return said.lines().toList();
    }
}
