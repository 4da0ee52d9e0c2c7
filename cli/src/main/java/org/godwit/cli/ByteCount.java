package org.godwit.cli;

import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Sizes as people write them: {@code 800MiB}, {@code 4GiB}, or a number of bytes. */
final class ByteCount implements ITypeConverter<Long> {

    private static final Pattern TEXT = Pattern.compile("(\\d{1,15})(|KiB|MiB|GiB|TiB)");
    private static final Map<String, Integer> SHIFT = Map.of("", 0, "KiB", 10, "MiB", 20, "GiB", 30, "TiB", 40);

    @Override
    public Long convert(String text) {
        Matcher matcher = TEXT.matcher(text);
        if (!matcher.matches()) {
            throw new TypeConversionException(
                    "a size is a number of bytes, or one and KiB, MiB, GiB or TiB, such as 800MiB; got \"" + text
                            + "\"");
        }
        long number = Long.parseLong(matcher.group(1));
        int shift = SHIFT.get(matcher.group(2));
        if (number == 0 || number > Long.MAX_VALUE >> shift) {
            throw new TypeConversionException(
                    "a largest size must be above zero and below 8 EiB; got \"" + text + "\"");
        }
        return number << shift;
    }
}
