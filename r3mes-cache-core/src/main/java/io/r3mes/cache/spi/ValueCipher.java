package io.r3mes.cache.spi;

import java.security.GeneralSecurityException;

/** Authenticated encryption of encoded values. Thread-safe. */
public interface ValueCipher {

    byte[] seal(byte[] plain, byte[] associated) throws GeneralSecurityException;

    /**
     * @throws GeneralSecurityException if the bytes were not sealed with this key and the same associated data
     */
    byte[] open(byte[] sealed, int offset, int length, byte[] associated) throws GeneralSecurityException;
}
