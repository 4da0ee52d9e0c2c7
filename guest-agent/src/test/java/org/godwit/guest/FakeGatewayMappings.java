package org.godwit.guest;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import org.godwit.model.HomeAddress;
import org.godwit.model.MobileAddress;

/** A mapping server that the test answers for. */
final class FakeGatewayMappings implements GatewayMappings {

    /** What was said and asked, in words. */
    final List<String> heard = new ArrayList<>();
    final Queue<CompletableFuture<Boolean>> registrations = new ArrayDeque<>();
    final Queue<CompletableFuture<Optional<HomeAddress>>> questions = new ArrayDeque<>();

    @Override
    public void resolve(HomeAddress mobileNode) {
        heard.add("where is " + mobileNode);
    }

    @Override
    public void watch(Collection<HomeAddress> mobileNodes) {
        mobileNodes.forEach(hoa -> heard.add("watches " + hoa));
    }

    @Override
    public void resolve(MobileAddress mobileNode) {
        heard.add("who is at " + mobileNode);
    }

    @Override
    public CompletableFuture<Boolean> registerProxied(HomeAddress correspondent, MobileAddress proxy) {
        heard.add(correspondent + " is at " + proxy);
        CompletableFuture<Boolean> answer = new CompletableFuture<>();
        registrations.add(answer);
        return answer;
    }

    @Override
    public CompletableFuture<Boolean> withdrawProxied(HomeAddress correspondent, MobileAddress proxy) {
        heard.add(correspondent + " is no longer at " + proxy);
        return CompletableFuture.completedFuture(true);
    }

    @Override
    public CompletableFuture<Optional<HomeAddress>> correspondent(MobileAddress proxy) {
        heard.add("who was at " + proxy);
        CompletableFuture<Optional<HomeAddress>> answer = new CompletableFuture<>();
        questions.add(answer);
        return answer;
    }

    @Override
    public void close() {}
}
