/** Question: how fast is each codec undone, beside the C library? */
@NullMarked
package io.voxelflight.benchmarks.codecs;

import org.jspecify.annotations.NullMarked;
