package io.voxelflight.blockio.format;

import java.util.Locale;
import java.util.Map;

/** Units of length as UDUNITS-2 and microscopes write them. */
final class Units {
    private static final Map<String, Double> NANOMETRES = Map.ofEntries(
            Map.entry("angstrom", 0.1),
            Map.entry("picometer", 1e-3),
            Map.entry("nanometer", 1.0),
            Map.entry("micrometer", 1e3),
            Map.entry("micron", 1e3),
            Map.entry("millimeter", 1e6),
            Map.entry("centimeter", 1e7),
            Map.entry("decimeter", 1e8),
            Map.entry("meter", 1e9),
            Map.entry("kilometer", 1e12),
            Map.entry("femtometer", 1e-6),
            Map.entry("inch", 2.54e7),
            Map.entry("foot", 3.048e8),
            Map.entry("yard", 9.144e8));

    private static final Map<String, Double> SYMBOLS = Map.ofEntries(
            Map.entry("pm", 1e-3),
            Map.entry("nm", 1.0),
            Map.entry("um", 1e3),
            Map.entry("\u00b5m", 1e3),
            Map.entry("\u03bcm", 1e3),
            Map.entry("mm", 1e6),
            Map.entry("cm", 1e7),
            Map.entry("m", 1e9),
            Map.entry("\u00c5", 0.1));

    private Units() {}

    /** How many nanometres a unit is; 0 if it is none of length. */
    static double nanometres(String unit) {
        Double symbol = SYMBOLS.get(unit);
        if (symbol != null) {
            return symbol;
        }
        String name = unit.toLowerCase(Locale.ROOT).replace("metre", "meter");
        return NANOMETRES.getOrDefault(name.endsWith("s") ? name.substring(0, name.length() - 1) : name, 0.0);
    }
}
