package io.voxelflight.blockio.format;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.voxelflight.model.Axis;
import io.voxelflight.model.ElementType;
import io.voxelflight.model.ErrorCode;
import io.voxelflight.model.Extent;
import io.voxelflight.model.ServiceException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ZarrV3Test {
    private static final String ARRAY = "{'zarr_format':3,'node_type':'array','shape':[4,5,6],'data_type':'uint16',"
            + "'chunk_grid':{'name':'regular','configuration':{'chunk_shape':[2,3,4]}},"
            + "'chunk_key_encoding':{'name':'default','configuration':{'separator':'/'}},'fill_value':0,"
            + "'codecs':[{'name':'bytes','configuration':{'endian':'little'}}],'attributes':{}}";

    @Test
    void anArrayIsResolved() {
        ArrayMetadata array = parse(ARRAY.replace("'fill_value':0", "'fill_value':258"));

        assertThat(array.extent()).isEqualTo(Extent.zyx(4, 5, 6));
        assertThat(array.chunk()).isEqualTo(Extent.zyx(2, 3, 4));
        assertThat(array.elementType()).isEqualTo(ElementType.UINT16);
        assertThat(array.fillValue()).containsExactly(2, 1);
        assertThat(array.axes()).isEqualTo(List.of(Axis.Z, Axis.Y, Axis.X));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                // what replaces what | how it ends | what the message names
                "'shape':[4,5,6] | 'shape':[4,5,-6] | CORRUPT_DATA | shape",
                "'shape':[4,5,6] | 'shape':[4,5,1e3] | CORRUPT_DATA | shape",
                "'shape':[4,5,6] | 'shape':[4,5,9223372036854775807] | CORRUPT_DATA | shape",
                "'shape':[4,5,6] | 'shape':[281474976710656,281474976710656,6] | CORRUPT_DATA | impossible size",
                "'shape':[4,5,6] | 'shape':'many' | CORRUPT_DATA | no shape",
                "'shape':[4,5,6] | 'shape':[4,5] | CORRUPT_DATA | dimensions",
                "'shape':[4,5,6] | 'shape':[1,1,1,4,5,6] | UNSUPPORTED | 6 dimensions",
                "[2,3,4] | [2,0,4] | CORRUPT_DATA | chunk_shape",
                "'uint16' | 'complex64' | UNSUPPORTED | complex64",
                "'uint16' | 'r16' | UNSUPPORTED | r16",
                "'uint16' | {'name':'structured'} | UNSUPPORTED | structured",
                "'regular' | 'rectangular' | UNSUPPORTED | rectangular",
                "'default' | 'fancy' | UNSUPPORTED | fancy",
                "'separator':'/' | 'separator':'-' | CORRUPT_DATA | separator",
                "'fill_value':0 | 'fill_value':70000 | CORRUPT_DATA | 70000",
                "'fill_value':0 | 'fill_value':-1 | CORRUPT_DATA | -1",
                "'fill_value':0 | 'fill_value':'0x1' | CORRUPT_DATA | 0x1",
                "'fill_value':0 | 'fill_value':0,'magic':{'name':'magic'} | UNSUPPORTED | magic",
                "'fill_value':0 | 'fill_value':0,'storage_transformers':[{'name':'s'}] | UNSUPPORTED | transformers",
                "'endian':'little' | 'endian':'middle' | CORRUPT_DATA | middle",
                "'name':'bytes' | 'name':'blosc' | CORRUPT_DATA | blosc",
                "'name':'bytes' | 'name':'jpeg2000' | UNSUPPORTED | jpeg2000",
                "'name':'bytes' | 'name':'numcodecs.pcodec' | UNSUPPORTED | pcodec",
                "'codecs':[ | 'codecs':[{'name':'transpose'}, | CORRUPT_DATA | transpose",
                "'codecs':[{'name':'bytes','configuration':{'endian':'little'}}] | 'codecs':[] | CORRUPT_DATA | codec",
                "'zarr_format':3 | 'zarr_format':2 | CORRUPT_DATA | Zarr v3"
            })
    void whatIsWrongOrUnknownIsRefusedByName(String from, String to, ErrorCode code, String named) {
        String text = ARRAY.replace(from, to);
        assertThat(text).isNotEqualTo(ARRAY);
        assertThatThrownBy(() -> parse(text))
                .isInstanceOfSatisfying(
                        ServiceException.class, e -> assertThat(e.code()).isEqualTo(code))
                .hasMessageStartingWith("the place")
                .hasMessageContaining(named);
    }

    @Test
    void anExtensionThatNeedNotBeUnderstoodIsPassedOver() {
        parse(ARRAY.replace("'attributes'", "'note':{'must_understand':false},'attributes'"));
    }

    @Test
    void fillValuesOfFloatsAreExact() {
        String floats = ARRAY.replace("uint16", "float32");
        assertThat(parse(floats.replace("'fill_value':0", "'fill_value':'0x7fc00001'"))
                        .fillValue())
                .containsExactly(1, 0, 0xc0, 0x7f);
        assertThat(parse(floats.replace("'fill_value':0", "'fill_value':'-Infinity'"))
                        .fillValue())
                .containsExactly(0, 0, 0x80, 0xff);
        assertThat(parse(floats.replace("'fill_value':0", "'fill_value':NaN")).fillValue())
                .containsExactly(0, 0, 0xc0, 0x7f);
    }

    @Test
    void textThatIsNoMetadataIsRefused() {
        for (String text : List.of("", "[]", "{", "null", "\u0000", "{'a':".repeat(5000))) {
            assertThatThrownBy(() -> parse(text))
                    .isInstanceOfSatisfying(
                            ServiceException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.CORRUPT_DATA));
        }
    }

    private static ArrayMetadata parse(String text) {
        byte[] document = text.replace('\'', '"').getBytes(StandardCharsets.UTF_8);
        return ZarrV3.array(Metadata.parse(document, "the place"), null, "the place");
    }
}
