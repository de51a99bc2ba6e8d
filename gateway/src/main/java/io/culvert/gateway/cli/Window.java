package io.culvert.gateway.cli;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.util.OptionalInt;

/** The window of a terminal, as the kernel knows it at the moment: {@code ioctl(fd, TIOCGWINSZ)}, see ioctl_tty(2). */
final class Window {
    static final int STANDARD_OUTPUT = 1;
    static final int STANDARD_ERROR = 2;

    private static final long TIOCGWINSZ = 0x5413;

    /** {@code struct winsize}: rows, columns and two that are not used, 2 bytes each. */
    private static final long WINSIZE_BYTES = 8;

    private static final long COLUMNS_OFFSET = 2;

    private Window() {}

    /** Returns the columns of the terminal behind this descriptor; empty if it is none, or none that knows. */
    static OptionalInt columns(int descriptor) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment size = arena.allocate(WINSIZE_BYTES, Short.BYTES);
            int failed = (int) LibC.IOCTL.invokeExact(descriptor, TIOCGWINSZ, size);
            int columns = failed == 0 ? Short.toUnsignedInt(size.get(ValueLayout.JAVA_SHORT, COLUMNS_OFFSET)) : 0;
            return columns > 0 ? OptionalInt.of(columns) : OptionalInt.empty();
        } catch (RuntimeException | Error e) {
            throw e;
        } catch (Throwable e) {
            throw new IllegalStateException("libc calls must not throw", e);
        }
    }

    /** Linked at the first use: most commands draw nothing. */
    private static final class LibC {
        static final MethodHandle IOCTL = Linker.nativeLinker()
                .downcallHandle(
                        Linker.nativeLinker().defaultLookup().findOrThrow("ioctl"),
                        FunctionDescriptor.of(
                                ValueLayout.JAVA_INT, ValueLayout.JAVA_INT, ValueLayout.JAVA_LONG, ValueLayout.ADDRESS),
                        Linker.Option.firstVariadicArg(2));
    }
}
