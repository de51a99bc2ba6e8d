package io.culvert.gateway.checkpoint;

import static io.culvert.gateway.checkpoint.Samples.DEAF;
import static io.culvert.gateway.checkpoint.Samples.running;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.culvert.dedupe.pool.Fence;
import io.culvert.gateway.testing.Await;
import io.culvert.gateway.testing.DebianPackage;
import io.culvert.gateway.testing.Signals;
import io.culvert.gateway.testing.Waiting;
import java.io.BufferedReader;
import java.io.IOException;
import java.net.Socket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@Waiting
final class EtcdChildIT {
    @TempDir
    Path directory;

    private final Path program = DebianPackage.require("etcd-server", "etcd", "etcd.service");

    private static EtcdCheckpointStore open(EtcdChild child) throws Exception {
        var settings = new EtcdSettings(
                List.of(child.endpoint()), null, "/culvert", "seoul", "gw1", EtcdSettings.Timing.DEFAULT);
        return EtcdCheckpointStore.open(settings, InstantSource.system());
    }

    @Test
    void keepsItsDataFromOneStartToTheNext() throws Exception {
        StoredCheckpoint written;
        Fence fence;
        try (EtcdChild child = EtcdChild.start(program, directory);
                CheckpointStore store = open(child)) {
            Ownership ownership = store.claim("j1", DEAF);
            fence = ownership.fence();
            written = store.write(ownership, running("j1", "a1", 1));
        }
        assertThat(Files.getPosixFilePermissions(directory.resolve("data")))
                .isEqualTo(PosixFilePermissions.fromString("rwx------"));
        try (EtcdChild child = EtcdChild.start(program, directory);
                CheckpointStore store = open(child)) {
            assertThat(store.read("j1")).contains(written);
            assertThat(store.claim("j1", DEAF).fence()).isGreaterThan(fence);
        }
    }

    @Test
    void endsWhenItsParentIsKilled() throws Exception {
        String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        Process parent = new ProcessBuilder(
                        java,
                        "-cp",
                        System.getProperty("java.class.path"),
                        Parent.class.getName(),
                        program.toString(),
                        directory.toString())
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        try (BufferedReader output = parent.inputReader()) {
            URI endpoint = URI.create(output.readLine());
            assertThat(listens(endpoint)).isTrue();
            Signals.send(parent.pid(), "KILL");
            Await.until("etcd ends with its parent", Duration.ofSeconds(20), () -> !listens(endpoint));
        } finally {
            parent.destroyForcibly();
        }
    }

    private static boolean listens(URI endpoint) {
        try (var socket = new Socket(endpoint.getHost(), endpoint.getPort())) {
            return socket.isConnected();
        } catch (IOException e) {
            return false;
        }
    }

    @Test
    void isStartedAgainAtTheSameAddressWhenItIsKilled() throws Exception {
        try (EtcdChild child = EtcdChild.start(program, directory)) {
            String data = "--data-dir=" + directory.resolve("data");
            ProcessHandle.current()
                    .descendants()
                    .filter(one -> one.info().commandLine().orElse("").contains(data))
                    .forEach(ProcessHandle::destroyForcibly);
            Await.until("it is gone", Duration.ofSeconds(20), () -> !listens(child.endpoint()));
            Await.until("it is there again", Duration.ofSeconds(30), () -> listens(child.endpoint()));
        }
    }

    @Test
    void saysWhatEtcdSaidWhenItDoesNotStart() throws Exception {
        Files.writeString(directory.resolve("data"), "not a directory");
        assertThatThrownBy(() -> EtcdChild.start(program, directory).close())
                .isInstanceOf(IOException.class)
                .hasMessageContaining("etcd ended at once")
                .hasMessageContaining("data");
    }

    /** The parent that is killed. */
    static final class Parent {
        private Parent() {}

        public static void main(String[] arguments) throws Exception {
            try (EtcdChild child = EtcdChild.start(Path.of(arguments[0]), Path.of(arguments[1]))) {
                System.out.println(child.endpoint());
                System.out.flush();
                Thread.currentThread().join();
            }
        }
    }
}
