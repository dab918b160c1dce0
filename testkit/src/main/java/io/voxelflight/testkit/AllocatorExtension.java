package io.voxelflight.testkit;

import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.RootAllocator;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * An allocator for each test that must be empty when the test ends: a buffer or child left open fails it. Use as an
 * instance field with {@code @RegisterExtension}.
 */
public final class AllocatorExtension implements BeforeEachCallback, AfterEachCallback {
    private final long limitBytes;
    private @Nullable RootAllocator allocator;

    public AllocatorExtension() {
        this(Long.MAX_VALUE);
    }

    /** @param limitBytes what the test may allocate at once */
    public AllocatorExtension(long limitBytes) {
        this.limitBytes = limitBytes;
    }

    /** The running test's allocator. */
    public BufferAllocator allocator() {
        if (allocator == null) {
            throw new IllegalStateException("no test runs: make the extension an instance field");
        }
        return allocator;
    }

    @Override
    public void beforeEach(ExtensionContext context) {
        begin();
    }

    @Override
    public void afterEach(ExtensionContext context) {
        end();
    }

    void begin() {
        allocator = new RootAllocator(limitBytes);
    }

    void end() {
        RootAllocator ended = allocator;
        allocator = null;
        if (ended == null) {
            return;
        }
        long left = ended.getAllocatedMemory();
        String tree = ended.toVerboseString();
        try {
            ended.close();
        } catch (IllegalStateException e) {
            throw new AssertionError("the test left " + left + " bytes allocated:\n" + tree, e);
        }
    }
}
