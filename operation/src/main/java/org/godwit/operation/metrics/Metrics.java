package org.godwit.operation.metrics;

import io.prometheus.metrics.core.metrics.Counter;
import io.prometheus.metrics.core.metrics.CounterWithCallback;
import io.prometheus.metrics.core.metrics.GaugeWithCallback;
import io.prometheus.metrics.core.metrics.Histogram;
import io.prometheus.metrics.expositionformats.PrometheusTextFormatWriter;
import io.prometheus.metrics.instrumentation.jvm.JvmMetrics;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The metrics of one process. Values are either counted here, or asked for whenever somebody reads. Thread-safe. */
public final class Metrics {

    /** Takes one value of a metric. */
    public interface Values {
        void are(double value, String... labels);
    }

    public static final String CONTENT_TYPE = PrometheusTextFormatWriter.CONTENT_TYPE;

    private static final Logger LOG = LoggerFactory.getLogger(Metrics.class);

    private final PrometheusRegistry registry = new PrometheusRegistry();
    private final Map<Metric, Counter> counters = new ConcurrentHashMap<>();
    private final Map<Metric, Histogram> histograms = new ConcurrentHashMap<>();

    /** Memory, threads, garbage collection, classes: under Prometheus' own names for them. */
    public Metrics withJvm() {
        JvmMetrics.builder().register(registry);
        return this;
    }

    /** Lets each of these be seen, with 0, before anything has happened. Those with labels appear with their first value. */
    public Metrics with(Metric... own) {
        for (Metric metric : own) {
            switch (metric.description().kind()) {
                case COUNTER -> counter(metric);
                case HISTOGRAM -> histogram(metric);
                case GAUGE ->
                    throw new IllegalArgumentException(metric + " is a gauge: say where its value is asked for");
            }
        }
        return this;
    }

    public void add(Metric metric, double amount, String... labels) {
        if (labels.length == 0) {
            counter(metric).inc(amount);
        } else {
            counter(metric).labelValues(labels).inc(amount);
        }
    }

    public void observe(Metric metric, Duration time, String... labels) {
        double seconds = Math.max(0, time.toNanos()) / 1e9;
        if (labels.length == 0) {
            histogram(metric).observe(seconds);
        } else {
            histogram(metric).labelValues(labels).observe(seconds);
        }
    }

    /** @param values is called for every reading; when it fails the metric is missing there */
    public Metrics ask(Metric metric, Consumer<Values> values) {
        Description description = metric.description();
        String[] labels = description.labels().toArray(String[]::new);
        switch (description.kind()) {
            case GAUGE -> GaugeWithCallback.builder().name(description.name()).help(description.help())
                    .labelNames(labels).callback(callback -> asked(metric, values, callback::call)).register(registry);
            case COUNTER -> CounterWithCallback.builder().name(description.name()).help(description.help())
                    .labelNames(labels).callback(callback -> asked(metric, values, callback::call)).register(registry);
            case HISTOGRAM -> throw new IllegalArgumentException(metric + " is a histogram: its values are observed");
        }
        return this;
    }

    /** Everything, in Prometheus' text format. */
    public byte[] text() {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try {
            PrometheusTextFormatWriter.create().write(out, registry.scrape());
        } catch (IOException e) {
            throw new UncheckedIOException("memory cannot be written", e);
        }
        return out.toByteArray();
    }

    @Override
    public String toString() {
        return new String(text(), StandardCharsets.UTF_8);
    }

    private static void asked(Metric metric, Consumer<Values> values, Values callback) {
        try {
            values.accept(callback);
        } catch (RuntimeException e) {
            LOG.warn("metric {} is missing: {}", metric.description().name(), e.toString());
        }
    }

    private Counter counter(Metric metric) {
        return counters.computeIfAbsent(metric, _ -> Counter.builder().name(metric.description().name())
                .help(metric.description().help()).labelNames(metric.description().labels().toArray(String[]::new))
                .register(registry));
    }

    private Histogram histogram(Metric metric) {
        return histograms.computeIfAbsent(metric,
                _ -> Histogram.builder().name(metric.description().name()).help(metric.description().help())
                        .labelNames(metric.description().labels().toArray(String[]::new)).classicOnly()
                        .classicUpperBounds(metric.description().bounds().stream().mapToDouble(it -> it).toArray())
                        .register(registry));
    }
}
