package org.godwit.host.hypervisor;

import com.sun.jna.Pointer;
import java.util.HashMap;
import java.util.Map;
import org.godwit.host.hypervisor.Hypervisor.CopyProgress;
import org.godwit.host.hypervisor.Hypervisor.CopyStatistics;
import org.godwit.model.DowntimeLadder;
import org.libvirt.TypedParameter;
import org.libvirt.jna.virTypedParameter;

/** The whole numbers among a migration job's typed parameters, by the names of libvirt-domain.h (VIR_DOMAIN_JOB_…). */
record JobNumbers(Map<String, Long> values) {

    // struct _virTypedParameter: char field[80]; int type; union of 8 bytes, aligned to 8.
    private static final int TYPE_OFFSET = 80;
    private static final int VALUE_OFFSET = 88;
    private static final int SIZE = 96;

    JobNumbers {
        values = Map.copyOf(values);
    }

    static JobNumbers of(TypedParameter[] parameters) {
        Map<String, Long> values = new HashMap<>();
        for (TypedParameter parameter : parameters) {
            if (isWhole(parameter.getType())) {
                values.put(parameter.field, Long.parseUnsignedLong(parameter.getValueAsString()));
            }
        }
        return new JobNumbers(values);
    }

    /**
     * Reads the native array where it stands. libvirt-java's own reader frees what it has read, but the parameters of an
     * event belong to libvirt.
     */
    static JobNumbers of(Pointer parameters, int count) {
        Map<String, Long> values = new HashMap<>();
        for (int i = 0; i < count; i++) {
            Pointer parameter = parameters.share((long) i * SIZE);
            int type = parameter.getInt(TYPE_OFFSET);
            if (isWhole(type)) {
                boolean wide = type == virTypedParameter.TYPED_PARAM_LONG
                        || type == virTypedParameter.TYPED_PARAM_ULONG;
                values.put(parameter.getString(0),
                        wide
                                ? parameter.getLong(VALUE_OFFSET)
                                : Integer.toUnsignedLong(parameter.getInt(VALUE_OFFSET)));
            }
        }
        return new JobNumbers(values);
    }

    /** What is mirrored of disks counts as processed, too: it goes before the memory, and takes its time. */
    CopyProgress progress() {
        return new CopyProgress(number("memory_total"), number("memory_processed") + number("disk_processed"),
                number("memory_remaining"),
                (int) number("memory_iteration"), number("memory_dirty_rate"), number("memory_bps"),
                number("time_elapsed"));
    }

    CopyOutlook outlook(DowntimeLadder ladder) {
        return new CopyOutlook(ladder, (int) number("memory_iteration"), number("memory_remaining"),
                number("memory_bps"));
    }

    CopyStatistics statistics(boolean endedAsPostCopy) {
        return new CopyStatistics(number("downtime"), number("time_elapsed"), number("memory_processed"),
                number("memory_normal"), number("memory_constant"), (int) number("memory_iteration"),
                number("memory_postcopy_requests"), pagesDirty(), (int) number("auto_converge_throttle"),
                number("memory_bps"), endedAsPostCopy);
    }

    /** Whatever was sent of more pages than there are; a page of which only the changes were sent is one, too. */
    private long pagesDirty() {
        long pageSize = number("memory_page_size");
        long sent = number("memory_normal") + number("memory_constant") + number("compression_pages");
        return pageSize == 0 ? 0 : Math.max(0, sent - number("memory_total") / pageSize);
    }

    private long number(String name) {
        return values.getOrDefault(name, 0L);
    }

    private static boolean isWhole(int type) {
        return type >= virTypedParameter.TYPED_PARAM_INT && type <= virTypedParameter.TYPED_PARAM_ULONG;
    }
}
