package org.godwit.guest;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import org.godwit.model.Epoch;
import org.godwit.model.HomeAddress;

/** One line, {@code HOA EPOCH}, in the file {@code epoch} of a folder. A damaged one counts as none. */
record EpochFile(Path folder) implements Epochs {

    @Override
    public Epoch highest(HomeAddress hoa) {
        try {
            String[] words = Files.readString(file()).strip().split(" ");
            return words.length == 2 && words[0].equals(hoa.toString())
                    ? new Epoch(Long.parseLong(words[1]))
                    : Epoch.NONE;
        } catch (NoSuchFileException | IllegalArgumentException e) {
            return Epoch.NONE;
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read " + file(), e);
        }
    }

    /** Written aside, forced and renamed: after a crash either the old line is there or the new one. */
    @Override
    public void keep(HomeAddress hoa, Epoch epoch) {
        Path aside = folder.resolve("epoch.new");
        try {
            Files.createDirectories(folder);
            try (FileChannel channel = FileChannel.open(aside, StandardOpenOption.CREATE, StandardOpenOption.WRITE,
                    StandardOpenOption.TRUNCATE_EXISTING)) {
                ByteBuffer line = ByteBuffer.wrap((hoa + " " + epoch + "\n").getBytes(StandardCharsets.US_ASCII));
                while (line.hasRemaining()) {
                    channel.write(line);
                }
                channel.force(true);
            }
            Files.move(aside, file(), StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
            try (FileChannel directory = FileChannel.open(folder, StandardOpenOption.READ)) {
                directory.force(true);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("cannot keep " + file(), e);
        }
    }

    private Path file() {
        return folder.resolve("epoch");
    }
}
