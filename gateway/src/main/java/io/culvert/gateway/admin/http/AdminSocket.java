package io.culvert.gateway.admin.http;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;

/**
 * The place of the Unix socket, and the lock that makes this process the only gateway of its state directory.
 *
 * <p>{@code STATE_DIR/gateway.lock} is locked for the life of the process (the kernel frees it after any end) and holds
 * the process id, and what it does if it is no gateway. Then a socket that nobody answers is a leftover and is replaced. The server binds a name of its own,
 * which gets mode 0660 before {@link #publish} renames it to {@code admin.sock}: nobody meets it with other rights.
 */
final class AdminSocket implements AutoCloseable {
    static final String NAME = "admin.sock";
    private static final String LOCK_NAME = "gateway.lock";
    private static final int MAX_PATH_BYTES = 100;
    private static final int MAX_HOLDER_BYTES = 60;

    private final Path path;
    private final Path bindPath;
    private final FileChannel lockFile;
    private boolean published;

    private AdminSocket(Path path, Path bindPath, FileChannel lockFile) {
        this.path = path;
        this.bindPath = bindPath;
        this.lockFile = lockFile;
    }

    static AdminSocket claim(Path stateDir) throws IOException {
        return claim(stateDir, "");
    }

    /** @param work what this process does with the state directory, a command; empty if it is the gateway */
    static AdminSocket claim(Path stateDir, String work) throws IOException {
        Path path = stateDir.resolve(NAME);
        Path bindPath = stateDir.resolve("." + NAME);
        requireShort(bindPath);
        FileChannel lockFile = FileChannel.open(
                stateDir.resolve(LOCK_NAME),
                StandardOpenOption.CREATE,
                StandardOpenOption.READ,
                StandardOpenOption.WRITE);
        try {
            lock(lockFile, stateDir, work);
            if (answers(path)) {
                throw new GatewayRunningException("something answers on " + path
                        + " though it does not hold the lock beside it; end it before a gateway starts here");
            }
            Files.deleteIfExists(path);
            Files.deleteIfExists(bindPath);
            return new AdminSocket(path, bindPath, lockFile);
        } catch (IOException e) {
            lockFile.close();
            throw e;
        }
    }

    /** What clients open. */
    Path path() {
        return path;
    }

    /** What the server binds. */
    Path bindPath() {
        return bindPath;
    }

    void publish() throws IOException {
        Files.setPosixFilePermissions(bindPath, PosixFilePermissions.fromString("rw-rw----"));
        Files.move(bindPath, path, StandardCopyOption.ATOMIC_MOVE);
        published = true;
    }

    @Override
    public void close() {
        if (!lockFile.isOpen()) {
            return;
        }
        try (lockFile) {
            Files.deleteIfExists(bindPath);
            if (published) {
                Files.deleteIfExists(path);
            }
        } catch (IOException e) {
            Requests.LOG.atWarn().setCause(e).addKeyValue("socket", path).log("the admin socket could not be removed");
        }
    }

    private static void lock(FileChannel lockFile, Path stateDir, String work) throws IOException {
        try {
            FileLock lock = lockFile.tryLock();
            if (lock == null) {
                throw new GatewayRunningException(runningSentence(lockFile, stateDir));
            }
        } catch (OverlappingFileLockException e) {
            throw new GatewayRunningException(runningSentence(lockFile, stateDir));
        }
        lockFile.truncate(0);
        lockFile.write(ascii((ProcessHandle.current().pid() + " " + work).strip() + "\n"), 0);
    }

    private static String runningSentence(FileChannel lockFile, Path stateDir) throws IOException {
        ByteBuffer holder = ByteBuffer.allocate(MAX_HOLDER_BYTES);
        lockFile.read(holder, 0);
        String text = new String(holder.array(), 0, holder.position(), StandardCharsets.US_ASCII).strip();
        String[] words = text.split(" ", 2);
        String process = text.isEmpty() ? "" : " (process " + words[0] + ")";
        return words.length == 2
                ? "\"" + words[1] + "\" is at work in " + stateDir + process + "; wait until it has ended"
                : "a gateway runs for " + stateDir + " already" + process
                        + "; stop it first, or give this one a stateDir of its own";
    }

    private static boolean answers(Path path) {
        try (SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX)) {
            return channel.connect(UnixDomainSocketAddress.of(path));
        } catch (IOException e) {
            return false;
        }
    }

    private static void requireShort(Path path) throws IOException {
        int lengthBytes = path.toString().getBytes(StandardCharsets.UTF_8).length;
        if (lengthBytes > MAX_PATH_BYTES) {
            throw new IOException("the socket's path " + path + " has " + lengthBytes + " bytes, the kernel takes "
                    + MAX_PATH_BYTES + ": choose a shorter stateDir");
        }
    }

    private static ByteBuffer ascii(String text) {
        return ByteBuffer.wrap(text.getBytes(StandardCharsets.US_ASCII));
    }
}
