package org.godwit.shim;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** What we need of the C library. Calls act in the network namespace of the calling thread. */
@SuppressWarnings("restricted") // memory that C functions hand us has no size until we say it
final class Libc {

    private static final NativeCall CLOCK_GETTIME = NativeCall.ofC("clock_gettime");
    private static final NativeCall CLOSE = NativeCall.ofC("close");
    private static final NativeCall EVENTFD = NativeCall.ofC("eventfd");
    private static final NativeCall FREE_NAMES = NativeCall.ofC("if_freenameindex");
    private static final NativeCall GETPAGESIZE = NativeCall.ofC("getpagesize");
    private static final NativeCall INDEX = NativeCall.ofC("if_nametoindex");
    private static final NativeCall IOCTL = NativeCall.ofC("ioctl");
    private static final NativeCall MMAP = NativeCall.ofC("mmap");
    private static final NativeCall MUNMAP = NativeCall.ofC("munmap");
    private static final NativeCall NAME = NativeCall.ofC("if_indextoname");
    private static final NativeCall NAMES = NativeCall.ofC("if_nameindex");
    private static final NativeCall POLL = NativeCall.ofC("poll");
    private static final NativeCall READ = NativeCall.ofC("read");
    private static final NativeCall SENDTO = NativeCall.ofC("sendto");
    private static final NativeCall SOCKET = NativeCall.ofC("socket");
    private static final NativeCall STRERROR = NativeCall.ofC("strerror");
    private static final NativeCall UNSHARE = NativeCall.ofC("unshare");
    private static final NativeCall WRITE = NativeCall.ofC("write");

    static final int AF_INET6 = 10;
    static final int AF_PACKET = 17;
    static final int SOCK_RAW = 3;

    private static final int CLONE_NEWNET = 0x40000000;
    private static final int CLOCK_MONOTONIC = 1;
    private static final int MSG_DONTWAIT = 0x40;
    private static final int PROT_READ = 1;
    private static final int PROT_WRITE = 2;
    private static final int MAP_SHARED = 1;
    private static final int EFD_CLOEXEC = 0x80000;
    private static final int EFD_NONBLOCK = 0x800;
    private static final int SOCK_CLOEXEC = 0x80000;
    private static final int SOCK_DGRAM = 2;
    private static final int SIOCGIFMTU = 0x8921;
    private static final int SIOCSIFMTU = 0x8922;
    private static final int IF_NAMESIZE = 16;
    private static final int IFREQ_BYTES = 40;
    private static final int IFREQ_MTU = 16;
    private static final int POLLFD_BYTES = 8;
    private static final int POLLIN = 1;

    private Libc() {}

    static String message(int errno) {
        long text = STRERROR.call(errno).word();
        return MemorySegment.ofAddress(text).reinterpret(256).getString(0);
    }

    static long pageSize() {
        return GETPAGESIZE.call().number();
    }

    static void close(int fd) {
        CLOSE.call(fd);
    }

    /** Maps shared memory of a file descriptor; it is unmapped when the arena closes. */
    static MemorySegment map(int fd, long offset, long bytes, boolean writable, Arena arena) {
        int protection = writable ? PROT_READ | PROT_WRITE : PROT_READ;
        NativeCall.Result result = MMAP.call(0, bytes, protection, MAP_SHARED, fd, offset);
        if (result.word() == -1) {
            throw new ShimException("a BPF map cannot be mapped into memory: " + message(result.errno()));
        }
        return MemorySegment.ofAddress(result.word()).reinterpret(bytes, arena,
                memory -> MUNMAP.call(memory.address(), bytes));
    }

    /** A file descriptor that becomes readable by {@link #wake}. */
    static int wakeable() {
        NativeCall.Result result = EVENTFD.call(0, EFD_CLOEXEC | EFD_NONBLOCK);
        if (result.number() < 0) {
            throw new ShimException("no eventfd can be made: " + message(result.errno()));
        }
        return result.number();
    }

    static void wake(int wakeable) {
        try (Arena arena = Arena.ofConfined()) {
            WRITE.call(wakeable, arena.allocateFrom(ValueLayout.JAVA_LONG, 1).address(), Long.BYTES);
        }
    }

    static void clear(int wakeable) {
        try (Arena arena = Arena.ofConfined()) {
            READ.call(wakeable, arena.allocate(ValueLayout.JAVA_LONG).address(), Long.BYTES);
        }
    }

