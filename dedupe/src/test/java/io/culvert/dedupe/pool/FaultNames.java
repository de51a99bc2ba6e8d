package io.culvert.dedupe.pool;

import java.nio.file.FileAlreadyExistsException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.random.RandomGenerator;

/**
 * The names on a {@link FaultDisk}, which guards them: what is seen now, and what a power cut would leave, which is the
 * forced names and a random prefix of the changes after them. Directories themselves are durable at once.
 */
final class FaultNames {

    private record Change(Path path, Optional<FaultNode> node) {

        void applyTo(Map<Path, FaultNode> names) {
            node.ifPresentOrElse(there -> names.put(path, there), () -> names.remove(path));
        }
    }

    private final Map<Path, FaultNode> seen = new TreeMap<>();
    private final Map<Path, FaultNode> durable = new TreeMap<>();
    private final List<Change> unforced = new ArrayList<>();
    private final Set<Path> directories = new HashSet<>();

    void addDirectories(Path deepest) {
        for (Path path = deepest; path != null; path = path.getParent()) {
            directories.add(path);
        }
    }

    boolean contains(Path path) {
        return seen.containsKey(path) || directories.contains(path);
    }

    /** The names in a directory, sorted. */
    List<String> in(Path directory) throws NoSuchFileException {
        if (!directories.contains(directory)) {
            throw new NoSuchFileException(directory.toString());
        }
        List<String> found = new ArrayList<>();
        for (Set<Path> some : List.of(seen.keySet(), directories)) {
            some.stream()
                    .filter(path -> directory.equals(path.getParent()))
                    .forEach(path -> found.add(path.getFileName().toString()));
        }
        return found.stream().sorted().toList();
    }

    FaultNode node(Path path) throws NoSuchFileException {
        FaultNode node = seen.get(path);
        if (node == null) {
            throw new NoSuchFileException(path.toString());
        }
        return node;
    }

    /** An empty file. */
    FaultNode create(Path path) throws FileAlreadyExistsException, NoSuchFileException {
        if (seen.containsKey(path)) {
            throw new FileAlreadyExistsException(path.toString());
        }
        if (!directories.contains(path.getParent())) {
            throw new NoSuchFileException(path.toString());
        }
        FaultNode node = new FaultNode(new byte[0]);
        change(new Change(path, Optional.of(node)));
        return node;
    }

    /** Answers by how many bytes the disk holds less, since the name was another file's before. */
    int rename(Path from, Path to) throws NoSuchFileException {
        FaultNode node = node(from);
        FaultNode replaced = seen.get(to);
        change(new Change(to, Optional.of(node)));
        change(new Change(from, Optional.empty()));
        return replaced == null ? 0 : replaced.size();
    }

    /** Answers by how many bytes the disk holds less. */
    int delete(Path path) throws NoSuchFileException {
        int size = node(path).size();
        change(new Change(path, Optional.empty()));
        return size;
    }

    /** A file with these bytes in the place of what is there, durable at once; answers by how many bytes it is longer. */
    int replace(Path path, byte[] bytes) {
        FaultNode node = new FaultNode(bytes);
        FaultNode old = seen.put(path, node);
        durable.put(path, node);
        return bytes.length - (old == null ? 0 : old.size());
    }

    void force(Path directory) {
        List<Change> others = new ArrayList<>();
        for (Change change : unforced) {
            if (directory.equals(change.path().getParent())) {
                change.applyTo(durable);
            } else {
                others.add(change);
            }
        }
        unforced.clear();
        unforced.addAll(others);
    }

    /** Leaves what a power cut leaves; answers by how many bytes that is. */
    long cutPower(RandomGenerator random) {
        int kept = unforced.isEmpty() ? 0 : random.nextInt(unforced.size() + 1);
        unforced.subList(0, kept).forEach(change -> change.applyTo(durable));
        unforced.clear();
        seen.clear();
        durable.forEach((path, node) -> seen.put(path, node.afterCut(random)));
        durable.clear();
        durable.putAll(seen);
        return seen.values().stream().mapToLong(FaultNode::size).sum();
    }

    /** Gives all that is seen to another disk's names, as if it had been forced; answers by how many bytes that is. */
    long copyTo(FaultNames copy) {
        copy.directories.addAll(directories);
        long bytes = 0;
        for (Map.Entry<Path, FaultNode> file : seen.entrySet()) {
            bytes += copy.replace(file.getKey(), file.getValue().content());
        }
        return bytes;
    }

    private void change(Change change) {
        change.applyTo(seen);
        unforced.add(change);
    }
}
