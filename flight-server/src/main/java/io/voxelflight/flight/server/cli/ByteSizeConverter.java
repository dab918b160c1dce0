package io.voxelflight.flight.server.cli;

import io.voxelflight.flight.config.ByteSize;
import io.voxelflight.model.ServiceException;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Reads sizes of options. */
final class ByteSizeConverter implements ITypeConverter<ByteSize> {
    @Override
    public ByteSize convert(String text) {
        try {
            return ByteSize.parse(text);
        } catch (ServiceException e) {
            throw new TypeConversionException(e.line());
        }
    }
}
