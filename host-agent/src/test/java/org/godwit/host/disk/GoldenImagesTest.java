package org.godwit.host.disk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.godwit.host.disk.GoldenImages.Golden;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GoldenImagesTest {

    @TempDir
    Path folder;

    @Test
    void imagesAreKnownByTheirNamesAndTakenWhenTheyCome() throws IOException {
        GoldenImages golden = GoldenImages.in(folder);
        assertThat(golden.images()).isEmpty();
        Path debian = Files.createFile(folder.resolve("debian-12.qcow2"));
        Path old = Files.createFile(folder.resolve("old.img"));
        Files.createFile(folder.resolve("README"));
        Files.createDirectory(folder.resolve("more.raw"));
        assertThat(golden.images()).containsExactly(new Golden(debian, "qcow2"), new Golden(old, "raw"));
        assertThat(GoldenImages.none().images()).isEmpty();
    }

    @Test
    void aFolderThatIsNoneIsNamed() throws IOException {
        assertThatThrownBy(() -> GoldenImages.in(Path.of("golden"))).hasMessageContaining("absolute path");
        assertThatThrownBy(() -> GoldenImages.in(folder.resolve("none"))).hasMessageContaining("/none");
        Path file = Files.createFile(folder.resolve("file"));
        assertThatThrownBy(() -> GoldenImages.in(file)).hasMessageContaining("folder that the agent may read");
    }

    @Test
    void imagesThatAnybodyMayChangeAreRefused() throws IOException {
        Path image = Files.createFile(folder.resolve("debian-12.qcow2"));
        Files.setPosixFilePermissions(image, PosixFilePermissions.fromString("rw-r--rw-"));
        assertThatThrownBy(() -> GoldenImages.in(folder)).hasMessage("anybody may write to " + image + ": chmod o-w");
    }

    @Test
    void thereAreNotTooManyOfThem() throws IOException {
        for (int i = 0; i <= GoldenImages.IMAGES_MAX; i++) {
            Files.createFile(folder.resolve(i + ".raw"));
        }
        assertThatThrownBy(() -> GoldenImages.in(folder)).hasMessageContaining("has 9 images: leave at most 8");
    }
}
