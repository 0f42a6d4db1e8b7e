package io.r3mes.backend.apikey;

import jakarta.validation.Valid;
import jakarta.validation.constraints.NotBlank;
import jakarta.validation.constraints.Size;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.Map;
import org.springframework.http.HttpStatus;
import org.springframework.http.ProblemDetail;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

/** API keys over HTTP. A key is shown once, when it is created. */
@RestController
@RequestMapping("/api/keys")
class ApiKeyController {

    private static final String HEADER = "X-API-Key";
    private static final int KEY_BYTES = 24;

    private final ApiKeyRepository keys;
    private final ApiKeyService service;
    private final SecureRandom random = new SecureRandom();

    ApiKeyController(ApiKeyRepository keys, ApiKeyService service) {
        this.keys = keys;
        this.service = service;
    }

    @GetMapping("/validate")
    ResponseEntity<?> validate(@RequestHeader(HEADER) @NotBlank @Size(max = 200) String apiKey) {
        return keys.validate(apiKey)
                .<ResponseEntity<?>>map(ResponseEntity::ok)
                .orElseGet(ApiKeyController::unauthorized);
    }

    @PostMapping
    @ResponseStatus(HttpStatus.CREATED)
    Map<String, String> create(@Valid @RequestBody NewApiKey key) {
        byte[] secret = new byte[KEY_BYTES];
        random.nextBytes(secret);
        String apiKey = "r3mes-" + HexFormat.of().formatHex(secret);
        service.createApiKey(apiKey, key);
        return Map.of("apiKey", apiKey);
    }

    @DeleteMapping
    @ResponseStatus(HttpStatus.NO_CONTENT)
    void revoke(@RequestHeader(HEADER) @NotBlank @Size(max = 200) String apiKey) {
        service.revokeApiKey(apiKey);
    }

    private static ResponseEntity<ProblemDetail> unauthorized() {
        return ResponseEntity.of(
                        ProblemDetail.forStatusAndDetail(HttpStatus.UNAUTHORIZED, "The API key is unknown or revoked."))
                .build();
    }
}
