/**
 * Values that every module speaks in: coordinates, boxes, grids, element types, names and errors.
 *
 * <p>Coordinates are voxel indices in (t, c, z, y, x) order, slowest first. Nothing here knows a file format, a
 * database or a protocol, and nothing but the JDK is used.
 */
@NullMarked
package io.voxelflight.model;

import org.jspecify.annotations.NullMarked;
