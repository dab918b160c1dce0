package io.voxelflight.blockio.fetch;

import java.util.List;

/** A store that can say what it holds; not every one can, so it is a capability of its own. */
public interface ObjectLister {
    /**
     * The names directly below a prefix, in no order; those below which there are more end in {@code /}.
     *
     * @param prefix a folder's key without {@code /} at its end; empty: the store's root
     * @param most names
     * @return empty if there is nothing below
     * @throws io.voxelflight.model.ServiceException UNSUPPORTED if the store cannot list; RESOURCE_EXHAUSTED if there are
     *     more names than {@code most}; UNAVAILABLE naming the prefix
     */
    List<String> list(String prefix, long most);
}
