package org.godwit.lab.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class DebianKernelTest {

    @Test
    void theKernelIsTheOneThatTheNewestMetaPackageDependsOn() {
        DebianKernel kernel = DebianKernel.parse("""
                Package: linux-image-cloud-amd64
                Version: 6.1.192-2
                Depends: linux-image-6.1.0-56-cloud-amd64 (= 6.1.192-2)

                Package: linux-image-cloud-amd64
                Version: 6.1.176-1
                Depends: linux-image-6.1.0-50-cloud-amd64 (= 6.1.176-1)
                """);

        assertThat(kernel).isEqualTo(new DebianKernel("linux-image-6.1.0-56-cloud-amd64", "6.1.192-2"));
    }

    @Test
    void aMetaPackageWithoutAKernelIsRefused() {
        assertThatThrownBy(() -> DebianKernel.parse("Package: linux-image-cloud-amd64\n"))
                .hasMessageContaining("does not name the kernel");
    }

    @Test
    void theLibrariesOfAProgramAreReadFromLdd() {
        assertThat(MachineFiles.needed("""
                	linux-vdso.so.1 (0x00007ffd4a5f2000)
                	libbpf.so.1 => /lib/x86_64-linux-gnu/libbpf.so.1 (0x00007f1)
                	libjvm.so => /opt/jdk/lib/./server/libjvm.so (0x00007f2)
                	/lib64/ld-linux-x86-64.so.2 (0x00007f3)
                """)).containsExactly(Path.of("/lib/x86_64-linux-gnu/libbpf.so.1"),
                Path.of("/opt/jdk/lib/server/libjvm.so"), Path.of("/lib64/ld-linux-x86-64.so.2"));
    }
}
