package io.voxelflight.blockio.format;

import java.util.Map;
import java.util.OptionalDouble;

/** Units of length as metadata spells them. */
final class LengthUnit {
    private static final Map<String, Double> NANOMETRES = Map.ofEntries(
            Map.entry("pm", 1e-3),
            Map.entry("picometer", 1e-3),
            Map.entry("picometre", 1e-3),
            Map.entry("angstrom", 0.1),
            Map.entry("\u212b", 0.1),
            Map.entry("\u00c5", 0.1),
            Map.entry("nm", 1.0),
            Map.entry("nanometer", 1.0),
            Map.entry("nanometers", 1.0),
            Map.entry("nanometre", 1.0),
            Map.entry("um", 1e3),
            Map.entry("\u00b5m", 1e3),
            Map.entry("\u03bcm", 1e3),
            Map.entry("micron", 1e3),
            Map.entry("microns", 1e3),
            Map.entry("micrometer", 1e3),
            Map.entry("micrometers", 1e3),
            Map.entry("micrometre", 1e3),
            Map.entry("mm", 1e6),
            Map.entry("millimeter", 1e6),
            Map.entry("millimeters", 1e6),
            Map.entry("millimetre", 1e6),
            Map.entry("cm", 1e7),
            Map.entry("centimeter", 1e7),
            Map.entry("centimetre", 1e7),
            Map.entry("m", 1e9),
            Map.entry("meter", 1e9),
            Map.entry("metre", 1e9));

    private LengthUnit() {}

    /** How many nanometres one of it is; empty if it is no unit of length. */
    static OptionalDouble nanometres(String name) {
        Double factor = NANOMETRES.get(name.strip());
        if (factor == null) {
            factor = NANOMETRES.get(name.strip().toLowerCase(java.util.Locale.ROOT));
        }
        return factor == null ? OptionalDouble.empty() : OptionalDouble.of(factor);
    }
}
