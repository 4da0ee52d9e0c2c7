package org.godwit.lab.simulation;

import java.time.Duration;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.godwit.model.Name;

/**
 * The physics: which host has which domain in which state, and copies between two of them. A copy is the daemons' own business;
 * it goes on when agents and control server are dead. At no moment may a VM run twice, and only this class knows.
 */
final class Hypervisors {

    enum DomainState {
        RUNNING, PAUSED, INCOMING,

        /** Defined, and not running. */
        OFF,

        /** At the source: it runs at the target, its memory still travels, or does not any more. */
        POST_COPY, POST_COPY_BROKEN
    }

    /** How a copy ended, as the source's daemon tells whoever has begun it. */
    enum CopyEnd {
        COPIED, FAILED, CANCELLED, BROKEN, UNKNOWN
    }

    /** A copy that runs. */
    private static final class Copy {
        final Name source;
        final Name target;
        final boolean suspended;
        final boolean postCopyPossible;
        final Consumer<CopyEnd> told;
        boolean postCopy;
        /** Past being cancelled. */
        boolean paused;
        boolean over;

        Copy(Name source, Name target, org.godwit.protocol.agent.Copy order, Consumer<CopyEnd> told) {
            this.source = source;
            this.target = target;
            this.suspended = order.getSuspended();
            this.postCopyPossible = order.getPostCopyPossible();
            this.postCopy = order.getPostCopy();
            this.told = told;
        }
    }

    private final VirtualTime time;
    private final Chance chance;
    private final Consumer<String> violated;
    private final Map<UUID, GuestState> guests = new LinkedHashMap<>();
    private final Map<UUID, Map<Name, DomainState>> domains = new LinkedHashMap<>();
    private final Map<UUID, Copy> copies = new LinkedHashMap<>();
    private final Set<UUID> lost = new LinkedHashSet<>();
    private final Set<UUID> shuttingDown = new LinkedHashSet<>();
    /** Which hosts have all that a VM has written to its disk; of one that runs, nobody but its host. */
    private final Map<UUID, Set<Name>> disks = new LinkedHashMap<>();
    /** Hears of a VM that was paused for its switchover, and of one that runs after it. */
    private BiConsumer<Name, UUID> paused = (_, _) -> {};
    private BiConsumer<Name, UUID> resumed = (_, _) -> {};

    Hypervisors(VirtualTime time, Chance chance, Consumer<String> violated) {
        this.time = time;
        this.chance = chance;
        this.violated = violated;
    }

    void whenPaused(BiConsumer<Name, UUID> listener) {
        paused = listener;
    }

    void whenResumed(BiConsumer<Name, UUID> listener) {
        resumed = listener;
    }

    /** Presses the power button. Most guests heed it sooner or later. */
    void shutDown(UUID vm, Name host) {
        if (state(vm, host).orElse(null) != DomainState.RUNNING || chance.isTrouble(8) || !shuttingDown.add(vm)) {
            return;
        }
        time.after(chance.between(Duration.ofSeconds(1), Duration.ofSeconds(chance.isCalm() ? 20 : 170)), () -> {
            shuttingDown.remove(vm);
            if (state(vm, host).orElse(null) == DomainState.RUNNING && !copies.containsKey(vm)) {
                set(vm, host, DomainState.OFF);
            }
        });
    }

    /** Of a VM that is off: the other host has it, too, from now on. */
    boolean define(UUID vm, Name source, Name target) {
        if (state(vm, source).orElse(null) != DomainState.OFF
                || state(vm, target).orElse(DomainState.OFF) != DomainState.OFF) {
            return false;
        }
        set(vm, target, DomainState.OFF);
        return true;
    }

    /** The daemon's business, whatever becomes of whoever asked. @param told whether it runs */
    void start(UUID vm, Name host, Consumer<Boolean> told) {
        boolean starts = !chance.isTrouble(10);
        time.after(chance.between(Duration.ofMillis(100), Duration.ofSeconds(20)), () -> {
            if (starts && state(vm, host).orElse(null) == DomainState.OFF) {
                if (!disks.get(vm).contains(host)) {
                    violated.accept(
                            guests.get(vm).name + " starts at " + host + ", and its disk is at " + disks.get(vm));
                }
                guests.get(vm).boots(time.now().plus(chance.between(Duration.ofSeconds(5), Duration.ofSeconds(40))));
                set(vm, host, DomainState.RUNNING);
            }
            told.accept(state(vm, host).orElse(null) == DomainState.RUNNING);
        });
    }

    /** Of a VM that is off. @return false when it is not, or the source's disk is not whole */
    boolean sendDisk(UUID vm, Name source, Name target) {
        boolean stands = state(vm, source).orElse(null) == DomainState.OFF && disks.get(vm).contains(source);
        if (stands) {
            disks.get(vm).add(target);
        }
        return stands;
    }

    /** What is of a VM's disk at a host that it has left, or does not come to. */
    void removeDisk(UUID vm, Name host) {
        if (state(vm, host).isEmpty() && disks.get(vm).remove(host) && disks.get(vm).isEmpty()) {
            violated.accept(guests.get(vm).name + " has no disk any more: the last one was at " + host);
        }
    }