    /** Waits until one of them is readable, the time is over or a signal came. */
    static void awaitReadable(Duration atMost, int... fds) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment polled = arena.allocate((long) fds.length * POLLFD_BYTES, Integer.BYTES);
            for (int i = 0; i < fds.length; i++) {
                polled.set(ValueLayout.JAVA_INT, (long) i * POLLFD_BYTES, fds[i]);
                polled.set(ValueLayout.JAVA_SHORT, (long) i * POLLFD_BYTES + 4, (short) POLLIN);
            }
            POLL.call(polled.address(), fds.length, Math.clamp(atMost.toMillis(), 0, Integer.MAX_VALUE));
        }
    }

    /** The clock of the kernel's time stamps, in nanoseconds. */
    static long monotonicNanos() {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment time = arena.allocate(2 * Long.BYTES, Long.BYTES);
            CLOCK_GETTIME.call(CLOCK_MONOTONIC, time.address());
            return time.get(ValueLayout.JAVA_LONG, 0) * 1_000_000_000L + time.get(ValueLayout.JAVA_LONG, Long.BYTES);
        }
    }

    /** A socket of this thread's namespace. @param purpose ends the sentence of the exception */
    static int socket(int family, int type, int protocol, String purpose) {
        NativeCall.Result result = SOCKET.call(family, type | SOCK_CLOEXEC, protocol);
        if (result.number() < 0) {
            throw new ShimException("no socket can be made " + purpose + ": " + message(result.errno()));
        }
        return result.number();
    }

    /** @return false when the kernel did not take it */
    static boolean send(int socket, byte[] packet, byte[] address) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment message = arena.allocate(packet.length);
            MemorySegment.copy(packet, 0, message, ValueLayout.JAVA_BYTE, 0, packet.length);
            MemorySegment to = arena.allocate(address.length, Long.BYTES);
            MemorySegment.copy(address, 0, to, ValueLayout.JAVA_BYTE, 0, address.length);
            return SENDTO.call(socket, message.address(), packet.length, MSG_DONTWAIT, to.address(), address.length)
                    .word() == packet.length;
        }
    }

    /** @return 0 when there is none of this name */
    static int interfaceIndex(String name) {
        try (Arena arena = Arena.ofConfined()) {
            return INDEX.call(arena.allocateFrom(name).address()).number();
        }
    }

    /** This thread gets a network namespace of its own, which goes with it. So do the processes that it starts. */
    static void leaveNetwork() {
        NativeCall.Result result = UNSHARE.call(CLONE_NEWNET);
        if (result.number() < 0) {
            throw new ShimException("no network namespace can be made: " + message(result.errno()));
        }
    }

    static String interfaceName(int index) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment name = arena.allocate(IF_NAMESIZE);
            if (NAME.call(index, name.address()).word() == 0) {
                throw new ShimException("there is no interface " + index + " any more");
            }
            return name.getString(0);
        }
    }

    /** The indices of all interfaces. */
    static List<Integer> interfaces() {
        NativeCall.Result result = NAMES.call();
        if (result.word() == 0) {
            throw new ShimException("the interfaces cannot be listed: " + message(result.errno()));
        }
        MemorySegment names = MemorySegment.ofAddress(result.word()).reinterpret(Long.MAX_VALUE);
        List<Integer> indices = new ArrayList<>();
        // struct if_nameindex { unsigned int if_index; char *if_name; }, ended by one of index 0.
        for (long at = 0; names.get(ValueLayout.JAVA_INT, at) != 0; at += 16) {
            indices.add(names.get(ValueLayout.JAVA_INT, at));
        }
        FREE_NAMES.call(result.word());
        return indices;
    }

    /** In bytes, the link-layer header not counted. */
    static int mtu(String interfaceName) {
        return interfaceRequest(interfaceName, SIOCGIFMTU, 0, "read");
    }

    static void setMtu(String interfaceName, int bytes) {
        interfaceRequest(interfaceName, SIOCSIFMTU, bytes, "set");
    }

    private static int interfaceRequest(String interfaceName, int request, int mtu, String verb) {
        int socket = socket(AF_INET6, SOCK_DGRAM, 0, "to ask for the MTU of " + interfaceName);
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment interfaceRequest = arena.allocate(IFREQ_BYTES, Long.BYTES);
            interfaceRequest.setString(0, interfaceName);
            interfaceRequest.set(ValueLayout.JAVA_INT, IFREQ_MTU, mtu);
            NativeCall.Result result = IOCTL.call(socket, request, interfaceRequest.address());
            if (result.number() < 0) {
                throw new ShimException(
                        "the MTU of " + interfaceName + " cannot be " + verb + ": " + message(result.errno()));
            }
            return interfaceRequest.get(ValueLayout.JAVA_INT, IFREQ_MTU);
        } finally {
            close(socket);
        }
    }
}
