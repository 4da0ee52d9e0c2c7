package org.godwit.cli;

import java.math.BigDecimal;
import java.time.Duration;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Times as people write them: {@code 100ms}, {@code 1.5s}, {@code 2min}. */
final class TimeSpan implements ITypeConverter<Duration> {

    private static final Pattern TEXT = Pattern.compile("(\\d{1,9}(?:\\.\\d{1,6})?)(ms|s|min)");
    private static final Map<String, Long> NANOS = Map.of("ms", 1_000_000L, "s", 1_000_000_000L, "min",
            60_000_000_000L);

    @Override
    public Duration convert(String text) {
        Matcher matcher = TEXT.matcher(text);
        if (!matcher.matches()) {
            throw new TypeConversionException(
                    "a time is a number and ms, s or min, such as 100ms; got \"" + text + "\"");
        }
        Duration time = Duration.ofNanos(
                new BigDecimal(matcher.group(1)).multiply(BigDecimal.valueOf(NANOS.get(matcher.group(2))))
                        .longValue());
        if (time.isZero()) {
            throw new TypeConversionException("a longest time must be above zero");
        }
        return time;
    }
}
