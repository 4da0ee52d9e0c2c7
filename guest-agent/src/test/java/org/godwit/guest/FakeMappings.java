package org.godwit.guest;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.function.Consumer;
import org.godwit.model.HomeAddress;
import org.godwit.model.MobileAddress;
import org.godwit.protocol.guest.GuestRequest.Enrol;
import org.godwit.protocol.lisp.Mapping;
import org.godwit.protocol.lisp.MappingKey;

/** A mapping server that the test answers for. */
final class FakeMappings implements Mappings, Mappings.Opener {

    final BlockingQueue<Object> asked = new LinkedBlockingQueue<>();
    final List<MobileAddress> registered = new ArrayList<>();
    volatile MobileAddress source;
    volatile Consumer<Mapping> learnt;
    final Set<MobileAddress> plain = ConcurrentHashMap.newKeySet();
    final List<HomeAddress> watched = new ArrayList<>();
    final List<MappingKey> keys = new ArrayList<>();
    int opened;
    int closed;

    @Override
    public Mappings open(Enrol identity, MobileAddress from, Consumer<Mapping> consumer) {
        opened++;
        source = from;
        learnt = consumer;
        return this;
    }

    @Override
    public void resolve(HomeAddress peer) {
        asked.add(peer);
    }

    @Override
    public void watch(Collection<HomeAddress> peers) {
        watched.addAll(peers);
    }

    @Override
    public void resolve(MobileAddress peer, Runnable nobodys) {
        asked.add(peer);
        if (plain.contains(peer)) {
            nobodys.run();
        }
    }

    @Override
    public void register(MobileAddress active) {
        registered.add(active);
    }

    @Override
    public void rekey(MappingKey next) {
        keys.add(next);
    }

    @Override
    public void rebind(MobileAddress from) {
        source = from;
    }

    @Override
    public void close() {
        closed++;
    }
}
