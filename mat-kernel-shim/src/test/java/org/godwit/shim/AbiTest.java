package org.godwit.shim;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.godwit.testing.Tier;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code mat_shim_abi.h}, by the type information of the object that was built from it, says the same as {@link Abi}. */
@Tag("kernel")
class AbiTest {

    private static Btf btf;

    @BeforeAll
    static void readTypes(@TempDir Path folder) throws IOException {
        Tier.KERNEL.needs(Needs.lackForKernel());
        Path object = folder.resolve("mat.bpf.o");
        try (InputStream resource = KernelDataPlane.class.getResourceAsStream("mat.bpf.o")) {
            Files.copy(resource, object);
        }
        btf = new Btf(object);
    }

    @Test
    void structuresHaveTheSameShape() {
        assertThat(btf.offsets("mat_config")).isEqualTo(Map.of("output", Abi.CONFIG_OUTPUT, "abi_version",
                Abi.CONFIG_ABI_VERSION, "hoa", Abi.CONFIG_HOA, "newest", Abi.CONFIG_NEWEST,
                "generation", Abi.CONFIG_GENERATION));
        assertThat(btf.offsets("mat_landing")).isEqualTo(Map.of("in_first_ns", Abi.LANDING_IN_FIRST_NS, "in_last_ns",
                Abi.LANDING_IN_LAST_NS, "out_last_ns", Abi.LANDING_OUT_LAST_NS, "out_silence_ns",
                Abi.LANDING_OUT_SILENCE_NS, "landed_ns", Abi.LANDING_LANDED_NS));
        assertThat(btf.offsets("mat_slot"))
                .isEqualTo(Map.of("moa", Abi.SLOT_MOA, "interface_index", Abi.SLOT_INTERFACE_INDEX));
        assertThat(btf.offsets("mat_own")).isEqualTo(Map.of("slot", Abi.OWN_SLOT));
        assertThat(btf.offsets("mat_peer")).isEqualTo(Map.of("moa", Abi.PEER_MOA, "choice",
                Abi.PEER_CHOICE, "reserved", Abi.PEER_CHOICE + 4, "epoch", Abi.PEER_EPOCH));
        assertThat(btf.offsets("mat_plain")).isEqualTo(Map.of("until_ns", Abi.PLAIN_UNTIL_NS));
        assertThat(btf.offsets("mat_note")).isEqualTo(Map.of("length", Abi.NOTE_LENGTH, "text", Abi.NOTE_TEXT));
        assertThat(btf.offsets("mat_peer_moa"))
                .isEqualTo(Map.of("hoa", Abi.PEER_MOA_HOA, "place", Abi.PEER_MOA_PLACE));
        assertThat(btf.offsets("mat_held")).isEqualTo(Map.of("at_ns", Abi.HELD_AT_NS, "why", Abi.HELD_WHY, "length",
                Abi.HELD_LENGTH, "address", Abi.HELD_ADDRESS, "frame", Abi.HELD_FRAME));
        assertThat(btf.offsets("mat_gateway")).isEqualTo(Map.of("proxy_prefix", Abi.GATEWAY_PROXY_PREFIX, "address",
                Abi.GATEWAY_ADDRESS, "interface_index", Abi.GATEWAY_INTERFACE_INDEX));
        assertThat(btf.offsets("mat_proxy")).isEqualTo(Map.of("address", Abi.PROXY_ADDRESS, "used", Abi.PROXY_USED));
        assertThat(btf.offsets("mat_event")).containsAllEntriesOf(Map.of("type", Abi.EVENT_TYPE, "slot",
                Abi.EVENT_SLOT, "trigger", Abi.EVENT_TRIGGER, "address", Abi.EVENT_ADDRESS, "moa", Abi.EVENT_MOA));
    }

