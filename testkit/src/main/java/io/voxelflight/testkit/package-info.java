/**
 * What tests of every module share: real data, a database, an allocator that must end empty, and contract suites that each
 * implementation of a seam passes.
 *
 * <p>Arrives: an implementation, given by the test class that extends a suite. Leaves: a verdict. Only tests may call; the
 * modules below ({@code model}, {@code block-io}, {@code catalog}) keep what their own tests need to themselves, as this
 * module builds on them.
 */
@NullMarked
package io.voxelflight.testkit;

import org.jspecify.annotations.NullMarked;
