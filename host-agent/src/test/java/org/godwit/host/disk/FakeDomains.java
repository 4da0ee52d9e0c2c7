package org.godwit.host.disk;

import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.godwit.host.hypervisor.DomainSnapshot;
import org.godwit.host.hypervisor.DomainXml;
import org.godwit.host.hypervisor.Hypervisor;
import org.godwit.host.program.Programs;
import org.godwit.model.StallAction;

/** Domains that only have disks, which qemu-img puts together: remembers what was done with them, in words. */
final class FakeDomains implements Hypervisor {

    final List<String> done = new CopyOnWriteArrayList<>();
    /** What a domain does when it writes to another image from then on. */
    Consumer<Path> whenRedirected = _ -> {};
    /** Between two looks each domain has written 100 blocks. */
    private final AtomicLong writes = new AtomicLong();
    private final Programs programs = new Programs(List.of(), Duration.ofSeconds(30));
    private final Map<UUID, Map<String, Path>> disks = new HashMap<>();
    private final Set<UUID> off = new HashSet<>();

    /** A running domain with one qcow2 disk, vda. */
    synchronized void run(UUID vm, Path image) {
        disks.put(vm, new LinkedHashMap<>(Map.of("vda", image)));
        off.remove(vm);
    }

    /** The same, and it is off. */
    synchronized void define(UUID vm, Path image) {
        run(vm, image);
        off.add(vm);
    }

    /** One that is there gets another qcow2 disk. */
    synchronized void plug(UUID vm, String target, Path image) {
        disks.get(vm).put(target, image);
    }

    synchronized void end(UUID vm) {
        disks.remove(vm);
    }

    @Override
    public synchronized Optional<DomainSnapshot> find(UUID vm) {
        return Optional.ofNullable(disks.get(vm)).map(images -> {
            StringBuilder xml = new StringBuilder("<domain><devices>");
            images.forEach((target, image) -> xml.append("<disk type='file'><driver type='qcow2'/><source file='")
                    .append(image).append("'/><target dev='").append(target).append("'/></disk>"));
            return new DomainSnapshot(vm, "vm1",
                    off.contains(vm) ? DomainSnapshot.State.SHUTOFF : DomainSnapshot.State.RUNNING, "booted", 1 << 28,
                    true, DomainXml.parse(xml + "</devices></domain>"));
        });
    }

    @Override
    public synchronized void redirect(UUID vm, Map<String, Path> overlays) {
        done.add("redirect " + overlays.keySet());
        disks.get(vm).putAll(overlays);
        overlays.values().forEach(whenRedirected);
    }

    @Override
    public synchronized void commit(UUID vm, String disk, Path image) {
        done.add("commit " + disk);
        Path uppermost = disks.get(vm).put(disk, image);
        programs.require("", "qemu-img", "commit", "-q", "-d", "-b", image.toString(), uppermost.toString());
    }

    @Override
    public Activity activity(UUID vm, Set<String> disks) {
        long now = writes.getAndAdd(100);
        return new Activity(now, now << 12, 1 << 28);
    }

    @Override
    public Optional<DomainSnapshot> find(String name) {
        throw new AssertionError("nobody asks for a name");
    }

    @Override
    public Presence presence(UUID uuid) {
        throw new AssertionError("nobody asks");
    }

    @Override
    public CopyEnd copy(UUID uuid, CopyOrder order, CopyWatch watch) {
        throw new AssertionError("memory is others' business");
    }

    @Override
    public boolean forceCopy(UUID uuid, StallAction by) {
        throw new AssertionError("memory is others' business");
    }

    @Override
    public void cancelCopy(UUID uuid) {
        throw new AssertionError("memory is others' business");
    }

    @Override
    public CopyEnd recover(UUID uuid, String targetUri, CopyWatch watch) {
        throw new AssertionError("memory is others' business");
    }

    @Override
    public void resume(UUID uuid) {
        throw new AssertionError("nobody pauses it");
    }

    @Override
    public void discardRemains(UUID uuid) {
        throw new AssertionError("nothing remains");
    }

    @Override
    public void abandon(UUID uuid) {
        throw new AssertionError("nothing is abandoned");
    }
}
