package io.r3mes.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.r3mes.cache.CachePolicy.Expiry;
import io.r3mes.cache.CachePolicy.Load;
import io.r3mes.cache.CachePolicy.Local;
import io.r3mes.cache.CachePolicy.Value;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class CachePolicyTest {

    private static final Duration ENDLESS = Duration.ofSeconds(Long.MAX_VALUE);
    private static final Duration ENOUGH = Duration.ofSeconds(10);
    private static final CachePolicy USERS = CachePolicy.of("users", "user:info:{wallet}");

    @Test
    void beginsWithTheDefaultsAndChangesOneSettingAtATime() {
        CachePolicy policy = USERS.withTtl(Duration.ofSeconds(300)).withTags("user:{wallet}", "all");

        assertThat(policy.name()).isEqualTo("users");
        assertThat(policy.expiry()).isEqualTo(new Expiry(Duration.ofSeconds(300), 0.1, 0));
        assertThat(policy.tags()).extracting(KeyTemplate::text).containsExactly("user:{wallet}", "all");
        assertThat(policy.local()).isEqualTo(Local.DEFAULT);
        assertThat(policy.load()).isEqualTo(Load.DEFAULT);
        assertThat(policy.value()).isEqualTo(Value.DEFAULT);
        assertThat(policy.withLocal(Local.OFF).withTags().tags()).isEmpty();
        assertThat(USERS.tags()).isEmpty();
    }

    @Test
    void acceptsTheLimitsThemselves() {
        assertThat(USERS.withExpiry(new Expiry(Duration.ofMillis(1), 0.5, 0.9))
                        .withLocal(new Local(true, 1, Duration.ofMillis(1), Duration.ofSeconds(10)))
                        .withLoad(new Load(Duration.ofMillis(50), Duration.ofMillis(50), Duration.ZERO))
                        .withValue(new Value(false, true, 1)))
                .isNotNull();
        assertThat(USERS.withTtl(Duration.ofDays(36_500))).isNotNull();
    }

    @ParameterizedTest
    @MethodSource({"badSettings", "badNearCachesAndLoads"})
    void refusesABadSettingAndSaysWhatToChange(Supplier<CachePolicy> policy, String message) {
        assertThatThrownBy(policy::get)
                .isInstanceOf(CacheConfigurationException.class)
                .hasMessage(message);
    }

    static Stream<Arguments> badSettings() {
        String share = "set it to a share between 0 and 0.5 (0% and 50%).";
        String ahead = "set it to a share between 0 and 0.9 (0% and 90%).";
        return Stream.of(
                bad(() -> CachePolicy.of(" ", "a"), "A cache needs a name."),
                bad(() -> CachePolicy.of("a\nb", "a"), "Cache 'a\nb': the name holds a control character. Remove it."),
                bad(
                        () -> USERS.withTags("user:{id}"),
                        "Cache 'users': the tag 'user:{id}' has the placeholder {id}, which the key 'user:info:{wallet}' does"
                                + " not have. Use one of the key's placeholders, or add it to the key."),
                bad(
                        () -> USERS.withTags("user:{wallet?}"),
                        "Cache 'users': the tag 'user:{wallet?}' has the placeholder {wallet?}, which the key"
                                + " 'user:info:{wallet}' does not have. Use one of the key's placeholders, or add it to the"
                                + " key."),
                bad(() -> USERS.withTtl(Duration.ZERO), ttl("ttl is PT0S")),
                bad(() -> USERS.withTtl(Duration.ofSeconds(-1)), ttl("ttl is PT-1S")),
                bad(() -> USERS.withTtl(Duration.ofNanos(999_999)), ttl("ttl is PT0.000999999S")),
                bad(() -> USERS.withTtl(ENDLESS), ttl("ttl is " + ENDLESS)),
                bad(() -> USERS.withTtl(Duration.ofDays(36_501)), ttl("ttl is PT876024H")),
                bad(() -> expiry(-0.01, 0), "Cache 'users': jitter is -0.01; " + share),
                bad(() -> expiry(0.51, 0), "Cache 'users': jitter is 0.51; " + share),
                bad(() -> expiry(Double.NaN, 0), "Cache 'users': jitter is NaN; " + share),
                bad(() -> expiry(0, -0.1), "Cache 'users': refresh-ahead is -0.1; " + ahead),
                bad(() -> expiry(0, 0.91), "Cache 'users': refresh-ahead is 0.91; " + ahead),
                bad(() -> expiry(0, Double.NaN), "Cache 'users': refresh-ahead is NaN; " + ahead));
    }

    static Stream<Arguments> badNearCachesAndLoads() {
        return Stream.of(
                bad(
                        () -> USERS.withLocal(new Local(true, 0, Duration.ofSeconds(1))),
                        "Cache 'users': local.max-entries is 0; set it to a number of at least 1."),
                bad(() -> USERS.withLocal(new Local(true, 1, Duration.ZERO)), ttl("local.ttl is PT0S")),
                bad(() -> USERS.withLocal(new Local(true, 1, ENDLESS)), ttl("local.ttl is " + ENDLESS)),
                bad(() -> degraded(Duration.ofSeconds(10).plusNanos(1)), degradedTtl("PT10.000000001S")),
                bad(
                        () -> USERS.withLoad(Load.DEFAULT.withLimit(-1, false)),
                        "Cache 'users': load.max-concurrent is -1; set it to a number of at least 1, or 0 for any"
                                + " number."),
                bad(
                        () -> timed(Duration.ofSeconds(2), Duration.ofSeconds(2)),
                        "Cache 'users': load.soft-timeout is PT2S; set it to less than load.timeout, PT2S, or 0 for"
                                + " none."),
                bad(
                        () -> timed(Duration.ZERO, Duration.ofSeconds(61)),
                        "Cache 'users': load.timeout is PT1M1S; set it to a duration up to load.max-load, PT1M, or 0 for"
                                + " none."),
                bad(
                        () -> timed(Duration.ofMillis(-1), Duration.ZERO),
                        "Cache 'users': load.soft-timeout is PT-0.001S; set it to a duration up to load.max-load, PT1M, or"
                                + " 0 for none."),
                bad(
                        () -> USERS.withValue(new Value(true, false, 1, Duration.ZERO, 1)),
                        "Cache 'users': null-ttl is PT0S; set it to a duration between 1ms and 36500d."),
                bad(
                        () -> USERS.withValue(new Value(true, false, 1, ENOUGH, 0)),
                        "Cache 'users': max-null-entries is 0; set it to a number between 1 and 1000000."),
                bad(() -> degraded(Duration.ofNanos(-1)), degradedTtl("PT-0.000000001S")),
                bad(
                        () -> load(Duration.ofMillis(49), Duration.ofSeconds(1), Duration.ZERO),
                        "Cache 'users': load.lease is PT0.049S; set it to a duration between 50ms and 36500d."),
                bad(
                        () -> load(ENDLESS, ENDLESS, Duration.ZERO),
                        "Cache 'users': load.lease is " + ENDLESS + "; set it to a duration between 50ms and 36500d."),
                bad(
                        () -> load(Duration.ofSeconds(2), Duration.ofSeconds(1), Duration.ZERO),
                        "Cache 'users': load.max-load is PT1S; set it to a duration between the lease, PT2S, and 36500d."),
                bad(
                        () -> load(Duration.ofSeconds(2), Duration.ofSeconds(2), Duration.ofMillis(-1)),
                        "Cache 'users': load.max-wait is PT-0.001S; set it to a duration between 0 and 36500d."),
                bad(() -> beta(-0.1), "Cache 'users': refresh-beta is -0.1; set it to a number between 0 and 100."),
                bad(() -> stale(-1, 0, 10), stale("while-revalidate is PT-0.001S", "0")),
                bad(() -> stale(0, -1, 10), stale("on-error is PT-0.001S", "0")),
                bad(() -> stale(0, 0, 9), stale("retry-after is PT0.009S", "10ms")),
                bad(
                        () -> USERS.withValue(new Value(true, false, 0)),
                        "Cache 'users': max-value-bytes is 0; set it to a number of at least 1."));
    }

    @Test
    void keepsItsTagsWhateverBecomesOfTheGivenList() {
        List<KeyTemplate> tags = new ArrayList<>(List.of(KeyTemplate.parse("all")));
        CachePolicy policy = new CachePolicy(
                "users",
                USERS.key(),
                tags,
                USERS.expiry(),
                USERS.local(),
                USERS.load(),
                USERS.value(),
                USERS.stale(),
                "");
        tags.clear();

        assertThat(policy.tags()).hasSize(1);
    }

    private static Arguments bad(Supplier<CachePolicy> policy, String message) {
        return Arguments.of(policy, message);
    }

    private static CachePolicy beta(double beta) {
        return USERS.withExpiry(new Expiry(Duration.ofMinutes(1), 0, 0, beta));
    }

    private static CachePolicy stale(long whileRevalidate, long onError, long retryAfter) {
        return USERS.withStale(new StalePolicy(
                Duration.ofMillis(whileRevalidate), Duration.ofMillis(onError), Duration.ofMillis(retryAfter)));
    }

    private static String stale(String setting, String least) {
        return "Cache 'users': stale." + setting + "; set it to a duration between " + least + " and 36500d.";
    }

    private static String ttl(String setting) {
        return "Cache 'users': " + setting + "; set it to a duration between 1ms and 36500d.";
    }

    private static CachePolicy expiry(double jitter, double refreshAhead) {
        return USERS.withExpiry(new Expiry(Duration.ofMinutes(1), jitter, refreshAhead));
    }

    private static CachePolicy degraded(Duration ttl) {
        return USERS.withLocal(new Local(true, 1, Duration.ofSeconds(1), ttl));
    }

    private static String degradedTtl(String actual) {
        return "Cache 'users': local.degraded-ttl is " + actual + "; set it to a duration between 0 and 10s.";
    }

    private static CachePolicy load(Duration lease, Duration maxLoad, Duration maxWait) {
        return USERS.withLoad(new Load(lease, maxLoad, maxWait));
    }

    private static CachePolicy timed(Duration soft, Duration hard) {
        return USERS.withLoad(Load.DEFAULT.withTimeouts(new LoadTimeouts(soft, hard)));
    }
}
