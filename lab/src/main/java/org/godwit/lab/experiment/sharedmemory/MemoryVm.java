package org.godwit.lab.experiment.sharedmemory;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.godwit.lab.Correspondent;
import org.godwit.lab.LabException;
import org.godwit.lab.hypervisor.Qemu;
import org.godwit.lab.image.GuestImage;
import org.godwit.lab.process.Patience;
import org.godwit.lab.process.Running;

/** One end of a migration: a QEMU of its own on a node, whose memory is a file there. libvirt knows no such migration. */
final class MemoryVm implements AutoCloseable {

    /** On a file system in memory that only this node has. */
    static final String MEMORY = "/dev/shm/vm.ram";

    private static final Duration START_LIMIT = Duration.ofSeconds(30);
    private static final Duration BOOT_LIMIT = Duration.ofSeconds(120);

    private final Correspondent node;
    private final Path folder;
    private final Patience patience;
    private final Running process;
    private final Monitor monitor;

    /**
     * @param name unlike any other's of this node
     * @param folder for its monitor and what its guest says
     * @param options beside what both ends have
     */
    private MemoryVm(Correspondent node, String name, Qemu qemu, GuestImage image, int memoryMib, Path folder,
            Patience patience, List<String> options) {
        this.node = node;
        this.folder = folder;
        this.patience = patience;
        node.run("rm", "-f", MEMORY, socket().toString(), serial().toString());
        List<String> command = new ArrayList<>(List.of(qemu.program().toString(), "-nodefaults", "-no-user-config",
                "-display", "none", "-no-reboot", "-machine", "q35,memory-backend=ram", "-cpu", "max", "-accel",
                switch (qemu.accelerator()) {
                    case KVM -> "kvm";
                    case TCG -> "tcg";
                }, "-m", memoryMib + "M", "-object",
                "memory-backend-file,id=ram,size=" + memoryMib + "M,mem-path=" + MEMORY + ",share=on", "-qmp",
                "unix:" + socket() + ",server=on,wait=off", "-serial", "file:" + serial(), "-kernel",
                image.kernel().toString(), "-initrd", image.initrd().toString(), "-append",
                "console=ttyS0 quiet panic=-1" + qemu.accelerator().kernelArguments()
                        + " rdinit=/bin/busybox -- sh " + GuestImage.WORKLOAD));
        command.addAll(options);
        process = node.start(name, command);
        try {
            AtomicReference<Monitor> opened = new AtomicReference<>();
            process.awaitReady(patience, START_LIMIT, () -> opens(opened), "opens no monitor");
            monitor = opened.get();
        } catch (RuntimeException e) {
            process.close();
            throw e;
        }
    }

    /** The socket is there a moment before anybody listens. */
    private boolean opens(AtomicReference<Monitor> monitor) {
        try {
            monitor.set(Monitor.open(socket()));
            return true;
        } catch (LabException e) {
            return false;
        }
    }

    /** One that boots, and does its work. */
    static MemoryVm boot(Correspondent node, String name, Qemu qemu, GuestImage image, int memoryMib, Path folder,
            Patience patience) {
        MemoryVm vm = new MemoryVm(node, name, qemu, image, memoryMib, folder, patience, List.of());
        try {
            vm.awaitWork();
            return vm;
        } catch (RuntimeException e) {
            vm.close();
            throw e;
        }
    }

    /** One that waits for what is to come. */
    static MemoryVm waiting(Correspondent node, String name, Qemu qemu, GuestImage image, int memoryMib,
            Path folder, Patience patience) {
        return new MemoryVm(node, name, qemu, image, memoryMib, folder, patience, List.of("-incoming", "defer"));
    }

    Monitor monitor() {
        return monitor;
    }

    /** Waits until the guest has said its word on this node. @throws LabException when it does not */
    void awaitWork() {
        process.awaitReady(patience, BOOT_LIMIT, () -> said().contains(Load.WORD), "has a guest that does not work");
    }

    /** When QEMU said so for the first time, in µs since 1970. @throws LabException when it does not within the limit */
    long await(String what, Duration limit) {
        process.awaitReady(patience, limit, () -> monitor.saidAtUs(what).isPresent(), "does not say " + what);
        return monitor.saidAtUs(what).orElseThrow();
    }

    private String said() {
        try {
            return Files.exists(serial()) ? Files.readString(serial(), StandardCharsets.ISO_8859_1) : "";
        } catch (IOException e) {
            throw new LabException(serial() + " cannot be read", e);
        }
    }

    private Path socket() {
        return folder.resolve(node + ".qmp");
    }

    private Path serial() {
        return folder.resolve(node + ".serial");
    }

    @Override
    public void close() {
        try {
            monitor.close();
        } finally {
            process.crash();
            node.run("rm", "-f", MEMORY);
        }
    }
}
