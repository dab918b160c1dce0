package io.voxelflight.flight.access;

import java.security.SecureRandom;
import java.util.HexFormat;

/**
 * One call: who makes it, and by which name the client and the logs know it.
 *
 * @param id 16 hexadecimal digits, told to the client
 * @param address of the client, without the port
 */
public record Request(String id, Caller caller, String address) {
    /** One that no client made: for work of our own. */
    public static final Request OWN = new Request("0000000000000000", Caller.ANYONE, "");

    private static final SecureRandom RANDOM = new SecureRandom();
    private static final int ID_BYTES = 8;

    public static Request of(Caller caller, String address) {
        byte[] id = new byte[ID_BYTES];
        RANDOM.nextBytes(id);
        return new Request(HexFormat.of().formatHex(id), caller, address);
    }
}
