package io.voxelflight.sql.execute;

import java.io.IOException;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.RoundingMode;

/**
 * PostgreSQL's binary numerics: counts of digits and weight, sign, scale, then digits to base 10,000.
 *
 * @see <a href="https://www.postgresql.org/docs/current/datatype-numeric.html">numeric; numeric_send in numeric.c</a>
 */
final class Numerics {
    private static final int HEADER = 8;
    private static final int NEGATIVE = 0x4000;
    private static final int POSITIVE = 0;

    private Numerics() {}

    /** The value, rounded half up to a scale. */
    static BigDecimal decode(byte[] bytes, int offset, int length, int scale) throws IOException {
        int digits = BigEndian.int2(bytes, offset);
        int weight = BigEndian.int2(bytes, offset + 2);
        int sign = BigEndian.int2(bytes, offset + 4) & 0xffff;
        if (sign != POSITIVE && sign != NEGATIVE) {
            throw new IOException("NaN or infinity has no DECIMAL: cast it to DOUBLE");
        }
        if (length != HEADER + digits * Short.BYTES) {
            throw new IOException("a numeric of " + digits + " digits has " + length + " bytes");
        }
        BigInteger unscaled;
        if (digits <= 4) {
            long small = 0;
            for (int i = 0; i < digits; i++) {
                small = small * 10_000 + BigEndian.int2(bytes, offset + HEADER + i * Short.BYTES);
            }
            unscaled = BigInteger.valueOf(small);
        } else {
            StringBuilder text = new StringBuilder(digits * 4);
            for (int i = 0; i < digits; i++) {
                String digit = Integer.toString(BigEndian.int2(bytes, offset + HEADER + i * Short.BYTES));
                text.append("0".repeat(4 - digit.length())).append(digit);
            }
            unscaled = new BigInteger(text.toString());
        }
        BigDecimal value = new BigDecimal(unscaled, (digits - 1 - weight) * 4);
        return (sign == NEGATIVE ? value.negate() : value).setScale(scale, RoundingMode.HALF_UP);
    }
}