    @Test
    void structuresHaveTheSameSize() {
        Map<String, Integer> sizes = new HashMap<>(
                Map.of("mat_config", Abi.CONFIG_BYTES, "mat_slot", Abi.SLOT_BYTES, "mat_own",
                        Abi.OWN_BYTES, "mat_peer", Abi.PEER_BYTES, "mat_peer_moa", Abi.PEER_MOA_BYTES, "mat_exempt",
                        Abi.EXEMPT_BYTES, "mat_event", Abi.EVENT_BYTES, "in6_addr", Abi.ADDRESS_BYTES, "mat_gateway",
                        Abi.GATEWAY_BYTES, "mat_proxy", Abi.PROXY_BYTES));
        sizes.putAll(Map.of("mat_plain", Abi.PLAIN_BYTES, "mat_note", Abi.NOTE_BYTES, "mat_hook", Abi.HOOK_BYTES,
                "mat_landing", Abi.LANDING_BYTES));

        sizes.forEach((name, size) -> assertThat(btf.structBytes(name)).as(name).isEqualTo(size));
        assertThat(Abi.PEER_CHOICE - Abi.PEER_MOA).isEqualTo(Abi.PLACES * Abi.ADDRESS_BYTES);
    }

    @Test
    void numbersMeanTheSame() {
        assertThat(btf.enumerators("mat_abi"))
                .isEqualTo(Map.of("MAT_ABI_VERSION", Abi.VERSION, "MAT_EVENTS_BYTES", Abi.EVENTS_BYTES,
                        "MAT_HELD_BYTES", Abi.HELD_BYTES, "MAT_PEERS_MAX", Abi.PEERS_MAX,
                        "MAT_PLAIN_MAX", Abi.PLAIN_MAX));
        assertThat(btf.enumerators("mat_choice"))
                .isEqualTo(Map.of("MAT_ACTIVE", Abi.ACTIVE, "MAT_STAGED", Abi.STAGED, "MAT_UNPROVEN", Abi.UNPROVEN));
        assertThat(btf.enumerators("mat_newest")).isEqualTo(Map.of("MAT_NEWEST_NUMBER", Abi.NEWEST_NUMBER,
                "MAT_NEWEST_SEEN", Abi.NEWEST_SEEN, "MAT_NEWEST_WATCHED", Abi.NEWEST_WATCHED));
        assertThat(btf.enumerators("mat_place"))
                .isEqualTo(Map.of("MAT_PLACE_ACTIVE", Abi.PLACE_ACTIVE, "MAT_PLACE_STAGED",
                        Abi.PLACE_STAGED, "MAT_PLACE_RETIRED", Abi.PLACE_RETIRED));
        assertThat(btf.enumerators("mat_event_type")).isEqualTo(Map.of("MAT_EVENT_MISS_OUT", Abi.EVENT_MISS_OUT,
                "MAT_EVENT_UNKNOWN_SOURCE", Abi.EVENT_UNKNOWN_SOURCE, "MAT_EVENT_FLIPPED", Abi.EVENT_FLIPPED,
                "MAT_EVENT_PEER_FLIPPED", Abi.EVENT_PEER_FLIPPED, "MAT_EVENT_STRANGER", Abi.EVENT_STRANGER,
                "MAT_EVENT_UNKNOWN_PROXY", Abi.EVENT_UNKNOWN_PROXY));
        assertThat(btf.enumerators("mat_trigger")).isEqualTo(Map.of("MAT_TRIGGER_RECEIVED", Abi.TRIGGER_RECEIVED,
                "MAT_TRIGGER_ANNOUNCED", Abi.TRIGGER_ANNOUNCED, "MAT_TRIGGER_NOTIFIED", Abi.TRIGGER_NOTIFIED));
    }

    @Test
    void countersStandInTheSameOrder() {
        List<String> expected = Arrays.stream(Counter.values())
                .map(counter -> "MAT_" + counter.label().toUpperCase(Locale.ROOT)).toList();

        assertThat(btf.enumerators("mat_counter").keySet()).startsWith(expected.toArray(String[]::new))
                .hasSize(expected.size() + 1).endsWith("MAT_COUNTERS");
    }
}
