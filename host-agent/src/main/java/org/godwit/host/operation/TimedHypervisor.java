package org.godwit.host.operation;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.Set;
import java.util.function.LongSupplier;
import org.godwit.host.hypervisor.Hypervisor;
import org.godwit.operation.metrics.Metrics;

/** Times whatever is asked of the hypervisor, by the name of the method. */
public final class TimedHypervisor {

    /** Have an end of their own choosing. */
    private static final Set<String> LASTING = Set.of("copy", "commit");

    private TimedHypervisor() {}

    public static Hypervisor of(Hypervisor proper, Metrics metrics, LongSupplier nanoTicker) {
        metrics.with(HostMetric.LIBVIRT_SECONDS);
        return (Hypervisor) Proxy.newProxyInstance(Hypervisor.class.getClassLoader(),
                new Class<?>[]{Hypervisor.class }, (_, method, arguments) -> {
                    long began = nanoTicker.getAsLong();
                    try {
                        return method.invoke(proper, arguments);
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    } finally {
                        if (!LASTING.contains(method.getName())) {
                            metrics.observe(HostMetric.LIBVIRT_SECONDS,
                                    Duration.ofNanos(nanoTicker.getAsLong() - began), method.getName());
                        }
                    }
                });
    }
}