    /** @return whether nothing is left */
    boolean undefine(UUID vm, Name host) {
        return domains.get(vm).remove(host, DomainState.OFF) || state(vm, host).isEmpty();
    }

    /** Also one that was lost, anew. */
    void boot(GuestState guest, Name host) {
        if (lost.remove(guest.uuid) && !domains.get(guest.uuid).isEmpty()) {
            violated.accept(guest.name + " is lost, and something of it is left: " + domains.get(guest.uuid));
        }
        guests.put(guest.uuid, guest);
        domains.put(guest.uuid, new LinkedHashMap<>());
        set(guest.uuid, host, DomainState.RUNNING);
    }

    /** VMs whose memory is nowhere whole any more. */
    Set<UUID> lost() {
        return Set.copyOf(lost);
    }

    GuestState guest(UUID vm) {
        return guests.get(vm);
    }

    Optional<DomainState> state(UUID vm, Name host) {
        return Optional.ofNullable(domains.get(vm).get(host));
    }

    /** libvirt's word for why it is in its state, where that matters. */
    String reason(UUID vm) {
        Collection<DomainState> states = domains.get(vm).values();
        return states.contains(DomainState.POST_COPY)
                ? "post-copy"
                : states.contains(DomainState.POST_COPY_BROKEN) ? "post-copy failed" : "any";
    }

    /** From here or to here. */
    boolean isBeingCopied(UUID vm, Name host) {
        return Optional.ofNullable(copies.get(vm))
                .filter(copy -> copy.source.equals(host) || copy.target.equals(host)).isPresent();
    }

    /** Whether a VM is being copied from here. */
    boolean copiesFrom(Name host) {
        return copies.values().stream().anyMatch(copy -> copy.source.equals(host));
    }

    Optional<Name> whereItRuns(UUID vm) {
        return domains.get(vm).entrySet().stream().filter(e -> e.getValue() == DomainState.RUNNING)
                .map(Map.Entry::getKey)
                .findFirst();
    }

    /** @param told some time after it has ended, if whoever began it still listens */
    void copy(UUID vm, Name source, Name target, org.godwit.protocol.agent.Copy order, Consumer<CopyEnd> told) {
        if (state(vm, source).orElse(null) != DomainState.RUNNING || copies.containsKey(vm)) {
            told.accept(CopyEnd.UNKNOWN);
            return;
        }
        GuestState guest = guests.get(vm);
        if (!guest.isPreparedFor(target)) {
            violated.accept(guest.name + " leaves for " + target + " and is not prepared for it");
        }
        Copy copy = new Copy(source, target, order, told);
        copies.put(vm, copy);
        time.after(chance.between(Duration.ofMillis(5), Duration.ofSeconds(60)), () -> connect(vm, copy));
    }

    /** An operator, or an agent, stops whatever copy runs; after the pause it is too late. */
    boolean cancel(UUID vm, Name source) {
        Copy copy = copies.get(vm);
        if (copy != null && copy.source.equals(source) && !copy.paused) {
            domains.get(vm).remove(copy.target);
            set(vm, source, DomainState.RUNNING);
            end(vm, copy, CopyEnd.CANCELLED);
            return true;
        }
        return false;
    }

    /** Makes a copy end that is under way: as post-copy, or with its VM standing still until then. */
    boolean force(UUID vm, Name source, boolean postCopy) {
        Copy copy = copies.get(vm);
        if (copy == null || !copy.source.equals(source) || copy.paused || postCopy && !copy.postCopyPossible
                || state(vm, copy.target).orElse(null) != DomainState.INCOMING) {
            return false;
        }
        if (postCopy) {
            copy.postCopy = true;
            time.after(chance.between(Duration.ofMillis(1), Duration.ofMillis(50)), () -> switchOver(vm, copy));
        } else {
            suspend(vm, copy);
        }
        return true;
    }

    private void suspend(UUID vm, Copy copy) {
        set(vm, copy.source, DomainState.PAUSED);
        paused.accept(copy.source, vm);
    }

    /** Takes a post-copy up again. @param told as above */
    void recover(UUID vm, Name source, Name target, Consumer<CopyEnd> told) {
        if (state(vm, source).orElse(null) != DomainState.POST_COPY_BROKEN) {
            told.accept(CopyEnd.UNKNOWN);
            return;
        }
        Copy copy = new Copy(source, target, org.godwit.protocol.agent.Copy.newBuilder().setPostCopy(true).build(),
                told);
        copy.paused = true;
        copies.put(vm, copy);
        set(vm, source, DomainState.POST_COPY);
        fetchRest(vm, copy);
    }

    /** Wakes up a domain that a copy has left paused. */
    boolean resume(UUID vm, Name host) {
        if (copies.containsKey(vm) || state(vm, host).orElse(null) != DomainState.PAUSED) {
            return false;
        }
        set(vm, host, DomainState.RUNNING);
        return true;
    }

