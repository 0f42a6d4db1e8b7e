package io.r3mes.cache.engine;

import io.r3mes.cache.engine.EngineConfig.Coherence;
import io.r3mes.cache.spi.Head;
import io.r3mes.cache.spi.LogEntry;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * One coherence domain as this node sees it: the mirror of its log, the invalidations that go through it, and the near
 * caches that they cover. Thread-safe.
 */
final class Domain implements LogFollower.Listener {

    private static final int JOURNALED_NAMES = 65_536;
    private static final Duration DRAIN_PAUSE = Duration.ofMillis(5);

    private final Node node;
    private final String nodeId;
    private final Journal journal;
    private final Invalidator invalidator;
    private final TagListing listing;
    private final Replay replay;
    private final LogFollower follower;
    private final List<Near> nearCaches = new CopyOnWriteArrayList<>();

    /**
     * @param catalog the caches of this domain
     */
    Domain(Node node, Catalog catalog, Coherence coherence, String nodeId) {
        this.node = node;
        this.nodeId = nodeId;
        this.journal = new Journal(JOURNALED_NAMES);
        this.listing = new TagListing(node, catalog);
        Everywhere everywhere = new Everywhere(node, nodeId);
        PendingInvalidations pending = new PendingInvalidations(coherence.maxPending(), node.timeline(), everywhere);
        this.invalidator = new Invalidator(
                node, new Reclaimer(node, catalog), everywhere, new Invalidator.Memory(pending, journal));
        this.replay = new Replay(node, journal, invalidator, coherence.onFailover());
        this.follower =
                new LogFollower(node, new LogFollower.NodeIdentity(nodeId, longestTrust(catalog, coherence)), this);
    }

    /** How long the node may serve what it holds without hearing from Redis: near entries, or what it loaded alone. */
    private static Duration longestTrust(Catalog catalog, Coherence coherence) {
        return catalog.policies().stream()
                .map(policy -> policy.local().degradedTtl())
                .filter(Objects::nonNull)
                .max(Comparator.naturalOrder())
                .filter(longest -> longest.compareTo(coherence.maxStaleness()) > 0)
                .orElse(coherence.maxStaleness());
    }

    void start() {
        follower.start();
    }

    Node node() {
        return node;
    }

    Invalidator invalidator() {
        return invalidator;
    }

    TagListing listing() {
        return listing;
    }

    boolean isConnected() {
        return follower.isConnected();
    }

    void cover(Near near) {
        nearCaches.add(near);
    }

    @Override
    public void startedOver() {
        nearCaches.forEach(Near::clear);
    }

    @Override
    public void applied(LogEntry entry) {
        if (!journal.brought(entry, node.now())) {
            replay.suspect();
        }
    }

    @Override
    public void answered(Head head, long sentAt, boolean broken) {
        replay.weigh(head, sentAt, broken);
        invalidator.replay();
    }

    /** Completes when Redis has acknowledged every invalidation, or at a moment of the node's clock. */
    CompletableFuture<Void> drain(long deadline) {
        if (invalidator.isDrained() || node.now() - deadline >= 0) {
            return CompletableFuture.completedFuture(null);
        }
        return node.pause(DRAIN_PAUSE).thenCompose(over -> invalidator.replay()).thenCompose(sent -> drain(deadline));
    }

    /** Ends the following of the log. Completes when the log was told, or cannot be. */
    CompletableFuture<?> leave() {
        invalidator.close();
        follower.close();
        return node.log().leave(nodeId).toCompletableFuture().handle((done, failure) -> done);
    }
}
