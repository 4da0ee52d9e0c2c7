package org.godwit.operation.log;

import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.ThrowableProxyUtil;
import ch.qos.logback.core.OutputStreamAppender;
import ch.qos.logback.core.encoder.EncoderBase;
import java.nio.charset.StandardCharsets;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.slf4j.LoggerFactory;
import org.slf4j.event.KeyValuePair;

/**
 * Writes what is logged, a line each. What a line is about stands in key-value pairs; in JSON what its thread is busy with
 * (the MDC) and which process it is (the context's properties) are members, too. Whatever a text holds, it stays in its line and
 * in its value.
 */
public final class LogLines extends EncoderBase<ILoggingEvent> {

    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSS'Z'")
            .withZone(ZoneOffset.UTC);
    private static final Pattern PLAIN = Pattern.compile("[^\\s\"=\\p{Cntrl}]+");

    private volatile LogFormat format = LogFormat.TEXT;

    /** Which process this is, in every line in JSON. */
    public static void always(String key, String value) {
        if (LoggerFactory.getILoggerFactory() instanceof LoggerContext context) {
            context.putProperty(key, value);
        }
    }

    /** How all lines are written from now on. */
    public static void use(LogFormat format) {
        if (LoggerFactory.getILoggerFactory() instanceof LoggerContext context) {
            context.getLoggerList().forEach(logger -> logger.iteratorForAppenders().forEachRemaining(appender -> {
                if (appender instanceof OutputStreamAppender<?> stream
                        && stream.getEncoder() instanceof LogLines lines) {
                    lines.format = format;
                }
            }));
        }
    }

    /** Called by Logback for what stands in its configuration, too: text or json. */
    public void setFormat(LogFormat format) {
        this.format = format;
    }

    @Override
    public byte[] headerBytes() {
        return new byte[0];
    }

    @Override
    public byte[] footerBytes() {
        return new byte[0];
    }

    @Override
    public byte[] encode(ILoggingEvent event) {
        return line(event).getBytes(StandardCharsets.UTF_8);
    }

    /** @return one line with its end; in text a failure's trace follows */
    public String line(ILoggingEvent event) {
        return switch (format) {
            case TEXT -> text(event);
            case JSON -> json(event);
        };
    }

    private static String text(ILoggingEvent event) {
        String pairs = pairs(event).stream().map(pair -> pair.key + "=" + word(String.valueOf(pair.value)))
                .collect(Collectors.joining(" "));
        String message = oneLine(event.getFormattedMessage());
        String trace = event.getThrowableProxy() == null ? "" : ThrowableProxyUtil.asString(event.getThrowableProxy());
        return TIME.format(event.getInstant()) + String.format(" %-5s ", event.getLevel()) + logger(event) + " - "
                + message + (message.isEmpty() || pairs.isEmpty() ? "" : " ") + pairs + "\n" + trace;
    }

    private static String json(ILoggingEvent event) {
        Map<String, Object> members = new LinkedHashMap<>();
        members.put("at", TIME.format(event.getInstant()));
        members.put("level", event.getLevel());
        members.put("logger", logger(event));
        if (!event.getFormattedMessage().isEmpty()) {
            members.put("message", event.getFormattedMessage());
        }
        members.putAll(event.getLoggerContextVO().getPropertyMap());
        members.putAll(event.getMDCPropertyMap());
        pairs(event).forEach(pair -> {
            if (pair.value instanceof Change change) {
                members.put(pair.key + "_before", change.from());
                members.put(pair.key, change.to());
            } else {
                members.put(pair.key, pair.value);
            }
        });
        if (event.getThrowableProxy() != null) {
            members.put("trace", ThrowableProxyUtil.asString(event.getThrowableProxy()));
        }
        return members.entrySet().stream()
                .map(member -> JsonText.quoted(member.getKey()) + ":" + JsonText.of(member.getValue()))
                .collect(Collectors.joining(",", "{", "}\n"));
    }

    private static List<KeyValuePair> pairs(ILoggingEvent event) {
        return event.getKeyValuePairs() == null ? List.of() : event.getKeyValuePairs();
    }

    private static String logger(ILoggingEvent event) {
        return event.getLoggerName().substring(event.getLoggerName().lastIndexOf('.') + 1);
    }

    private static String word(String value) {
        return PLAIN.matcher(value).matches() ? value : "\"" + oneLine(value).replace("\"", "'") + "\"";
    }

    private static String oneLine(String text) {
        return text.replaceAll("\\p{Cntrl}", " ");
    }
}
