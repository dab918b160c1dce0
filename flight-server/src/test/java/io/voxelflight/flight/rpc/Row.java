package io.voxelflight.flight.rpc;

import io.voxelflight.model.Point;

/** A block that was received and whose voxels were found right. */
record Row(Point origin, int validZ, int validY, int validX) {}
