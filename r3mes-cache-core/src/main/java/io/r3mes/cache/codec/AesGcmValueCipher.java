package io.r3mes.cache.codec;

import io.r3mes.cache.CacheConfigurationException;
import io.r3mes.cache.spi.ValueCipher;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import javax.crypto.AEADBadTagException;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/**
 * AES-256-GCM with a random nonce for each value. Sealed bytes are a layout version, a key id, the nonce and the
 * ciphertext with its tag; version and key id are authenticated too.
 *
 * <p>To rotate, make the old key the previous one: it opens values and seals none. A key may seal 2<sup>32</sup> values.
 */
public final class AesGcmValueCipher implements ValueCipher {

    private static final byte VERSION = 1;
    private static final int KEY_BYTES = 32;
    private static final int HEADER_BYTES = 2;
    private static final int NONCE_BYTES = 12;
    private static final int TAG_BYTES = 16;

    private final Key current;
    private final List<Key> all;
    private final SecureRandom random;

    /** Seals with {@code current} and opens with either key; {@code previous} may be null. */
    public AesGcmValueCipher(byte[] current, byte @Nullable [] previous, SecureRandom random) {
        this.current = Key.of(current);
        this.random = random;
        List<Key> keys = new ArrayList<>(List.of(this.current));
        if (previous != null) {
            keys.add(Key.of(previous));
        }
        this.all = List.copyOf(keys);
    }

    /** The same with keys in Base64, as they stand in a configuration. */
    public static AesGcmValueCipher ofBase64(String current, @Nullable String previous) {
        return new AesGcmValueCipher(decoded(current), previous == null ? null : decoded(previous), new SecureRandom());
    }

    @Override
    public byte[] seal(byte[] plain, byte[] associated) throws GeneralSecurityException {
        byte[] nonce = new byte[NONCE_BYTES];
        random.nextBytes(nonce);
        Cipher cipher = cipher(Cipher.ENCRYPT_MODE, current, nonce, associated);
        byte[] sealed = new byte[HEADER_BYTES + NONCE_BYTES + plain.length + TAG_BYTES];
        ByteBuffer.wrap(sealed).put(VERSION).put(current.id).put(nonce);
        cipher.doFinal(plain, 0, plain.length, sealed, HEADER_BYTES + NONCE_BYTES);
        return sealed;
    }

    @Override
    public byte[] open(byte[] sealed, int offset, int length, byte[] associated) throws GeneralSecurityException {
        if (length < HEADER_BYTES + NONCE_BYTES + TAG_BYTES) {
            throw new GeneralSecurityException("The sealed value is too short: " + length + " bytes");
        }
        if (sealed[offset] != VERSION) {
            throw new GeneralSecurityException("The sealed value has the unknown layout version " + sealed[offset]);
        }
        @Nullable AEADBadTagException refused = null;
        for (Key key : all) {
            if (key.id == sealed[offset + 1]) {
                try {
                    return opened(key, ByteBuffer.wrap(sealed, offset, length), associated);
                } catch (AEADBadTagException wrong) {
                    refused = wrong;
                }
            }
        }
        throw refused != null
                ? refused
                : new GeneralSecurityException("The value was sealed with a key not known here");
    }

    private static byte[] opened(Key key, ByteBuffer sealed, byte[] associated) throws GeneralSecurityException {
        byte[] nonce = new byte[NONCE_BYTES];
        sealed.position(sealed.position() + HEADER_BYTES).get(nonce);
        Cipher cipher = cipher(Cipher.DECRYPT_MODE, key, nonce, associated);
        return cipher.doFinal(sealed.array(), sealed.arrayOffset() + sealed.position(), sealed.remaining());
    }

    private static Cipher cipher(int mode, Key key, byte[] nonce, byte[] associated) throws GeneralSecurityException {
        Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
        cipher.init(mode, key.secret, new GCMParameterSpec(TAG_BYTES * Byte.SIZE, nonce));
        cipher.updateAAD(new byte[] {VERSION, key.id});
        cipher.updateAAD(associated);
        return cipher;
    }

    private static byte[] decoded(String base64) {
        try {
            return Base64.getDecoder().decode(base64.strip());
        } catch (IllegalArgumentException malformed) {
            throw new CacheConfigurationException(
                    "The encryption key is not Base64. Create one with" + " 'openssl rand -base64 32'.");
        }
    }

    /** A secret and the id that tells it from others: the first byte of a digest of it. */
    private record Key(byte id, SecretKeySpec secret) {

        static Key of(byte[] bytes) {
            if (bytes.length != KEY_BYTES) {
                throw new CacheConfigurationException("The encryption key has " + bytes.length
                        + " bytes; AES-256 needs " + KEY_BYTES + ". Create one with 'openssl rand -base64 32'.");
            }
            try {
                MessageDigest digest = MessageDigest.getInstance("SHA-256");
                digest.update("r3mes-cache key id".getBytes(StandardCharsets.US_ASCII));
                return new Key(digest.digest(bytes)[0], new SecretKeySpec(bytes, "AES"));
            } catch (NoSuchAlgorithmException absent) {
                throw new IllegalStateException("Every Java platform has SHA-256", absent);
            }
        }
    }
}
