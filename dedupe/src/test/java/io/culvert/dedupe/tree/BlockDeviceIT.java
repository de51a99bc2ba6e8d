package io.culvert.dedupe.tree;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A volume that is a real block device, made of a file by losetup. */
class BlockDeviceIT {

    private static final int BLOCK = VolumeSource.BLOCK_BYTES;

    @Test
    void readsABlockDeviceWithItsZerosAsHoles() throws IOException, InterruptedException {
        assumeTrue(OwnerNames.effectiveUid() == 0, "only root makes a loop device");
        try (Scratch scratch = new Scratch()) {
            byte[] image = new byte[10 * BLOCK];
            image[5 * BLOCK + 77] = 1;
            Files.write(Path.of(scratch.at("image")), image);
            String device = run("losetup", "--find", "--show", scratch.at("image"));
            assumeTrue(device.startsWith("/dev/"), "this machine gives no loop device: " + device);
            try {
                assertThat(pieces(device, image.length))
                        .containsExactly(
                                new Piece.Hole(5 * BLOCK),
                                new Piece.Data(BLOCK),
                                new Piece.Hole(4 * BLOCK),
                                new Piece.End());
            } finally {
                run("losetup", "--detach", device);
            }
        }
    }

    private static List<Piece> pieces(String device, long sizeBytes) throws IOException {
        List<Piece> pieces = new ArrayList<>();
        byte[] buffer = new byte[4 * BLOCK];
        try (VolumeSource source = VolumeSource.open(device)) {
            assertThat(source.sizeBytes()).isEqualTo(sizeBytes);
            do {
                pieces.add(source.next(buffer, 0, buffer.length));
            } while (!(pieces.getLast() instanceof Piece.End));
            assertThat(source.recheck()).isEqualTo(SourceData.Recheck.UNCHANGED);
        }
        return pieces;
    }

    private static String run(String... command) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
        process.waitFor();
        return said;
    }
}
