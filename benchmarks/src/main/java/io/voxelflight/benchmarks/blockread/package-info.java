/** Question: how fast do blocks of a stored volume arrive, decoded in process or through Flight, beside other readers? */
@NullMarked
package io.voxelflight.benchmarks.blockread;

import org.jspecify.annotations.NullMarked;
