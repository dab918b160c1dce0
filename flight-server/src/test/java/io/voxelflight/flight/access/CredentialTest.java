package io.voxelflight.flight.access;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.voxelflight.model.ErrorCode;
import io.voxelflight.model.ServiceException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CredentialTest {
    @Test
    void everyHeaderCarriesASecret() {
        assertThat(of("authorization", "Bearer s3cret")).isEqualTo(new Credential("s3cret", false));
        assertThat(of("authorization", "bearer   s3cret ")).isEqualTo(new Credential("s3cret", false));
        assertThat(of("x-api-key", " s3cret")).isEqualTo(new Credential("s3cret", false));
        assertThat(of("authorization", "Basic " + base64("anna:s3:cret"))).isEqualTo(new Credential("s3:cret", true));
        assertThat(of("authorization", "BASIC " + base64(":k"))).isEqualTo(new Credential("k", true));
        assertThat(of("accept", "x")).isEqualTo(Credential.NONE);
        assertThat(of("authorization", "")).isEqualTo(Credential.NONE);
    }

    @Test
    void twoHeadersMayOnlyAgree() {
        assertThat(Credential.of(Map.of("authorization", "Bearer a", "x-api-key", "a")::get)
                        .secret())
                .isEqualTo("a");
        assertThatThrownBy(() -> Credential.of(Map.of("authorization", "Bearer a", "x-api-key", "b")::get))
                .isInstanceOfSatisfying(
                        ServiceException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.UNAUTHENTICATED))
                .hasMessageContaining("two different secrets");
    }

    @ParameterizedTest
    @ValueSource(strings = {"Digest x", "s3cret", "Basic !!", "Basic czNjcmV0", "Basic", "Bearer"})
    void othersAreRefusedWithoutTellingThem(String header) {
        assertThatThrownBy(() -> of("authorization", header))
                .isInstanceOfSatisfying(
                        ServiceException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.UNAUTHENTICATED))
                .satisfies(e -> assertThat(e.getMessage()).doesNotContain("s3cret"));
    }

    @Test
    void nobodyPrintsASecret() {
        assertThat(new Credential("s3cret", false).toString()).doesNotContain("s3cret");
        KeyText key = KeyText.random();
        assertThat(key.toString()).doesNotContain(key.secret());
        assertThat(key.text()).contains(key.secret());
    }

    private static Credential of(String header, String value) {
        return Credential.of(Map.of(header, value)::get);
    }

    private static String base64(String text) {
        return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
    }
}
