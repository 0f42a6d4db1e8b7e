package io.r3mes.cache.codec;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.r3mes.cache.CacheConfigurationException;
import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Base64;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AesGcmValueCipherTest {

    private static final byte[] SECRET = "the secret of wallet 1".getBytes(UTF_8);
    private static final byte[] KEY_A = "api:key:a".getBytes(UTF_8);
    private static final byte[] KEY_B = "api:key:b".getBytes(UTF_8);

    private final AesGcmValueCipher cipher = cipher(1);

    @Test
    void opensWhatItSealed() throws Exception {
        for (int length : new int[] {0, 1, 15, 16, 17, 100_000}) {
            byte[] plain = new byte[length];
            new SecureRandom().nextBytes(plain);
            assertThat(open(cipher, cipher.seal(plain, KEY_A), KEY_A)).isEqualTo(plain);
        }
    }

    @Test
    void opensARangeOfALargerArray() throws Exception {
        byte[] sealed = cipher.seal(SECRET, KEY_A);
        byte[] larger = ByteBuffer.allocate(sealed.length + 10).put(3, sealed).array();

        assertThat(cipher.open(larger, 3, sealed.length, KEY_A)).isEqualTo(SECRET);
    }

    @Test
    void doesNotShowThePlainText() throws Exception {
        assertThat(new String(cipher.seal(SECRET, KEY_A), UTF_8)).doesNotContain("secret", "wallet");
    }

    @Test
    void refusesAValueOfWhichAnyBitWasChanged() throws Exception {
        byte[] sealed = cipher.seal(SECRET, KEY_A);
        for (int bit = 0; bit < sealed.length * 8; bit++) {
            byte[] tampered = sealed.clone();
            tampered[bit / 8] ^= (byte) (1 << bit % 8);
            assertThatThrownBy(() -> open(cipher, tampered, KEY_A)).isInstanceOf(GeneralSecurityException.class);
        }
    }

    @Test
    void refusesAValueOfAnyOtherLength() throws Exception {
        byte[] sealed = cipher.seal(SECRET, KEY_A);
        for (int length = 0; length < sealed.length; length++) {
            byte[] cut = Arrays.copyOf(sealed, length);
            assertThatThrownBy(() -> open(cipher, cut, KEY_A)).isInstanceOf(GeneralSecurityException.class);
        }
        byte[] longer = Arrays.copyOf(sealed, sealed.length + 1);
        assertThatThrownBy(() -> open(cipher, longer, KEY_A)).isInstanceOf(GeneralSecurityException.class);
    }

    @Test
    void refusesAValueMovedToAnotherKey() throws Exception {
        byte[] sealed = cipher.seal(SECRET, KEY_A);

        assertThatThrownBy(() -> open(cipher, sealed, KEY_B)).isInstanceOf(GeneralSecurityException.class);
        assertThatThrownBy(() -> open(cipher, sealed, new byte[0])).isInstanceOf(GeneralSecurityException.class);
    }

    @Test
    void refusesAValueSealedWithAnotherKey() throws Exception {
        for (int seed = 2; seed < 600; seed++) {
            byte[] sealed = cipher(seed).seal(SECRET, KEY_A);
            assertThatThrownBy(() -> open(cipher, sealed, KEY_A)).isInstanceOf(GeneralSecurityException.class);
        }
    }

    @Test
    void opensWithThePreviousKeyAndSealsWithTheCurrentOne() throws Exception {
        for (int seed = 2; seed < 600; seed++) {
            AesGcmValueCipher rotated = new AesGcmValueCipher(key(seed), key(1), new SecureRandom());

            assertThat(open(rotated, cipher.seal(SECRET, KEY_A), KEY_A)).isEqualTo(SECRET);
            byte[] sealed = rotated.seal(SECRET, KEY_A);
            assertThat(open(rotated, sealed, KEY_A)).isEqualTo(SECRET);
            assertThatThrownBy(() -> open(cipher, sealed, KEY_A)).isInstanceOf(GeneralSecurityException.class);
        }
    }

    @Test
    void neverRepeatsANonce() throws Exception {
        Set<ByteBuffer> nonces = new HashSet<>();
        for (int i = 0; i < 100_000; i++) {
            assertThat(nonces.add(ByteBuffer.wrap(cipher.seal(SECRET, KEY_A), 2, 12)))
                    .isTrue();
        }
    }

    @Test
    void takesItsKeysInBase64() throws Exception {
        String current = Base64.getEncoder().encodeToString(key(1));
        String previous = Base64.getEncoder().encodeToString(key(2));
        AesGcmValueCipher configured = AesGcmValueCipher.ofBase64(current + "\n", previous);

        assertThat(open(configured, cipher.seal(SECRET, KEY_A), KEY_A)).isEqualTo(SECRET);
        assertThat(open(configured, cipher(2).seal(SECRET, KEY_A), KEY_A)).isEqualTo(SECRET);
        assertThatCode(() -> AesGcmValueCipher.ofBase64(current, null)).doesNotThrowAnyException();
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 16, 24, 31, 33, 64})
    void refusesAKeyOfAnotherLengthAndSaysHowToMakeOne(int length) {
        String key = Base64.getEncoder().encodeToString(new byte[length]);

        assertThatThrownBy(() -> AesGcmValueCipher.ofBase64(key, null))
                .isInstanceOf(CacheConfigurationException.class)
                .hasMessage("The encryption key has " + length
                        + " bytes; AES-256 needs 32. Create one with 'openssl rand -base64 32'.");
    }

    @Test
    void refusesAKeyThatIsNotBase64WithoutShowingIt() {
        assertThatThrownBy(() -> AesGcmValueCipher.ofBase64("s3cr3t!", null))
                .isInstanceOf(CacheConfigurationException.class)
                .hasMessage("The encryption key is not Base64. Create one with 'openssl rand -base64 32'.");
    }

    private static byte[] open(AesGcmValueCipher cipher, byte[] sealed, byte[] associated) throws Exception {
        return cipher.open(sealed, 0, sealed.length, associated);
    }

    private static AesGcmValueCipher cipher(int seed) {
        return new AesGcmValueCipher(key(seed), null, new SecureRandom());
    }

    private static byte[] key(int seed) {
        return ByteBuffer.allocate(32).putInt(28, seed).array();
    }
}