    private void connect(UUID vm, Copy copy) {
        if (copy.over) {
            return;
        }
        if (domains.get(vm).containsKey(copy.target) || chance.isTrouble(12)) {
            end(vm, copy, CopyEnd.FAILED);
            return;
        }
        set(vm, copy.target, DomainState.INCOMING);
        if (copy.suspended) {
            suspend(vm, copy);
        }
        time.after(chance.between(Duration.ofMillis(300), Duration.ofSeconds(40)), () -> switchOver(vm, copy));
    }

    private void switchOver(UUID vm, Copy copy) {
        if (copy.over || copy.paused) {
            return;
        }
        if (chance.isTrouble(12)) {
            domains.get(vm).remove(copy.target);
            // One that stood still is held, whatever its daemon says: the target may have been told to let it run.
            end(vm, copy, state(vm, copy.source).orElseThrow() == DomainState.PAUSED
                    ? CopyEnd.UNKNOWN
                    : CopyEnd.FAILED);
            return;
        }
        copy.paused = true;
        set(vm, copy.source, DomainState.PAUSED);
        paused.accept(copy.source, vm);
        time.after(chance.between(Duration.ofMillis(10), Duration.ofMillis(500)), () -> land(vm, copy));
    }

    private void land(UUID vm, Copy copy) {
        boolean arrives = !chance.isTrouble(10);
        boolean heard = !chance.isTrouble(10);
        if (arrives && copy.postCopy) {
            set(vm, copy.source, DomainState.POST_COPY);
        }
        if (arrives) {
            set(vm, copy.target, DomainState.RUNNING);
            GuestState guest = guests.get(vm);
            if (!guest.isPreparedFor(copy.target)) {
                violated.accept(guest.name + " has landed at " + copy.target + " and is not prepared for it");
            }
            guest.wakesUpAt(copy.target);
            resumed.accept(copy.target, vm);
        } else {
            domains.get(vm).remove(copy.target);
        }
        if (arrives && copy.postCopy) {
            fetchRest(vm, copy);
        } else if (!heard) {
            // The source's daemon does not know what became of it, and leaves its own domain as it is.
            end(vm, copy, CopyEnd.UNKNOWN);
        } else {
            time.after(chance.between(Duration.ofMillis(1), Duration.ofMillis(300)), () -> confirm(vm, copy, arrives));
        }
    }

    private void fetchRest(UUID vm, Copy copy) {
        time.after(chance.between(Duration.ofMillis(100), Duration.ofSeconds(90)), () -> {
            if (copy.over) {
                return;
            }
            if (chance.isTrouble(4)) {
                if (chance.isTrouble(4)) {
                    loseTarget(vm, copy.target);
                }
                set(vm, copy.source, DomainState.POST_COPY_BROKEN);
                end(vm, copy, CopyEnd.BROKEN);
            } else {
                confirm(vm, copy, true);
            }
        });
    }

    private void loseTarget(UUID vm, Name target) {
        domains.get(vm).remove(target);
        lost.add(vm);
    }

    /** Ends the half that a post-copy has left here; a whole VM stays. */
    void abandon(UUID vm, Name host) {
        Map<Name, DomainState> here = domains.get(vm);
        if (here.get(host) == DomainState.POST_COPY || here.get(host) == DomainState.POST_COPY_BROKEN) {
            if (whereItRuns(vm).isPresent()) {
                violated.accept(guests.get(vm).name + " needs the memory that is at " + host + ", and it is ended");
            }
            here.remove(host);
        } else if (here.get(host) == DomainState.RUNNING && (here.containsValue(DomainState.POST_COPY)
                || here.containsValue(DomainState.POST_COPY_BROKEN))) {
            loseTarget(vm, host);
            here.replaceAll((_, _) -> DomainState.POST_COPY_BROKEN);
            Optional.ofNullable(copies.get(vm)).ifPresent(copy -> end(vm, copy, CopyEnd.BROKEN));
        }
    }

    private void confirm(UUID vm, Copy copy, boolean arrived) {
        if (arrived) {
            domains.get(vm).remove(copy.source);
        } else {
            set(vm, copy.source, DomainState.RUNNING);
        }
        end(vm, copy, arrived ? CopyEnd.COPIED : CopyEnd.FAILED);
    }

    private void end(UUID vm, Copy copy, CopyEnd how) {
        copy.over = true;
        copies.remove(vm, copy);
        time.after(chance.between(Duration.ofMillis(1), Duration.ofMillis(100)), () -> copy.told.accept(how));
    }

    private void set(UUID vm, Name host, DomainState state) {
        domains.get(vm).put(host, state);
        if (state == DomainState.RUNNING) {
            disks.put(vm, new LinkedHashSet<>(Set.of(host)));
        }
        long running = domains.get(vm).values().stream().filter(DomainState.RUNNING::equals).count();
        if (running > 1) {
            violated.accept(guests.get(vm).name + " runs " + running + " times: " + domains.get(vm));
        }
    }

    /** Removes what a copy whose outcome was not heard has left of a VM that runs elsewhere. */
    void sweep(UUID vm, Name host) {
        if (state(vm, host).filter(DomainState.PAUSED::equals).isPresent() && !copies.containsKey(vm)) {
            domains.get(vm).remove(host);
        }
    }
}
