package org.godwit.mcs.ims;

import java.util.Collection;
import java.util.function.Consumer;
import org.godwit.model.HomeAddress;

/** What a control server must not forget whose mapping server is another process. */
public interface MirrorStore extends MappingStore {

    /** Read once, at start. */
    void readOwed(Consumer<HomeAddress> reader);

    /** These mappings were written, and the mapping server does not know yet. */
    void saveOwed(Collection<HomeAddress> hoas);

    /** The mapping server knows of them now. */
    void removeOwed(Collection<HomeAddress> hoas);
}
