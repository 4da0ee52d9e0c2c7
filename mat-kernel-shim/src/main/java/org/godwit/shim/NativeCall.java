package org.godwit.shim;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.util.Arrays;

/**
 * The one shape in which C functions are called: six words in, one word out.
 *
 * <p>Linux passes integer and pointer arguments of every width in registers, both on x86-64 and on aarch64, and a function
 * ignores those it did not ask for; so one shape fits all functions that we need. Each further shape costs the JVM several
 * classes made at run time: 3 ms on a host, and a hundred times that on an emulated CPU.
 */
@SuppressWarnings("restricted") // to meet the kernel is what this module is for
final class NativeCall {

    private static final int WORDS = 6;
    private static final Linker LINKER = Linker.nativeLinker();
    private static final MemoryLayout ERRNO = Linker.Option.captureStateLayout();
    private static final MethodHandle HANDLE = LINKER.downcallHandle(
            FunctionDescriptor.of(ValueLayout.JAVA_LONG, ValueLayout.JAVA_LONG, ValueLayout.JAVA_LONG,
                    ValueLayout.JAVA_LONG, ValueLayout.JAVA_LONG, ValueLayout.JAVA_LONG, ValueLayout.JAVA_LONG),
            Linker.Option.captureCallState("errno"));

    private final MemorySegment function;

    private NativeCall(MemorySegment function) {
        this.function = function;
    }

    /** A function of the C library. */
    static NativeCall ofC(String name) {
        return of(LINKER.defaultLookup(), name);
    }

    static NativeCall of(SymbolLookup library, String name) {
        return new NativeCall(
                library.find(name).orElseThrow(() -> new ShimException("the system's libraries have no " + name)));
    }

    /** The address of a library's symbols; it stays loaded until the JVM ends. */
    static SymbolLookup library(String soname, String debianPackage) {
        try {
            return SymbolLookup.libraryLookup(soname, Arena.global());
        } catch (IllegalArgumentException e) {
            throw new ShimException(
                    soname + " cannot be loaded: install it (on Debian the package " + debianPackage + ")", e);
        }
    }

    /** Calls it. Memory whose address is passed must be kept alive by the caller. */
    Result call(long... arguments) {
        long[] words = Arrays.copyOf(arguments, WORDS);
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment state = arena.allocate(ERRNO);
            long value = (long) HANDLE.invokeExact(function, state, words[0], words[1], words[2], words[3], words[4],
                    words[5]);
            return new Result(value, state.get(ValueLayout.JAVA_INT, 0));
        } catch (RuntimeException | Error e) {
            throw e;
        } catch (Throwable e) {
            throw new AssertionError("a native call throws nothing checked", e);
        }
    }

    /**
     * What came back.
     *
     * @param word for a function that returns {@code int} only the lower half means anything
     * @param errno of this call; means something only when it failed
     */
    record Result(long word, int errno) {

        int number() {
            return (int) word;
        }
    }
}
