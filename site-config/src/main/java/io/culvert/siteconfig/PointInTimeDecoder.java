package io.culvert.siteconfig;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Decodes {@code pointInTime}: exactly one of hook, btrfs, lvm, rbd. */
final class PointInTimeDecoder {
    private static final Pattern LVM = Pattern.compile("[A-Za-z0-9_+][A-Za-z0-9_+.-]*/[A-Za-z0-9_+][A-Za-z0-9_+.-]*");
    private static final Pattern RBD = Pattern.compile("[^/@\\s-][^/@\\s]*(/[^/@\\s]+){1,2}");
    private static final String EXAMPLE = "write one of `{hook: /etc/culvert/hooks/NAME}`, `{btrfs: /SUBVOLUME}`,"
            + " `{lvm: GROUP/VOLUME}`, `{rbd: POOL/IMAGE}`";

    private final Problems problems;
    private final Scalars scalars;

    PointInTimeDecoder(Problems problems, Scalars scalars) {
        this.problems = problems;
        this.scalars = scalars;
    }

    /**
     * Decodes it.
     *
     * @param source the dataset's path, if that was right
     */
    Optional<PointInTime> decode(YamlNode node, Optional<Path> source) {
        return Fields.read(node, "`pointInTime`", problems, f -> {
            List<String> named =
                    Stream.of("hook", "btrfs", "lvm", "rbd").filter(f::has).toList();
            var hook = f.optional("hook", n -> scalars.path(n).<PointInTime>map(PointInTime.Hook::new));
            var btrfs = f.optional("btrfs", n -> btrfs(n, source));
            var lvm = f.optional("lvm", n -> matching(n, LVM, "GROUP/VOLUME, for example `lvm: vg0/vm7`"));
            var rbd = f.optional("rbd", n -> matching(n, RBD, "POOL/IMAGE, for example `rbd: vms/vm7`"));
            var reserve = f.optional("reserve", scalars.quantity(ByteSize::parse));
            if (named.size() != 1) {
                String found = named.isEmpty() ? "none of them" : String.join(" and ", named);
                problems.add(f.position(), "`pointInTime` names exactly one way; found " + found + "; " + EXAMPLE);
            } else if (f.has("reserve") && !f.has("lvm")) {
                problems.add(f.positionOf("reserve"), "`reserve` belongs to `lvm`; remove it");
            }
            return () -> hook.toOptional()
                    .or(btrfs::toOptional)
                    .or(() -> lvm.toOptional().map(v -> new PointInTime.Lvm(v, reserve.toOptional())))
                    .orElseGet(() -> new PointInTime.Rbd(rbd.get()));
        });
    }

    private Optional<PointInTime> btrfs(YamlNode node, Optional<Path> source) {
        return scalars.path(node)
                .flatMap(subvolume -> source.filter(path -> !path.startsWith(subvolume))
                                .isPresent()
                        ? scalars.wrong(node, "the subvolume `" + subvolume + "` does not hold the dataset's path")
                        : Optional.of(new PointInTime.Btrfs(subvolume)));
    }

    private Optional<String> matching(YamlNode node, Pattern form, String rule) {
        return scalars.text(node)
                .flatMap(text -> form.matcher(text).matches()
                        ? Optional.of(text)
                        : scalars.wrong(node, "write " + rule + "; found " + YamlNode.Scalar.quote(text)));
    }
}
