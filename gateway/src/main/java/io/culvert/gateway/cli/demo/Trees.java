package io.culvert.gateway.cli.demo;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Copies, changes, compares and removes directory trees; symbolic links are never followed. */
final class Trees {
    private static final int EDIT_EVERY = 25;
    private static final byte[] EDIT = "changed by culvert demo\n".getBytes(StandardCharsets.US_ASCII);

    private Trees() {}

    /** Copies files, directories and links; leaves out what this user cannot read, and what is none of them. */
    static void copy(Path from, Path to) throws IOException {
        Path start = from.toRealPath();
        Files.walkFileTree(start, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult preVisitDirectory(Path directory, BasicFileAttributes attributes)
                    throws IOException {
                if (directory.equals(to) || !Files.isReadable(directory) || !Files.isExecutable(directory)) {
                    return FileVisitResult.SKIP_SUBTREE;
                }
                Files.createDirectories(to.resolve(start.relativize(directory)));
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                Path target = to.resolve(start.relativize(file));
                if (attributes.isSymbolicLink() || attributes.isRegularFile() && Files.isReadable(file)) {
                    Files.copy(file, target, LinkOption.NOFOLLOW_LINKS, StandardCopyOption.COPY_ATTRIBUTES);
                }
                return FileVisitResult.CONTINUE;
            }
        });
    }

    /** Appends to some files, overwrites the middle of the largest, removes one, adds a few. Returns how many it touched. */
    static int change(Path root) throws IOException {
        List<Path> files = regularFiles(root);
        int changed = 0;
        for (int i = 0; i < files.size(); i += EDIT_EVERY) {
            writable(files.get(i));
            Files.write(files.get(i), EDIT, StandardOpenOption.APPEND);
            changed++;
        }
        Optional<Path> largest = files.stream()
                .max(Comparator.comparingLong(file -> file.toFile().length()));
        if (largest.isPresent()) {
            writable(largest.get());
            try (RandomAccessFile file = new RandomAccessFile(largest.get().toFile(), "rw")) {
                file.seek(file.length() / 2);
                file.write(EDIT);
            }
            changed++;
        }
        if (files.size() > 2) {
            Files.delete(files.get(1));
            changed++;
        }
        Path added = Files.createDirectories(root.resolve("added-by-culvert-demo"));
        for (int i = 0; i < 10; i++) {
            Files.writeString(added.resolve("file-" + i), "new file " + i + "\n");
            changed++;
        }
        return changed;
    }

    /** Returns the first difference, as a sentence; nothing if every name, type, mode, link and byte is the same. */
    static Optional<String> difference(Path one, Path other) throws IOException {
        Set<Path> names = names(one);
        Set<Path> otherNames = names(other);
        if (!names.equals(otherNames)) {
            Set<Path> odd = new TreeSet<>(names);
            odd.addAll(otherNames);
            odd.removeIf(name -> names.contains(name) && otherNames.contains(name));
            return Optional.of(odd.iterator().next() + " is only on one side");
        }
        for (Path name : names) {
            Optional<String> difference = compare(one.resolve(name), other.resolve(name));
            if (difference.isPresent()) {
                return Optional.of(name + ": " + difference.get());
            }
        }
        return Optional.empty();
    }

    /** Removes a tree, if it is there. */
    static void remove(Path root) throws IOException {
        if (!Files.exists(root, LinkOption.NOFOLLOW_LINKS)) {
            return;
        }
        Files.walkFileTree(root, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                Files.delete(file);
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult preVisitDirectory(Path directory, BasicFileAttributes attributes) {
                directory.toFile().setWritable(true, true);
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult postVisitDirectory(Path directory, @Nullable IOException failure)
                    throws IOException {
                Files.delete(directory);
                return FileVisitResult.CONTINUE;
            }
        });
    }

    private static Optional<String> compare(Path one, Path other) throws IOException {
        BasicFileAttributes a = attributes(one);
        BasicFileAttributes b = attributes(other);
        if (a.isSymbolicLink() != b.isSymbolicLink() || a.isDirectory() != b.isDirectory()) {
            return Optional.of("not of one type");
        }
        if (a.isSymbolicLink()) {
            boolean same = Files.readSymbolicLink(one).equals(Files.readSymbolicLink(other));
            return same ? Optional.empty() : Optional.of("the link leads elsewhere");
        }
        if (!Files.getPosixFilePermissions(one).equals(Files.getPosixFilePermissions(other))) {
            return Optional.of("not of one mode");
        }
        if (!a.lastModifiedTime().equals(b.lastModifiedTime())) {
            return Optional.of("not of one modification time");
        }
        if (a.isRegularFile() && Files.mismatch(one, other) >= 0) {
            return Optional.of("differs at byte " + Files.mismatch(one, other));
        }
        return Optional.empty();
    }

    private static BasicFileAttributes attributes(Path path) throws IOException {
        return Files.readAttributes(path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
    }

    private static Set<Path> names(Path root) throws IOException {
        try (Stream<Path> paths = Files.walk(root)) {
            return paths.map(root::relativize).collect(java.util.stream.Collectors.toCollection(TreeSet::new));
        }
    }

    private static List<Path> regularFiles(Path root) throws IOException {
        try (Stream<Path> paths = Files.walk(root)) {
            return new ArrayList<>(paths.filter(path -> Files.isRegularFile(path, LinkOption.NOFOLLOW_LINKS))
                    .sorted()
                    .toList());
        }
    }

    private static void writable(Path file) {
        if (!file.toFile().setWritable(true, true)) {
            throw new IllegalStateException("the demo's own copy must be changeable: " + file);
        }
    }
}
