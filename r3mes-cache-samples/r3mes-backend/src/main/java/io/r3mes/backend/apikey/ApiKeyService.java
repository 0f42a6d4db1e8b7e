package io.r3mes.backend.apikey;

import io.r3mes.backend.user.UserRepository;
import io.r3mes.backend.web.NotFoundException;
import io.r3mes.cache.spring.R3mesCacheInvalidate;
import org.springframework.stereotype.Service;
import org.springframework.transaction.annotation.Transactional;

/** Creates and revokes API keys; both invalidate what is cached about the key, be it that it is unknown. */
@Service
public class ApiKeyService {

    private final ApiKeyRepository keys;
    private final UserRepository users;

    ApiKeyService(ApiKeyRepository keys, UserRepository users) {
        this.keys = keys;
        this.users = users;
    }

    @Transactional
    @R3mesCacheInvalidate(cache = "api-key")
    public void createApiKey(String apiKey, NewApiKey key) {
        if (!users.exists(key.wallet())) {
            throw NotFoundException.user(key.wallet());
        }
        keys.insert(apiKey, key);
    }

    @Transactional
    @R3mesCacheInvalidate(cache = "api-key")
    public void revokeApiKey(String apiKey) {
        if (!keys.revoke(apiKey)) {
            throw new NotFoundException("There is no such API key, or it is revoked already.");
        }
    }
}
