/** Question: how fast do warm blocks leave the server, beside Flight's own listener and the limit of the machine? */
@NullMarked
package io.voxelflight.benchmarks.flightstream;

import org.jspecify.annotations.NullMarked;
